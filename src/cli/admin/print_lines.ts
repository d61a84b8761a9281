import type { Line, Output } from "../printed/terminal.ts";

/** What is printed faster than it is taken is dropped, in the end: a list waits for its reader. */
const LINES_AT_ONCE = 64;

/** Prints a list of any length, as fast as it is read. */
export async function printLines(out: Output, lines: Iterable<Line>): Promise<void> {
  let held = 0;
  for (const line of lines) {
    out.line(...line);
    held += 1;
    if (held % LINES_AT_ONCE === 0) await out.flush();
  }
  await out.flush();
}
