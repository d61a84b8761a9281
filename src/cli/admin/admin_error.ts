import { ConnectError, ProtocolError } from "../../net/errors.ts";
import { FAULT_WORDS } from "../../proxy/fault_words.ts";
import { EXIT } from "../exit_code.ts";

/** A command could not be told to a proxy, or the proxy said no. Ends the command. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  constructor(
    /** `no` when a proxy said so, `failed` when none was asked. */
    readonly exit: typeof EXIT.no | typeof EXIT.failed,
    /** Sentences for people, the first without a period. */
    readonly lines: readonly string[],
    /** What the proxy answered; null when it did not. */
    readonly reply: Refusal | null = null,
    options?: ErrorOptions,
  ) {
    super(lines.join("\n"), options);
  }
}

/** An answer that says no. */
export interface Refusal {
  readonly status: number;
  /** The word for programs; empty where there is none. */
  readonly reason: string;
  /** The JSON as it came. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** The error for a proxy that could not be asked. */
export function unreachable(lines: readonly string[], cause?: unknown): AdminError {
  return new AdminError(EXIT.failed, lines, null, cause === undefined ? undefined : { cause });
}

/** What a failure means to whoever asked. */
export function inWords(error: unknown, url: string): unknown {
  if (error instanceof ProtocolError) {
    return unreachable(
      [`What listens on ${url} does not answer as Doorward does`, error.message],
      error,
    );
  }
  if (!(error instanceof ConnectError)) return error;
  if (error.code !== "connection_refused") {
    return unreachable([`Cannot reach ${url}: ${FAULT_WORDS[error.code]}`], error);
  }
  return unreachable([
    `No Doorward answers on ${url}: start one with doorward start`,
    "the proxy of doorward run takes no commands",
  ], error);
}

/** The error for a proxy that keeps us waiting. */
export function late(url: string): AdminError {
  return unreachable([`Cannot reach Doorward on ${url}: it does not answer in time`]);
}
