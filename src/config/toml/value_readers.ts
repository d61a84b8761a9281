import type { Findings } from "./findings.ts";
import { unknownKey } from "./nearest_key.ts";
import { describe } from "./printable.ts";
import type { Entry, Located, LocatedTable } from "./located.ts";

/** Reads the value of a key. Tells `findings` and returns undefined when it is of the wrong type. */
export type Reader<T> = (value: Located, name: string, findings: Findings) => T | undefined;

/** The keys of one table. */
export type Readers<T> = { readonly [K in keyof T]: Reader<T[K]> };

/** Reads `true` or `false`. */
export function readFlag(
  value: Located,
  name: string,
  findings: Findings,
): boolean | undefined {
  if (value.kind === "scalar" && typeof value.value === "boolean") return value.value;
  return wrong(value, name, "true or false", findings);
}

/** Reads text. */
export function readText(
  value: Located,
  name: string,
  findings: Findings,
): string | undefined {
  if (value.kind === "scalar" && typeof value.value === "string") return value.value;
  return wrong(value, name, "text in quotes", findings);
}

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

/** Reads one of a few words. */
export function readWord<T extends string>(...words: readonly T[]): Reader<T> {
  return (value, name, findings) => {
    const word = value.kind === "scalar" ? words.find((each) => each === value.value) : undefined;
    if (word !== undefined) return word;
    return wrong(value, name, words.map((each) => `"${each}"`).join(" or "), findings);
  };
}

/** Reads a whole number within bounds, both included. */
export function readWhole(min: number, max: number): Reader<number> {
  return (value, name, findings) => {
    if (value.kind === "scalar" && typeof value.value === "bigint") {
      if (value.value >= BigInt(min) && value.value <= BigInt(max)) return Number(value.value);
    }
    return wrong(value, name, `a whole number from ${min} to ${max}`, findings);
  };
}

/** How a table of known keys is read. */
export interface TableShape<T> {
  /** Its header, for messages. */
  readonly where: string;
  readonly readers: Readers<T>;
  /** What keys have that are not written, or wrong. */
  readonly defaults: T;
  /** Keys that are read elsewhere. */
  readonly others?: readonly string[];
}

/** Reads a table of known keys. */
export function readTable<T extends object>(
  table: LocatedTable,
  { where, readers, defaults, others = [] }: TableShape<T>,
  findings: Findings,
): T {
  const read = { ...defaults };
  const known = [...Object.keys(readers), ...others];
  for (const [name, entry] of table.entries) {
    if (isKey(name, readers)) readInto(read, name, readers, entry, findings);
    else if (!others.includes(name)) findings.fault(entry.key, unknownKey(name, known, where));
  }
  return read;
}

function readInto<T extends object, K extends keyof T & string>(
  into: T,
  name: K,
  readers: Readers<T>,
  entry: Entry,
  findings: Findings,
): void {
  const value = readers[name](entry.value, name, findings);
  if (value !== undefined) into[name] = value;
}

function isKey<T extends object>(name: string, readers: Readers<T>): name is keyof T & string {
  return Object.hasOwn(readers, name);
}

/** Tells that a value is not what its key takes. */
export function wrong(
  value: Located,
  name: string,
  expected: string,
  findings: Findings,
): undefined {
  findings.fault(value.place, `"${name}" is ${describe(value)}: expected ${expected}`);
  return undefined;
}
