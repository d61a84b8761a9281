import type { Deadlines } from "../../net/time/deadlines.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import { within } from "../../net/time/within.ts";
import type { Encoding } from "./messages/encoder.ts";
import type { Export } from "./post_export.ts";

/** A collector that hangs is given up after that. */
export const EXPORT_MS = 10_000;

/** What came of an attempt. `why` is a clause. */
export type Sent =
  /** `rejected` of it the collector did not take. */
  | { readonly kind: "taken"; readonly rejected: number }
  | { readonly kind: "again"; readonly why: string; readonly afterMs: number | null }
  | { readonly kind: "refused"; readonly why: string };

/** Sends something that is encoded already. Never rejects, and ends in time. */
export type Attempt = () => Promise<Sent>;

/** What {@linkcode attempting} takes. */
export interface AttemptParts<T> {
  /** Rejects where what encodes cannot be loaded. */
  readonly encoding: Promise<Encoding<T>>;
  readonly post: Export;
  readonly deadlines: Deadlines;
  /** Ends every attempt. */
  readonly end: AbortSignal;
}

/** Makes ready to send something, as often as it takes: it is the same each time. Never rejects. */
export function attempting<T>(parts: AttemptParts<T>): (from: T) => Promise<Attempt> {
  const { post, deadlines, end } = parts;
  return async (from) => {
    try {
      const encoding = await unlessAborted(parts.encoding, end);
      const body = encoding.encode(from);
      return async () => {
        const outcome = await within(
          deadlines,
          EXPORT_MS,
          end,
          (signal) => post(body, signal),
          () => new Error("Cannot export in time"),
        ).catch(() => NO_TIME);
        if (outcome.kind !== "taken") return outcome;
        return { kind: "taken", rejected: rejectedOf(encoding, outcome.answer) };
      };
    } catch (error) {
      const sent: Sent = end.aborted
        ? NO_TIME
        : { kind: "refused", why: `records cannot be encoded: ${messageOf(error)}` };
      return () => Promise.resolve(sent);
    }
  };
}

const NO_TIME: Sent & { readonly kind: "again" } = {
  kind: "again",
  why: "there was no time",
  afterMs: null,
};

function rejectedOf(encoding: Encoding<never>, answer: Uint8Array | null): number {
  try {
    return answer === null ? 0 : encoding.rejected(answer);
  } catch {
    return 0; // It said that it took it, and nothing else that can be read.
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
