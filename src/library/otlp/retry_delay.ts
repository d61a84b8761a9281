/** How often a request is sent again. */
export const RETRIES_MAX = 5;

/** Doubles with each. */
const FIRST_MS = 1000;
/** A collector cannot keep us longer. */
const DELAY_MS_MAX = 60_000;

/**
 * How long to wait before a request is sent again.
 *
 * @param retry from 0
 * @param afterMs what the collector asks for; null where it does not
 * @param random from 0 to 1, so that many do not come back at once
 */
export function retryDelay(retry: number, afterMs: number | null, random: number): number {
  const own = FIRST_MS * 2 ** retry * (0.75 + random / 2);
  return Math.min(afterMs ?? own, DELAY_MS_MAX);
}

/** Reads `Retry-After` (RFC 9110 section 10.2.3), in milliseconds; null where it says nothing. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // A date begins with its weekday: whatever else would be read is none.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
