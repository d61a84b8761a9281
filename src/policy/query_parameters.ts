import { decodeText } from "./request_path.ts";
import { valueMatches, type ValuePattern } from "./value_pattern.ts";

/** One `name=value` of a query, in each way in which a server may read it. */
export interface Parameter {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** A parameter that a rule asks for. Without values its presence will do. */
export interface WantedParameter {
  readonly name: string;
  readonly values: readonly ValuePattern[];
}

/** The parameters of a query; null where servers differ in which there are. */
export function readParameters(query: string | null): readonly Parameter[] | null {
  if (query === null) return [];
  // Some servers separate parameters at a semicolon, too.
  if (query.includes(";")) return null;
  const parameters: Parameter[] = [];
  for (const piece of query.split("&")) {
    const equals = piece.indexOf("=");
    const names = readings(equals === -1 ? piece : piece.slice(0, equals));
    const values = readings(equals === -1 ? "" : piece.slice(equals + 1));
    if (names === null || values === null || names.some(isDoubtful)) return null;
    parameters.push({ names, values });
  }
  return parameters;
}

/**
 * Whether a query has what is asked for: at least once, and never otherwise. Of two values one server takes the
 * first and another the last.
 */
export function hasParameter(
  parameters: readonly Parameter[],
  { name, values }: WantedParameter,
): boolean {
  const lower = name.toLowerCase();
  // Some servers do not tell capitals from other letters.
  const found = parameters.filter(({ names }) =>
    names.some((each) => each.toLowerCase() === lower)
  );
  return found.some(({ names }) => names.every((each) => each === name)) &&
    found.every((parameter) =>
      values.length === 0 ||
      parameter.values.every((value) => values.some((wanted) => valueMatches(wanted, value)))
    );
}

/** A plus is a blank in a form (URL standard section 5.1), and a plus elsewhere. */
function readings(text: string): readonly string[] | null {
  const plain = decodeText(text);
  if (plain === null || !text.includes("+")) return plain === null ? null : [plain];
  const form = decodeText(text.replaceAll("+", " "));
  return form === null ? null : [plain, form];
}

/** Whether a name may become another where it is decoded once more, or cut off. */
function isDoubtful(name: string): boolean {
  return /%|\p{Cc}/u.test(name);
}
