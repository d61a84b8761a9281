import type { Located } from "./located.ts";

/** Longer text is cut: a message stays one line. */
const QUOTED_MAX = 120;

/** Puts text in quotes as TOML would, without its credentials, and cut when it is long. */
export function quote(text: string): string {
  const shown = cut(withoutCredentials(text));
  return escapeControls(`"${shown.replaceAll(/["\\]/g, "\\$&")}"`);
}

function cut(text: string): string {
  return text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text;
}

/** Writes `\u` for whatever would move the cursor, change colours or reorder the line. */
export function escapeControls(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => {
      const code = character.codePointAt(0)!.toString(16);
      return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
    },
  );
}

/**
 * Cuts the user information out of whatever may be a URL: messages end up in logs. Rather too much than too
 * little, for a password may hold any character: all up to the last at sign goes.
 */
export function withoutCredentials(text: string): string {
  const at = text.lastIndexOf("@");
  const start = userInfoStart(text.slice(0, Math.max(at, 0)));
  return start === -1 ? text : `${text.slice(0, start)}…${text.slice(at)}`;
}

/** Where user information starts in the text before an at sign; -1 where it is only a name. */
function userInfoStart(text: string): number {
  const colon = text.indexOf(":");
  const slashes = text.indexOf("//");
  // Two slashes elsewhere may be part of a password.
  if (slashes !== -1 && (colon === -1 || slashes <= colon + 1)) return slashes + 2;
  return colon === -1 ? -1 : text.slice(0, colon).indexOf("=") + 1;
}

/** Names a value for a message: itself when it is small, else what it is. */
export function describe(located: Located): string {
  if (located.kind === "table") return "a table";
  if (located.kind === "list") return located.items.length === 0 ? "an empty list" : "a list";
  const { value } = located;
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return describeFloat(value);
  // A whole number may have as many digits as a file has room for.
  return value instanceof Date ? "a date" : cut(String(value));
}

/** As TOML writes it: 1.0 is no whole number. */
function describeFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
