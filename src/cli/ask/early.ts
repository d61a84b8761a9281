import type { Clock } from "../../net/ports.ts";

/**
 * What comes so soon after we began to listen was typed before: a terminal hands out at once what it kept,
 * and nobody reads a question and answers it in that time.
 */
const EARLY_MS = 400;

/** Whether what comes now was typed before `since`, when listening began (`Clock.monotonic`). */
export function isEarly(since: number, clock: Clock): boolean {
  return clock.monotonic() - since < EARLY_MS;
}
