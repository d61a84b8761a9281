import { type BadToml, NESTING_MAX, parseTomlValue } from "./toml_document.ts";
import type { Located, LocatedTable, Place } from "./located.ts";

/**
 * Reads `-c key=value` into a table that holds only that key. The key is split at every dot, without any
 * quoting; a value that is not TOML is taken as text, its quotes stripped.
 */
export function parseOverride(flag: string, rank: number): LocatedTable | BadToml {
  const place: Place = { origin: { file: "-c", line: null, column: null }, rank, flag };
  const bad = (message: string): BadToml => ({ kind: "bad", place, message });
  const equals = flag.indexOf("=");
  if (equals === -1) return bad(`no "="; write key=value, as in network.mode="limited"`);
  const key = flag.slice(0, equals).trim();
  if (key === "") return bad(`no key before "="; write key=value, as in network.mode="limited"`);
  const names = key.split(".");
  if (names.length > NESTING_MAX) {
    return bad(`more than ${NESTING_MAX} dots in the key; shorten it`);
  }
  const text = flag.slice(equals + 1).trim();
  const value = parseTomlValue(text, place) ?? plainText(text, place);
  if (value.kind === "bad") return value;
  return names.reduceRight<Located>(
    (held, name) => ({
      kind: "table",
      place,
      entries: new Map([[name, { key: place, value: held }]]),
    }),
    value,
  ) as LocatedTable;
}

function plainText(text: string, place: Place): Located {
  return { kind: "scalar", place, value: text.replace(/^["']+/, "").replace(/["']+$/, "") };
}
