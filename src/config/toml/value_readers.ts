import type { Findings } from "./findings.ts";
import type { Json, JsonSchema } from "./json_schema.ts";
import { unknownKey } from "./nearest_key.ts";
import { describe, quote } from "./printable.ts";
import type { Entry, Located, LocatedTable } from "./located.ts";

/** Reads the value of a key. Tells `findings` and returns undefined when it is of the wrong type. */
export interface Reader<T> {
  (value: Located, name: string, findings: Findings): T | undefined;
  /** What it takes, as far as a schema can say. It refuses nothing that the reader takes. */
  readonly schema: JsonSchema;
}

/** Gives a function that reads values its schema. */
export function reader<T>(
  schema: JsonSchema,
  read: (value: Located, name: string, findings: Findings) => T | undefined,
): Reader<T> {
  return Object.assign(read, { schema });
}

/** A key: how its value is read, and what it means, in a line. */
export interface Key<T> {
  readonly read: Reader<T>;
  readonly meaning: string;
}

/** The keys of one table. */
export type Keys<T> = { readonly [K in keyof T]: Key<T[K]> };

/** Makes a key. */
export function key<T>(read: Reader<T>, meaning: string): Key<T> {
  return { read, meaning };
}

/** Reads `true` or `false`. */
export function readFlag(
  value: Located,
  name: string,
  findings: Findings,
): boolean | undefined {
  if (value.kind === "scalar" && typeof value.value === "boolean") return value.value;
  return wrong(value, name, "true or false", findings);
}
readFlag.schema = { type: "boolean" } satisfies JsonSchema;

/** Reads text. */
export function readText(
  value: Located,
  name: string,
  findings: Findings,
): string | undefined {
  if (value.kind === "scalar" && typeof value.value === "string") return value.value;
  return wrong(value, name, "text in quotes", findings);
}
readText.schema = { type: "string" } satisfies JsonSchema;

/** Reads a list of texts. Elements of another type are told one by one. */
export function readTexts(
  value: Located,
  name: string,
  findings: Findings,
): readonly string[] | undefined {
  if (value.kind !== "list") return wrong(value, name, `a list, as in ["…"]`, findings);
  const texts = value.items.map((item, index) => readText(item, `${name}[${index}]`, findings));
  return texts.filter((text) => text !== undefined);
}
readTexts.schema = { type: "array", items: readText.schema } satisfies JsonSchema;

/** Reads one of a few words. */
export function readWord<T extends string>(...words: readonly T[]): Reader<T> {
  return reader({ type: "string", enum: words }, (value, name, findings) => {
    const word = value.kind === "scalar" ? words.find((each) => each === value.value) : undefined;
    if (word !== undefined) return word;
    return wrong(value, name, words.map((each) => `"${each}"`).join(" or "), findings);
  });
}

/** Reads a whole number within bounds, both included. */
export function readWhole(min: number, max: number): Reader<number> {
  return reader({ type: "integer", minimum: min, maximum: max }, (value, name, findings) => {
    if (value.kind === "scalar" && typeof value.value === "bigint") {
      if (value.value >= BigInt(min) && value.value <= BigInt(max)) return Number(value.value);
    }
    return wrong(value, name, `a whole number from ${min} to ${max}`, findings);
  });
}

/** How a table of known keys is read. */
export interface TableShape<T> {
  /** Its header, for messages. */
  readonly where: string;
  readonly keys: Keys<T>;
  /** What keys have that are not written, or wrong. */
  readonly defaults: T;
  /** Keys that are read elsewhere, and what they take. */
  readonly others?: SchemaByKey;
}

/** Keys, and what they take. */
export type SchemaByKey = { readonly [key: string]: JsonSchema };

/** Reads a table of known keys. */
export function readTable<T extends object>(
  table: LocatedTable,
  { where, keys, defaults, others = {} }: TableShape<T>,
  findings: Findings,
): T {
  const read = { ...defaults };
  const known = [...Object.keys(keys), ...Object.keys(others)];
  for (const [name, entry] of table.entries) {
    if (isKey(name, keys)) readInto(read, name, keys, entry, findings);
    else if (!Object.hasOwn(others, name)) {
      findings.fault(entry.key, unknownKey(name, known, where));
    }
  }
  return read;
}

function readInto<T extends object, K extends keyof T & string>(
  into: T,
  name: K,
  keys: Keys<T>,
  entry: Entry,
  findings: Findings,
): void {
  const value = keys[name].read(entry.value, name, findings);
  if (value !== undefined) into[name] = value;
}

function isKey<T extends object>(name: string, keys: Keys<T>): name is keyof T & string {
  return Object.hasOwn(keys, name);
}

/** What {@linkcode readTable} takes, and refuses. `defaults` are those worth showing. */
export function tableSchema<T extends object>(
  { keys, others = {} }: Pick<TableShape<T>, "keys" | "others">,
  defaults: Partial<T> = {},
): JsonSchema {
  const named = Object.entries(keys) as [keyof T & string, Key<unknown>][];
  const properties = named.map(([name, { read, meaning }]) => {
    const shown = Object.hasOwn(defaults, name) ? { default: defaults[name] as Json } : {};
    return [name, { description: meaning, ...shown, ...read.schema }];
  });
  return {
    type: "object",
    properties: { ...Object.fromEntries(properties), ...others },
    additionalProperties: false,
  };
}

/** Tells of every key of a table that is not one of those that it may have. */
export function refuseUnknown(
  table: LocatedTable,
  known: readonly string[],
  where: string,
  findings: Findings,
): void {
  for (const [name, { key }] of table.entries) {
    if (!known.includes(name)) findings.fault(key, unknownKey(name, known, where));
  }
}

/** Tells that a value is not what its key takes. */
export function wrong(
  value: Located,
  name: string,
  expected: string,
  findings: Findings,
): undefined {
  // The name may be one that somebody made up: that of a host, or of a header.
  findings.fault(value.place, `${quote(name)} is ${describe(value)}: expected ${expected}`);
  return undefined;
}
