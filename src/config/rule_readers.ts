// What may be written in a request rule, key by key.
import { CAPABILITIES, type Capability, parseCapability } from "../policy/capability.ts";
import type { BadPattern } from "../policy/host_pattern.ts";
import { parsePathPattern, type PathPattern } from "../policy/path_pattern.ts";
import { parseValuePattern, type ValuePattern } from "../policy/value_pattern.ts";
import type { Findings } from "./toml/findings.ts";
import type { Located, LocatedScalar } from "./toml/located.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import { quote } from "./toml/printable.ts";
import { type Reader, reader, readText, wrong } from "./toml/value_readers.ts";

/** Something to look for by its name. Without values it has to be there. */
export interface Wanted {
  readonly name: string;
  readonly values: readonly ValuePattern[];
}

/** RFC 9110 section 5.6.2. */
const TOKEN_REGEXP = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TOKEN: JsonSchema = { type: "string", pattern: TOKEN_REGEXP.source };

/** The name of a header. Which of them Doorward writes itself is not told. */
export const HEADER_NAME: JsonSchema = TOKEN;

/** Fields that say where a message ends, where it goes, or what becomes of its connection: Doorward writes them. */
const OURS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Reads methods; null is any, which is written `*`. */
export function readMethods(
  value: Located,
  name: string,
  findings: Findings,
): readonly string[] | null | undefined {
  const methods = readEach(value, name, findings, parseMethod);
  return methods?.includes("*") ? null : methods;
}
readMethods.schema = oneOrMore(TOKEN);

function parseMethod(text: string): string | BadPattern {
  return TOKEN_REGEXP.test(text) ? text.toUpperCase() : bad("it is no method; write GET");
}

/** Reads paths. */
export function readPaths(stars: "wild" | "literal"): Reader<readonly PathPattern[] | null> {
  return reader(
    oneOrMore(readText.schema),
    (value, name, findings) =>
      readEach(value, name, findings, (text) => parsePathPattern(text, stars)),
  );
}

/** Reads capability words. */
export function readCapabilities(
  value: Located,
  name: string,
  findings: Findings,
): readonly Capability[] | undefined {
  return readEach(value, name, findings, parseCapability);
}
readCapabilities.schema = oneOrMore({
  type: "string",
  pattern: `^(${CAPABILITIES.join("|")})(:|$)`,
});

/** Reads a table of values by name. */
export function readWanted(
  of: "headers" | "parameters",
  empty: "presence" | "refused",
): Reader<readonly Wanted[]> {
  const schema: JsonSchema = {
    type: "object",
    ...(of === "headers" && { propertyNames: HEADER_NAME }),
    additionalProperties: oneOrMore(readText.schema, empty === "presence" ? 0 : 1),
  };
  return reader(schema, (value, name, findings) => {
    if (value.kind !== "table") {
      // Nor is it shown here.
      findings.fault(value.place, `"${name}" is not a table: write ${name} = { name = "value" }`);
      return undefined;
    }
    const all: Wanted[] = [];
    for (const [key, entry] of value.entries) {
      if (of === "headers" && !TOKEN_REGEXP.test(key)) {
        findings.fault(entry.key, `${quote(key)} is no name of a header`);
      }
      const isPresence = entry.value.kind === "list" && entry.value.items.length === 0;
      // A value is not shown: it may be what lets its bearer in.
      const values = isPresence && empty === "presence"
        ? []
        : readEach(entry.value, `${name}.${key}`, findings, parseValuePattern, "secret");
      if (values === undefined) continue;
      all.push({ name: of === "headers" ? key.toLowerCase() : key, values });
    }
    return all;
  });
}

/** Reads the names of header fields, into lower case. */
export function readHeaderNames(
  value: Located,
  name: string,
  findings: Findings,
): readonly string[] | undefined {
  if (value.kind === "list" && value.items.length === 0) return [];
  return readEach(value, name, findings, parseHeaderName);
}
readHeaderNames.schema = oneOrMore(HEADER_NAME, 0);

function parseHeaderName(text: string): string | BadPattern {
  const why = whyNotHeader(text);
  return why === null ? text.toLowerCase() : bad(why);
}

/** Why a field cannot be taken out or put in; null where it can. */
export function whyNotHeader(name: string): string | null {
  if (!TOKEN_REGEXP.test(name)) return "it is no name of a header";
  return OURS.has(name.toLowerCase()) ? "Doorward writes this header itself" : null;
}

/** Reads one text or a list of them, none of which may be missing. */
function readEach<T extends object | string>(
  value: Located,
  name: string,
  findings: Findings,
  parse: (text: string) => T | BadPattern,
  kind: "plain" | "secret" = "plain",
): readonly T[] | undefined {
  if (value.kind === "table") return wrong(value, name, `text, or a list as in ["…"]`, findings);
  const items = value.kind === "list" ? value.items : [value];
  if (items.length === 0) {
    const message = `${quote(name)} is an empty list, and nothing matches it: remove it`;
    findings.fault(value.place, message);
    return undefined;
  }
  const all: T[] = [];
  for (const item of items) {
    if (!isText(item)) {
      wrong(item, name, "text in quotes", findings);
      continue;
    }
    const parsed = parse(item.value);
    if (!isBad(parsed)) all.push(parsed);
    else {
      const what = kind === "secret" ? "a value" : quote(item.value);
      findings.fault(item.place, `bad ${what} in ${quote(name)}: ${parsed.why}`);
    }
  }
  return all.length === items.length ? all : undefined;
}

/** What {@linkcode readEach} takes. */
function oneOrMore(items: JsonSchema, minItems = 1): JsonSchema {
  return { anyOf: [items, { type: "array", items, minItems }] };
}

function isText(value: Located): value is LocatedScalar & { readonly value: string } {
  return value.kind === "scalar" && typeof value.value === "string";
}

function isBad(parsed: object | string): parsed is BadPattern {
  return typeof parsed === "object" && "kind" in parsed && parsed.kind === "bad";
}

function bad(why: string): BadPattern {
  return { kind: "bad", why };
}
