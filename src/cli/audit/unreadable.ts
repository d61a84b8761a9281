import { EXIT } from "../exit_code.ts";
import type { Surroundings } from "../surroundings.ts";

/** Tells that a file cannot be read. Returns what to exit with. */
export function unreadable(file: string, error: unknown, here: Surroundings): number {
  here.terminal.err.line(`doorward: Cannot read ${file}: ${whyOf(error)}`);
  return EXIT.failed;
}

function whyOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist; check the path";
  if (error instanceof Deno.errors.NotCapable) {
    return "Doorward runs without --allow-read for its folder; grant that";
  }
  return error instanceof Error ? error.message : String(error);
}
