import { ApiError } from "./api_error.ts";
import { toBase64Url } from "../net/binary_text.ts";

/** What takes the token: what loosens beyond the configuration, everything, or nothing. */
export type AdminAuth = "loosen" | "all" | "none";

/** Who calls. */
export type Caller = "anyone" | "admin" | "dashboard";

/** Links that wait to be followed, and pages that are open, at most; the oldest goes first. */
const CODES_MAX = 32;
const SESSIONS_MAX = 64;

/** Bytes of a code and of a key: nobody guesses them. */
const SECRET_BYTES = 32;

/**
 * Who may do what. The token is in a file that only its owner can read. A page gets a key of its own, by a code that
 * works once: the code may stand in a link, the token must not.
 */
export class Access {
  readonly #token: string;
  readonly #auth: AdminAuth;
  readonly #codes = new Set<string>();
  readonly #sessions = new Set<string>();

  constructor(token: string, auth: AdminAuth) {
    this.#token = token;
    this.#auth = auth;
  }

  /** Whether a call that only reads, or tightens, needs the token as well. */
  get isClosed(): boolean {
    return this.#auth === "all";
  }

  /** Who a request is from, by its token. */
  callerOf({ headers }: Request): Caller {
    const [, given] = /^Bearer +([!-~]+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
    if (given === undefined) return "anyone";
    if (isSame(given, this.#token)) return "admin";
    return [...this.#sessions].some((session) => isSame(given, session)) ? "dashboard" : "anyone";
  }

  /**
   * Refuses a call that takes the token and has none.
   *
   * @throws {ApiError}
   */
  demand(caller: Caller, why: string): void {
    if (caller !== "anyone" || this.#auth === "none") return;
    throw new ApiError(
      "token_required",
      `${why}: send the token in <home>/proxy/admin.token as "Authorization: Bearer …"`,
    );
  }

  /** A code for one page. */
  newCode(): string {
    return remember(this.#codes, CODES_MAX);
  }

  /** Trades a code for a key, which is good until Doorward ends. Null for a code that is none, or was used. */
  trade(code: string): string | null {
    const known = [...this.#codes].find((held) => isSame(held, code));
    if (known === undefined) return null;
    this.#codes.delete(known);
    return remember(this.#sessions, SESSIONS_MAX);
  }
}

function remember(secrets: Set<string>, max: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const secret = toBase64Url(bytes);
  secrets.add(secret);
  if (secrets.size > max) secrets.delete(secrets.keys().next().value!);
  return secret;
}

/** Compares in a time that tells nothing of how far two secrets agree. */
function isSame(given: string, secret: string): boolean {
  if (given.length !== secret.length) return false;
  let difference = 0;
  for (let at = 0; at < secret.length; at++) {
    difference |= given.charCodeAt(at) ^ secret.charCodeAt(at);
  }
  return difference === 0;
}
