/** Control, format and line separator characters: escape sequences, line ends, bidirectional overrides. */
const UNSAFE_REGEXP = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Writes unsafe characters as `\u001b`, which also leaves JSON meaning what it meant. */
export function escapeControls(text: string): string {
  return text.replaceAll(UNSAFE_REGEXP, unicodeEscape);
}

/** A character as `\u001b`; one of two code units as two. */
export function unicodeEscape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
}
