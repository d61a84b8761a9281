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
function plain(
  value: Readonly<Record<string, unknown>>,
  above: string,
): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => {
    if (each === null) throw new Error(`"${above}${key}" is null; leave it out`);
    return [key, isTable(each) ? plain(each, `${above}${key}.`) : each];
  }));
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}
