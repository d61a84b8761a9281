import { parse, TomlDate, TomlError } from "smol-toml";
import { quote } from "./printable.ts";
import type { Entry, Located, LocatedTable, Place, Scalar } from "./located.ts";
import { lineCounter, type Spot, tomlPositions } from "./toml_positions.ts";

/** Deeper than anything a policy says; every walk over a document may recurse this far. */
export const NESTING_MAX = 64;

const TOO_DEEP = `nested more than ${NESTING_MAX} deep; write it flatter`;

/** Text that is not TOML. */
export interface BadToml {
  readonly kind: "bad";
  readonly place: Place;
  readonly message: string;
}

/** Reads a document of the file named `file`, with the place of everything in it. */
export function parseTomlDocument(source: string, file: string, rank = 0): LocatedTable | BadToml {
  const lineColumn = lineCounter(source);
  const filePlace = (at: { readonly line: number; readonly column: number }): Place => ({
    origin: { file, line: at.line, column: at.column },
    rank,
    flag: null,
  });
  const placeAt = (offset: number): Place => filePlace(lineColumn(offset));
  let value: unknown;
  try {
    value = parse(source, { integersAsBigInt: true, maxDepth: NESTING_MAX });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { kind: "bad", place: filePlace(error), message: syntaxMessage(error, source) };
  }
  return locateTable(value, tomlPositions(source), placeAt);
}

/** Reads one value, the right side of `key = …`; undefined when it is not TOML. */
export function parseTomlValue(source: string, place: Place): Located | BadToml | undefined {
  let table: Record<string, unknown>;
  try {
    table = parse(`value = ${source}`, { integersAsBigInt: true, maxDepth: NESTING_MAX });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return undefined;
  }
  // A line end and a second key hide in the text: it is not one value.
  if (Object.keys(table).length !== 1) return undefined;
  const root = locateTable(table, undefined, () => place);
  return root.kind === "bad" ? root : root.entries.get("value")?.value;
}

type PlaceAt = (offset: number) => Place;

function locateTable(value: unknown, root: Spot | undefined, placeAt: PlaceAt) {
  const tooDeep: Place[] = [];
  const table = locate(value, root, 0);
  const first = tooDeep[0];
  if (first !== undefined) {
    return { kind: "bad", place: first, message: TOO_DEEP } as const;
  }
  return table as LocatedTable;

  function locate(value: unknown, spot: Spot | undefined, depth: number): Located {
    const place = placeAt(spot?.offset ?? 0);
    if (depth > NESTING_MAX) {
      tooDeep.push(place);
      return { kind: "scalar", place, value: "" };
    }
    if (Array.isArray(value)) {
      const items = value.map((item, index) => locate(item, spot?.items[index], depth + 1));
      return { kind: "list", place, items };
    }
    if (typeof value === "object" && value !== null && !(value instanceof TomlDate)) {
      const entries = new Map<string, Entry>();
      for (const [name, held] of Object.entries(value)) {
        const at = spot?.entries.get(name);
        const key = placeAt(at?.keyOffset ?? 0);
        entries.set(name, { key, value: locate(held, at, depth + 1) });
      }
      return { kind: "table", place, entries };
    }
    return { kind: "scalar", place, value: value as Scalar };
  }
}

/** What to do about the commonest of the parser's complaints. Only the mend is lost if its words change. */
const MENDS: Readonly<Record<string, string>> = {
  "trying to redefine an already defined table or value": "write each key and each table once",
  "trying to redefine an already defined value": "write each key and each table once",
  "invalid value": "put text in quotes",
  "unfinished string": "close it with the quote it starts with",
  "expected comma or end of structure": "put a comma between values, and close the bracket",
  "unfinished array": "close it with a bracket",
  "unfinished table": "close it with a brace",
  "each key-value declaration must be followed by an end-of-line": "start a new line here",
  "incomplete key-value: cannot find end of key": "write key = value",
  "unrecognised escape sequence": "double the backslash, or use single quotes",
  "invalid escape: only line-ending whitespace may be escaped": "double the backslash",
  "invalid unicode escape": "write \\u and the four digits of a character",
  "invalid non-hex character in unicode escape": "write \\u and the four digits of a character",
  "control characters are not allowed in strings":
    "close it on its line; in it, write \\n or \\u0000",
  "control characters are not allowed in comments": "remove them",
  "illegal character in key":
    "write key = value; a key with other than letters and _ goes in quotes",
  "illegal empty bare key": "write a name here",
  "unexpected end of key": "write a name here",
  "illegal quoted key: multiline strings are not allowed": "write it in one pair of quotes",
  "expected end of table array declaration": "close it with ]]",
  "illegal leading zero": "write the number without it",
  "illegal underscore": "write it between two digits",
  "illegal character in numeric literal": "write a number, or put text in quotes",
  "unfinished numeric value": "write a digit behind it",
  "invalid date": "put text in quotes",
  "invalid date-time: date part is malformed": "put text in quotes",
  "invalid date-time: time part is malformed": "put text in quotes",
};

function syntaxMessage(error: TomlError, source: string): string {
  const reason = error.message.split("\n", 1)[0]!.replace("Invalid TOML document: ", "");
  if (reason.startsWith("document contains excessively nested structures")) return TOO_DEEP;
  const special = reason === "invalid value" ? valueMend(error, source) : null;
  const mend = special ?? MENDS[reason] ?? "mend this line";
  return `not TOML: ${reason}; ${mend}`;
}

function valueMend(error: TomlError, source: string): string | null {
  const lines = source.split("\n", error.line);
  const line = lines.at(-1) ?? "";
  const at = error.column - 1;
  const rest = line.slice(at).trimStart();
  if (rest === "" || rest.startsWith("#")) return "write a value";
  if (rest.startsWith("=")) return "write one equals sign";
  if (rest.startsWith(",")) return "remove the comma";
  // Pasted from a page or a letter.
  if (/^[\u2018-\u201f\u00ab\u00bb]/.test(rest)) return 'write straight quotes, as in "text"';
  const table = lines.findLast((each) => each.trimStart().startsWith("[")) ?? "";
  // It may be a secret, or the beginning of one: a word that is part of a URL may end amid a password.
  return SECRETIVE.test(table) || SECRETIVE.test(line) ? null : bareWordMend(line, at);
}

/** What stands where text may be a secret. */
const SECRETIVE =
  /@|upstream|webhook|\burl\b|decider|otel|otlp|exporter|headers|rules|mitm_hooks|inject|query/i;

/** What people write for a switch elsewhere. */
const SWITCHES: Readonly<Record<string, string>> = {
  true: "true",
  yes: "true",
  on: "true",
  false: "false",
  no: "false",
  off: "false",
};

/** `mode = full` and `enabled = True` are what people write first. */
function bareWordMend(line: string, at: number): string | null {
  const before = line.slice(0, at).trimEnd();
  const isValue = /[=[,]$/.test(before.slice(-1)) && before.includes("=");
  if (!isValue) return null;
  const word = /^[A-Za-z_*/][^\s,\]}#"']*/.exec(line.slice(at))?.[0];
  if (word === undefined) return null;
  const lower = word.toLowerCase();
  return Object.hasOwn(SWITCHES, lower) ? `write ${SWITCHES[lower]}` : `write ${quote(word)}`;
}
