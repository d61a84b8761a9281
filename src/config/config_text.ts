import { stringify } from "smol-toml";

/**
 * A configuration that a program holds as an object, as the text of a file: so that it is read like one, and checked
 * like one.
 *
 * @throws {TypeError} for what no file could say
 */
export function configText(value: Readonly<Record<string, unknown>>): string {
  try {
    return stringify(plain(value, ""));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot read the configuration object: ${why}`, { cause });
  }
}

/** Without what is undefined: to leave a key out is not to say anything. */
function plain(value: Readonly<Record<string, unknown>>, path: string): Record<string, unknown> {
  const said = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(said.map(([key, each]) => [key, plainValue(each, `${path}${key}`)]));
}

function plainValue(value: unknown, path: string): unknown {
  if (value === null) throw new Error(`"${path}" is null; leave it out`);
  if (Array.isArray(value)) return value.map((each) => plainValue(each, path));
  if (isTable(value)) return plain(value, `${path}.`);
  // It would be written as an empty table (a Map, a Set): whatever it denies would be lost without a word.
  if (typeof value === "object" && !(value instanceof Date)) {
    throw new Error(`"${path}" is neither an array nor a plain object`);
  }
  return value;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
