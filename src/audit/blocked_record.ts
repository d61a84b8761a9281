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
  /** `CONNECT`, `UDP`, or the HTTP method as sent; null where it is not known. */
  readonly method: string | null;
  /** Set when the mode decided. */
  readonly mode: Mode | null;
  /** The door that it came in by. */
  readonly protocol: BlockedProtocol;
  /** What `codex-net-attempt-<id>` in the proxy URL said. */
  readonly attempt_id?: string;
  /** `ask` where a person could allow it. */
  readonly decision: "deny" | "ask";
  /** Which part of Doorward decided. */
  readonly source: DecisionSource;
  /** 0 for a unix socket. */
  readonly port: number;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Which policy decided: see `Policy.generation`. */
  readonly generation: number;
  /** Where the client came in. */
  readonly listener: string;
  /** The name of the run; left out where nobody gave one, like what follows. */
  readonly label?: string;
  /** The command line whose request it was: of each URL in it only the origin. */
  readonly command?: string;
  /** What the embedding program's own policy for commands said of it. */
  readonly exec_policy_hint?: string;
}
