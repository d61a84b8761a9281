import type { Protocol } from "../../policy/request.ts";

/** A request that no rule names, as a program that decides sees it (the seeds). */
export interface DeciderRequest {
  /** Lower case, without brackets. Chosen by the client. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** The HTTP method as sent, or `CONNECT`; null where the protocol has none. */
  readonly method: string | null;
  /** `ip:port`. */
  readonly clientAddr: string | null;
  /** The command line whose request it is, where that is known. */
  readonly command: string | null;
  /** What the program's own policy for commands said of it. */
  readonly execPolicyHint: string | null;
  /** What `codex-net-attempt-<id>` in the proxy URL said. */
  readonly attemptId: string | null;
  /** A name for the run. */
  readonly label: string | null;
  /** Where the client came in: `127.0.0.1:3128`. */
  readonly listener: string;
}

/** What a program decides. `ask` blocks it too, and says that a person could allow it. */
export type DeciderAnswer =
  | { readonly decision: "allow" }
  | { readonly decision: "deny" | "ask"; readonly reason: string };

/**
 * Decides about a request that no rule allows and no rule denies. Rejecting, or taking longer than it is given, is a
 * denial. `signal` is aborted when nobody waits for the answer any more.
 */
export type Decider = (request: DeciderRequest, signal: AbortSignal) => Promise<DeciderAnswer>;
