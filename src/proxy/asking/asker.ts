import type { Requester } from "../../audit/audit_log.ts";

/** Who sent a request, and waits for what is decided. */
export interface Asker extends Requester {
  /**
   * Called when the request begins to wait for somebody, for at most `ms`. The signal is aborted when there is
   * nobody left to wait for it.
   */
  readonly held: (ms: number) => AbortSignal;
  /** Called when it waits no more. */
  readonly freed: () => void;
}
