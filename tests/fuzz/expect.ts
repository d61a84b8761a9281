import { ProtocolError } from "../../src/net/errors.ts";

/** A property that does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** What every sentence is made of that says why something is refused: one line of ASCII, and not endless. */
const SENTENCE = /^[ -~]{1,400}$/;

/** Fails unless it holds. `what` is the property, as a sentence. */
export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}

/** Fails unless both are deeply equal. Millions of calls are why it is not the assertion of the library. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (!same(actual, expected)) {
    throw new Broken(`${what}: ${told(actual)} is not ${told(expected)}`);
  }
}

/** Fails unless it can be told to a person and stand in a log. */
export function expectSentence(why: string): void {
  if (!SENTENCE.test(why)) throw new Broken(`no sentence: ${told(why)}`);
}

/** What comes of it: a value, or the fault of a peer. Whatever else is thrown goes on. */
export function outcomeOf<T>(run: () => T): T | ProtocolError {
  try {
    return run();
  } catch (error) {
    return protocolError(error);
  }
}

/** As {@linkcode outcomeOf}, of a promise. */
export async function outcomeLater<T>(run: () => Promise<T>): Promise<T | ProtocolError> {
  try {
    return await run();
  } catch (error) {
    return protocolError(error);
  }
}

function protocolError(error: unknown): ProtocolError {
  if (!(error instanceof ProtocolError)) throw error;
  expectSentence(error.message);
  return error;
}

/** Deep equality of plain values, arrays, bytes and maps. Errors are the same when they say the same. */
function same(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Error || b instanceof Error) {
    return a instanceof Error && b instanceof Error && a.message === b.message;
  }
  if (a instanceof Map && b instanceof Map) return same([...a], [...b]);
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.length !== others.length || Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}

function told(value: unknown): string {
  if (value instanceof Error) return `${value.name} "${value.message}"`;
  return Deno.inspect(value, { depth: 6, strAbbreviateSize: 300, breakLength: 200 });
}
