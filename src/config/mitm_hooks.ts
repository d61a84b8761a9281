// Request rules in the shape of the original: `[[network.mitm_hooks]]`.
import { parseHostPattern } from "../policy/host_pattern.ts";
import type { PathPattern } from "../policy/path_pattern.ts";
import {
  HEADER_NAME,
  readHeaderNames,
  readMethods,
  readPaths,
  readWanted,
  type Wanted,
  whyNotHeader,
} from "./rule_readers.ts";
import { readSecretSource, secretSchema } from "./secret_source.ts";
import type { Findings } from "./toml/findings.ts";
import { emptyTable, type Located, type LocatedTable } from "./toml/located.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import { quote } from "./toml/printable.ts";
import {
  key,
  type Keys,
  readTable,
  readText,
  refuseUnknown,
  type SchemaByKey,
  tableSchema,
  wrong,
} from "./toml/value_readers.ts";
import { ANY_REQUEST, ruleText, type WrittenInjection, type WrittenRule } from "./written_rule.ts";

interface HookMatch {
  readonly methods: readonly string[] | null;
  readonly path_prefixes: readonly PathPattern[] | null;
  readonly query: readonly Wanted[];
  readonly headers: readonly Wanted[];
}

const MATCH_KEYS: Keys<HookMatch> = {
  methods: key(readMethods, 'one of these methods; "*" is any'),
  path_prefixes: key(readPaths("literal"), 'one of these paths: "/a" and below, "/a/" only below'),
  query: key(readWanted("parameters", "refused"), "query parameters by name: one of these values"),
  headers: key(readWanted("headers", "presence"), "header fields by name: one of these values"),
};

interface HookActions {
  readonly strip_request_headers: readonly string[];
  readonly inject_request_headers: readonly WrittenInjection[];
}

const SECRET_KEYS = {
  env: "secret_env_var",
  file: "secret_file",
  where: "inject_request_headers",
};
const INJECT_EXAMPLE = 'write { name = "Authorization", secret_env_var = "TOKEN" }';

const INJECTION_KEYS: SchemaByKey = {
  name: { ...HEADER_NAME, description: "the header field to put in" },
};

readInjections.schema = {
  type: "array",
  items: { ...secretSchema(SECRET_KEYS, INJECTION_KEYS), required: ["name"] },
} satisfies JsonSchema;

const ACTION_KEYS: Keys<HookActions> = {
  strip_request_headers: key(readHeaderNames, "header fields to take out"),
  inject_request_headers: key(readInjections, "header fields to put in"),
};

/** What must be written of `match`. */
const MATCH_REQUIRED = ["methods", "path_prefixes"] as const;

const HOOK_SCHEMAS: SchemaByKey = {
  host: { type: "string", description: "the one host that the hook is for" },
  match: {
    description: "what a request has to be like",
    ...tableSchema({ keys: MATCH_KEYS }),
    required: MATCH_REQUIRED,
  },
  actions: { description: "what is done to it", ...tableSchema({ keys: ACTION_KEYS }) },
};

const HOOK_KEYS = Object.keys(HOOK_SCHEMAS);

/** What `mitm_hooks` takes. */
export const HOOKS_SCHEMA: JsonSchema = {
  description: "Request rules in the older shape: the first that matches decides",
  type: "array",
  items: {
    type: "object",
    properties: HOOK_SCHEMAS,
    required: ["host", "match"],
    additionalProperties: false,
  },
};

/** Reads every hook that is right. */
export function readHooks(value: Located, findings: Findings): readonly WrittenRule[] {
  if (value.kind !== "list") {
    wrong(value, "mitm_hooks", "a list: write [[network.mitm_hooks]]", findings);
    return [];
  }
  return value.items.flatMap((item) => {
    if (item.kind === "table") return readHook(item, findings) ?? [];
    wrong(item, "mitm_hooks", "a table: write [[network.mitm_hooks]]", findings);
    return [];
  });
}

function readHook(table: LocatedTable, findings: Findings): WrittenRule | null {
  refuseUnknown(table, HOOK_KEYS, "[[network.mitm_hooks]]", findings);
  const match = tableOf(table, "match", findings);
  const actions = tableOf(table, "actions", findings);
  if (match === null || actions === null) return null;
  const matches = readMatch(match, findings);
  const { strip_request_headers: strip, inject_request_headers: inject } = readTable(actions, {
    where: "actions",
    keys: ACTION_KEYS,
    defaults: { strip_request_headers: [], inject_request_headers: [] },
  }, findings);
  const host = table.entries.get("host");
  if (host === undefined) {
    findings.fault(table.place, 'a hook without a host: write host = "api.example.com"');
    return null;
  }
  const text = readText(host.value, "host", findings);
  if (text === undefined) return null;
  const pattern = parseHostPattern(text);
  if (pattern.kind !== "exact" && pattern.kind !== "ip") {
    const why = pattern.kind === "bad"
      ? pattern.why
      : "a hook is for one host; write a wildcard in [network.rules]";
    findings.fault(host.value.place, `bad host ${quote(text)}: ${why}`);
    return null;
  }
  const words = ruleText(text, match, ["methods", "path_prefixes"], ["query", "headers"]);
  return { host: pattern, matches, strip, inject, text: words, place: host.value.place };
}

function readMatch(table: LocatedTable, findings: Findings) {
  for (const key of MATCH_REQUIRED) {
    if (table.entries.has(key)) continue;
    const example = key === "methods" ? '["GET"]' : '["/v1/"]';
    findings.fault(table.place, `a hook without "${key}": write match.${key} = ${example}`);
  }
  const body = table.entries.get("body");
  if (body !== undefined) {
    findings.fault(body.key, '"body" cannot be matched: remove it, nobody reads bodies');
  }
  const entries = new Map([...table.entries].filter(([name]) => name !== "body"));
  const { path_prefixes: paths, ...others } = readTable({ ...table, entries }, {
    where: "match",
    keys: MATCH_KEYS,
    defaults: { methods: null, path_prefixes: null, query: [], headers: [] },
  }, findings);
  return { ...ANY_REQUEST, ...others, paths };
}

function readInjections(
  value: Located,
  name: string,
  findings: Findings,
): readonly WrittenInjection[] | undefined {
  if (value.kind !== "list") {
    // Most likely it is the secret itself.
    findings.fault(value.place, `"${name}" is not a list of tables: ${INJECT_EXAMPLE}`);
    return undefined;
  }
  const all: WrittenInjection[] = [];
  for (const item of value.items) {
    if (item.kind !== "table") {
      findings.fault(item.place, `an element of "${name}" is not a table: ${INJECT_EXAMPLE}`);
      continue;
    }
    const secret = readSecretSource(item, SECRET_KEYS, INJECTION_KEYS, findings);
    const named = item.entries.get("name");
    if (named === undefined) {
      findings.fault(item.place, 'no "name": write the name of the header');
      continue;
    }
    const header = readText(named.value, "name", findings);
    if (header === undefined) continue;
    const why = whyNotHeader(header);
    const isSecond = all.some((other) => other.name.toLowerCase() === header.toLowerCase());
    if (why !== null) findings.fault(named.value.place, `bad header ${quote(header)}: ${why}`);
    else if (isSecond) findings.fault(named.value.place, `${quote(header)} is put in twice`);
    else if (secret !== null) all.push({ name: header, secret });
  }
  return all;
}

function tableOf(table: LocatedTable, key: string, findings: Findings): LocatedTable | null {
  const value = table.entries.get(key)?.value;
  if (value === undefined) return emptyTable(table.place);
  if (value.kind === "table") return value;
  wrong(value, key, "a table", findings);
  return null;
}
