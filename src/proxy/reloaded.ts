import type { FaultRecord } from "../audit/event.ts";

/** What a reload of the configuration came to. */
export interface Reloaded {
  /** What is different in the policy, a few words each. */
  readonly changed: readonly string[];
  /** Connections that it closed. */
  readonly closed: number;
}

/** Why the configuration could not be read again, and since when the policy before it is in force. */
export interface ReloadFault {
  /** Unix seconds. */
  readonly at: number;
  readonly message: string;
  readonly faults: readonly FaultRecord[];
}
