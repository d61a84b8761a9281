import { ConnectError, type ConnectFault, ProtocolError } from "../../net/errors.ts";
import type { Clock } from "../../net/ports.ts";
import { FAULT_WORDS } from "../../proxy/fault_words.ts";
import { escapeControls } from "../toml/printable.ts";
import { printableUrl } from "./requirements_url.ts";

/** As long as a configuration may be. */
export const DOCUMENT_BYTES_MAX = 1024 * 1024;

/** What a server answered. */
export interface Reply {
  readonly status: number;
  readonly etag: string | null;
  readonly contentType: string | null;
  /** Where else it would have us look. */
  readonly location: string | null;
  /** Whether its end can be told from an end that came too soon. */
  readonly isDelimited: boolean;
  /** Null when there is more than {@linkcode DOCUMENT_BYTES_MAX}; empty when the status is not 200. */
  readonly bytes: Uint8Array | null;
}

/**
 * Asks an https URL for a document, unless it still is the one with that `etag`. Rejects with a `ConnectError`, a
 * `ProtocolError`, or the signal's reason.
 */
export type GetDocument = (url: URL, etag: string | null, signal: AbortSignal) => Promise<Reply>;

/** What came of it. */
export type Fetched =
  | { readonly kind: "text"; readonly text: string; readonly etag: string | null }
  /** It still is the one with the ETag that was asked for. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "failed"; readonly why: string };

/** What came of one attempt; `lasts` says that trying again does not help. */
type Attempt = Fetched & { readonly lasts?: boolean };

/** All of an attempt: the look-up of the name, the handshake, and the last byte of the answer. */
export const ATTEMPT_MS = 15_000;
/** How long to wait after each failure; behind the last one there is none. */
const BACKOFF_MS: readonly number[] = [1000, 2000, 4000, 8000];
/** How often a server is asked that fails. */
export const ATTEMPTS_MAX = BACKOFF_MS.length + 1;

/** A certificate does not mend itself within seconds. */
const LASTING: readonly ConnectFault[] = [
  "certificate_expired",
  "certificate_untrusted",
  "certificate_mismatch",
];
/** Of the statuses below 500, those that ask for patience. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];

/** Fetches a document of UTF-8 text. Rejects with the signal's reason, and with nothing else. */
export async function fetchDocument(
  url: URL,
  etag: string | null,
  { get, clock }: { readonly get: GetDocument; readonly clock: Clock },
  attemptsMax: number,
  signal: AbortSignal,
): Promise<Fetched> {
  for (let attempt = 1;; attempt++) {
    const { lasts = false, ...fetched } = await tryOnce(url, etag, get, clock, signal);
    const pause = BACKOFF_MS[attempt - 1];
    if (fetched.kind !== "failed" || lasts) return fetched;
    if (attempt >= attemptsMax || pause === undefined) return fetched;
    await clock.wait(pause, signal);
  }
}

async function tryOnce(
  url: URL,
  etag: string | null,
  get: GetDocument,
  clock: Clock,
  signal: AbortSignal,
): Promise<Attempt> {
  const attempt = new AbortController();
  const over = new AbortController();
  const stop = () => attempt.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  let isLate = false;
  clock.wait(ATTEMPT_MS, over.signal).then(() => {
    isLate = true;
    attempt.abort(new Error("Cannot fetch a document: it takes too long"));
  }, () => {
    // It was over in time.
  });
  try {
    signal.throwIfAborted();
    return judge(await get(url, etag, attempt.signal), etag);
  } catch (error) {
    signal.throwIfAborted();
    if (isLate) return failed(`it has not answered within ${ATTEMPT_MS / 1000} seconds`);
    return failedOf(error);
  } finally {
    over.abort();
    signal.removeEventListener("abort", stop);
  }
}

function judge(reply: Reply, etag: string | null): Attempt {
  const { status, location } = reply;
  if (status === 200) return textOf(reply);
  if (status === 304 && etag !== null) return { kind: "unchanged" };
  if (status >= 300 && status < 400 && location !== null) {
    const target = URL.parse(location);
    const to = target === null ? "elsewhere" : `to ${printableUrl(target)}`;
    return failed(`it leads ${to}, which is not followed: give the URL of the document`, true);
  }
  return failed(`it answered ${status}`, status < 500 && !PASSING_STATUSES.includes(status));
}

function textOf({ bytes, contentType, isDelimited, etag }: Reply): Attempt {
  if (bytes === null) return failed(`its answer is longer than ${DOCUMENT_BYTES_MAX} bytes`, true);
  if (!isDelimited) {
    return failed("its answer has no length: nobody could tell if it was cut short", true);
  }
  const text = decode(bytes);
  if (text === null) return failed("its answer is not UTF-8 text", true);
  if (/^text\/html\b/i.test(contentType ?? "") || /^\s*</.test(text)) {
    return failed(
      "it answered with a web page and not with TOML; it may want somebody to log in",
      true,
    );
  }
  return { kind: "text", text, etag: isETag(etag) ? etag : null };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null; // the one way in which decode() fails
    throw error;
  }
}

/** RFC 9110 section 8.8.3; one that is longer is not sent back. */
function isETag(etag: string | null): boolean {
  return etag !== null && /^(?:W\/)?"[\x21\x23-\x7e]{0,256}"$/.test(etag);
}

function failedOf(error: unknown): Attempt {
  if (error instanceof ConnectError) {
    return failed(error.detail || FAULT_WORDS[error.code], LASTING.includes(error.code));
  }
  if (error instanceof ProtocolError) return failed(escapeControls(error.message));
  throw error;
}

function failed(why: string, lasts = false): Attempt {
  return { kind: "failed", why, lasts };
}
