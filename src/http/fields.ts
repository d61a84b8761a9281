import { fitsInLine } from "./characters.ts";

/** One header or trailer field line, in the order and case it came (RFC 9110 section 5). */
export interface Field {
  readonly name: string;
  /** The name in lower case, to compare by. */
  readonly key: string;
  /** Without surrounding white space. A character a byte. */
  readonly value: string;
}

/** The field lines of a head, in order. */
export type Fields = readonly Field[];

/**
 * Makes a field of our own; those of a peer are made by the parser, which refuses the same.
 *
 * @throws {TypeError} for a character that no line of a head holds
 */
export function field(name: string, value: string): Field {
  if (!fitsInLine(name) || !fitsInLine(value)) {
    throw new TypeError(`Cannot make field ${JSON.stringify(name)}: it holds a control character`);
  }
  return { name, key: name.toLowerCase(), value };
}

/** The value of the first line of that name; undefined without one. Who minds a second uses `valuesOf`. */
export function valueOf(fields: Fields, key: string): string | undefined {
  for (const field of fields) {
    if (field.key === key) return field.value;
  }
  return undefined;
}

/** Every line of that name. */
export function valuesOf(fields: Fields, key: string): string[] {
  const values: string[] = [];
  for (const field of fields) {
    if (field.key === key) values.push(field.value);
  }
  return values;
}

/** The members of a comma-separated list over all its lines, lower case, empty ones left out. */
export function tokensOf(fields: Fields, key: string): string[] {
  const tokens: string[] = [];
  for (const field of fields) {
    if (field.key !== key) continue;
    for (const part of field.value.split(",")) {
      const token = part.trim().toLowerCase();
      if (token !== "") tokens.push(token);
    }
  }
  return tokens;
}
