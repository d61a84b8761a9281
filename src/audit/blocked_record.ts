import type { DecisionSource } from "../policy/decision.ts";
import type { Mode } from "../policy/policy.ts";

/** The door in the words of the blocked record; they differ from the decision's on purpose (the seeds). */
export type BlockedProtocol =
  | "http"
  | "https"
  | "http-connect"
  | "https_connect"
  | "socks5"
  | "socks5-udp";

/**
 * One blocked request, as `GET /blocked` and the violation log print it. Key order is part of the format.
 * Never a query or a credential, and never a path but that of a unix socket.
 */
export interface BlockedRecord {
  /** Where it was to go; of a request to a unix socket the path, and `port` is 0. */
  readonly host: string;
  /** A word of docs/reasons.md, or the decider's own. */
  readonly reason: string;
  /** `ip:port` of the client, where known. */
  readonly client: string | null;
  readonly method: string | null;
  /** Set when the mode decided. */
  readonly mode: Mode | null;
  readonly protocol: BlockedProtocol;
  /** What `codex-net-attempt-<id>` in the proxy URL said. */
  readonly attempt_id?: string;
  readonly decision: "deny" | "ask";
  readonly source: DecisionSource;
  readonly port: number;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Which policy decided: see `Policy.generation`. */
  readonly generation: number;
  /** Where the client came in. */
  readonly listener: string;
  /** As in `Attribution`; what was not said is left out. */
  readonly label?: string;
  readonly command?: string;
  readonly exec_policy_hint?: string;
}
