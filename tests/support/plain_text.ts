import type { Line } from "../../src/cli/printed/terminal.ts";

/** A line as it is printed where there are no colours. */
export function plainText(line: Line): string {
  return line.map((part) => typeof part === "string" ? part : part.text).join("");
}
