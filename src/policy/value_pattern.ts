import type { BadPattern } from "./host_pattern.ts";
import { parseStarGlob, type StarGlob, starGlobMatches } from "./star_glob.ts";

/** What the value of a header or of a query parameter has to be. */
export type ValuePattern = { readonly kind: "exact"; readonly text: string } | StarGlob;

/**
 * Reads a value: plain text is that text, `pattern:` makes `*` stand for any characters, none included, and
 * `literal:` is for text that begins with one of these words.
 */
export function parseValuePattern(text: string): ValuePattern | BadPattern {
  if (text.startsWith("pattern:")) return parseStarGlob(text.slice("pattern:".length));
  const literal = text.startsWith("literal:") ? text.slice("literal:".length) : text;
  return { kind: "exact", text: literal };
}

/** Whether all of a value fits. */
export function valueMatches(pattern: ValuePattern, value: string): boolean {
  return pattern.kind === "exact" ? value === pattern.text : starGlobMatches(pattern, value, 0);
}
