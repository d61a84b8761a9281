import type { Entry } from "./toml/located.ts";
import { nearestKey } from "./toml/nearest_key.ts";

/** What may stand without quotes, and its dots. */
const BARE_REGEXP = /^[\w-]+(\.[\w-]+)+$/;

/**
 * The host whose dots made tables of it, as in `github.com = "read"`; null where none was meant.
 *
 * @param known the keys that such a table may have
 */
export function splitHost(text: string, entry: Entry, known: readonly string[]): string | null {
  return text.includes(".") ? null : joined(text, entry, known);
}

function joined(text: string, { key, value }: Entry, known: readonly string[]): string | null {
  // What a dot made begins at its key, and not at a brace.
  const isSplit = key.origin.line === value.place.origin.line &&
    key.origin.column === value.place.origin.column;
  if (value.kind !== "table" || value.entries.size === 0 || !isSplit) return null;
  const [name, entry] = [...value.entries][0]!;
  const host = `${text}.${name}`;
  if (!BARE_REGEXP.test(host) || nearestKey(name, known) !== null) return null;
  return joined(host, entry, known) ?? host;
}
