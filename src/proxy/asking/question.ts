import type { Protocol } from "../../policy/request.ts";

/** How long an answer holds. */
export type Scope =
  /** For the requests that wait for it, and no other. */
  | { readonly kind: "once" }
  /** For that long; connections made meanwhile may outlast it. */
  | { readonly kind: "minutes"; readonly minutes: number }
  /** Until this proxy ends. */
  | { readonly kind: "run" }
  /** Written into the configuration file. */
  | { readonly kind: "always" };

/** Who answered. */
export type AnsweredBy = "terminal" | "dashboard" | "admin" | "webhook";

/** What somebody said to a question. */
export interface Answer {
  readonly decision: "approve" | "deny";
  readonly scope: Scope;
  readonly by: AnsweredBy;
}

/** A request that no rule allows or denies, and that waits for a person. Key: protocol, host and port. */
export interface Question {
  /** `q1`, `q2`, … of this process. */
  readonly id: string;
  /** Without brackets. Chosen by the client: printable only after escaping. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Of the first request: `CONNECT`, `UDP`, or the HTTP method as sent. */
  readonly method: string;
  /** `ip:port` of the first client. */
  readonly client: string;
  /** Where the first client came in. */
  readonly listener: string;
  /** The command line of `run`, or what whoever embeds the proxy said; null where many programs share one. */
  readonly command: string | null;
  /** As in `Attribution`. */
  readonly label: string | null;
  readonly execPolicyHint: string | null;
  readonly attempt: string | null;
  /** What can be told of the address without a look-up: a name is not looked up before it is allowed. */
  readonly addressClass: string;
  /** The rule that an approval makes: `api.example.com:443 over https_connect`. */
  readonly pattern: string;
  /** Unix milliseconds. */
  readonly askedAt: number;
  /** Unix milliseconds: then it answers itself, with no. */
  readonly expiresAt: number;
  /** How many requests wait for the answer, now. */
  readonly waiting: number;
}

/**
 * Asks somebody. Resolves to null when there is no answer to be had; rejects when asking failed, which is told
 * and leaves the question to the others. `signal` is aborted once the question is settled elsewhere.
 */
export type Answerer = (question: Question, signal: AbortSignal) => Promise<Answer | null>;
