// Request rules: `[network.rules]`, a table from hosts to what may be asked of them.
import type { Capability } from "../policy/capability.ts";
import { formatHostPattern, type HostPattern, parseHostPattern } from "../policy/host_pattern.ts";
import type { PathPattern } from "../policy/path_pattern.ts";
import type { RequestRule } from "../policy/request_rule.ts";
import type { NetworkConfig } from "./config.ts";
import type { PlacedRule } from "./domain_lists.ts";
import { HOOKS_SCHEMA, readHooks } from "./mitm_hooks.ts";
import { checkPublicSuffixes } from "./public_suffix.ts";
import {
  HEADER_NAME,
  readCapabilities,
  readHeaderNames,
  readMethods,
  readPaths,
  readWanted,
  type Wanted,
  whyNotHeader,
} from "./rule_readers.ts";
import { readSecretSource, secretSchema } from "./secret_source.ts";
import { splitHost } from "./split_host.ts";
import type { Findings } from "./toml/findings.ts";
import type { Entry, Located, LocatedTable, Place } from "./toml/located.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import { quote } from "./toml/printable.ts";
import {
  key,
  type Keys,
  readTable,
  type SchemaByKey,
  tableSchema,
  wrong,
} from "./toml/value_readers.ts";
import {
  ANY_REQUEST,
  finishRule,
  ruleText,
  type WrittenInjection,
  type WrittenRule,
} from "./written_rule.ts";

/** A request rule, and its place for whatever is found about it later. */
export interface PlacedRequestRule {
  readonly rule: RequestRule;
  readonly place: Place;
}

/** The request rules of a configuration. */
export interface ReadRules {
  readonly rules: readonly PlacedRequestRule[];
  /** The environment variables that secrets come from: a command that is wrapped does not get them. */
  readonly secretVariables: readonly string[];
}

/**
 * Reads the request rules: those of `rules` in the order of the file, then the hooks.
 *
 * @param env where secrets are looked for; null leaves them alone
 */
export async function readRequestRules(
  table: LocatedTable,
  network: Pick<NetworkConfig, "mitm">,
  env: Readonly<Record<string, string>> | null,
  findings: Findings,
): Promise<ReadRules> {
  const written = readWrittenRules(table, findings);
  if (!network.mitm) {
    for (const key of ["rules", "mitm_hooks"]) {
      const entry = table.entries.get(key);
      if (entry !== undefined && !isEmpty(entry.value)) findings.fault(entry.key, needsMitm(key));
    }
  }
  await checkPublicSuffixes(written.map(hostOf), findings);
  const finished = await Promise.all(written.map(async (each) => {
    const rule = await finishRule(each, env, findings);
    return rule === null ? [] : [{ rule, place: each.place }];
  }));
  const variables = written.flatMap(({ inject }) =>
    inject.flatMap(({ secret: { from } }) => "env" in from ? [from.env] : [])
  );
  return {
    rules: finished.flat(),
    secretVariables: [...new Set(variables)],
  };
}

/** Reads the request rules as they are written, without the secrets that they name. */
export function readWrittenRules(
  table: LocatedTable,
  findings: Findings,
): readonly WrittenRule[] {
  const rules = table.entries.get("rules");
  const hooks = table.entries.get("mitm_hooks");
  return [
    ...(rules === undefined ? [] : readRules(rules.value, findings)),
    ...(hooks === undefined ? [] : readHooks(hooks.value, findings)),
  ];
}

function needsMitm(key: string): string {
  return `"${key}" needs to see what tunnels carry: write mitm = true under [network]`;
}

function isEmpty(value: Located): boolean {
  if (value.kind === "scalar") return false;
  return value.kind === "table" ? value.entries.size === 0 : value.items.length === 0;
}

function hostOf({ host, place }: WrittenRule): PlacedRule {
  const text = formatHostPattern(host);
  return { rule: { list: "allow", pattern: host, text, origin: place.origin }, place };
}

interface RuleTable {
  readonly methods: readonly string[] | null;
  readonly paths: readonly PathPattern[] | null;
  readonly query: readonly Wanted[];
  readonly headers: readonly Wanted[];
  readonly can: readonly Capability[] | null;
  readonly strip: readonly string[];
  readonly inject: readonly WrittenInjection[];
}

const INJECT_EXAMPLE = 'write inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } }';

const SECRET_KEYS = { env: "env", file: "file", where: "inject" };

readInjections.schema = {
  type: "object",
  propertyNames: HEADER_NAME,
  additionalProperties: secretSchema(SECRET_KEYS, {}),
} satisfies JsonSchema;

const RULE_KEYS: Keys<RuleTable> = {
  methods: key(readMethods, 'one of these methods; "*" is any'),
  paths: key(readPaths("wild"), 'one of these paths: "/a" and below, "/a/" only below, "/a/*/b"'),
  query: key(readWanted("parameters", "presence"), "query parameters by name: one of these values"),
  headers: key(readWanted("headers", "presence"), "header fields by name: one of these values"),
  can: key(readCapabilities, 'one of these words, as in "read" or "git-push:my-org/my-repo"'),
  strip: key(readHeaderNames, "header fields to take out"),
  inject: key(readInjections, "header fields to put in, and where their secrets come from"),
};

const RULE_SCHEMA = tableSchema({ keys: RULE_KEYS });

/** The keys of `[network]` that are read here, and what they take. */
export const RULE_SCHEMAS: SchemaByKey = {
  rules: {
    description: "What may be asked of hosts, by host pattern; the first rule that matches decides",
    type: "object",
    additionalProperties: {
      anyOf: [
        readCapabilities.schema,
        RULE_SCHEMA,
        { type: "array", items: RULE_SCHEMA, minItems: 1 },
      ],
    },
  },
  mitm_hooks: HOOKS_SCHEMA,
};

function readRules(value: Located, findings: Findings): readonly WrittenRule[] {
  if (value.kind !== "table") {
    wrong(value, "rules", 'a table: write [network.rules], and "host" = "read" under it', findings);
    return [];
  }
  return [...value.entries].flatMap(([text, entry]) => {
    const split = splitHost(text, entry, Object.keys(RULE_KEYS));
    if (split !== null) {
      // The key of a flag is split at every dot, quotes or not.
      const write = entry.key.flag === null ? quote(split) : `network.rules={${quote(split)}=…}`;
      const message = `a host without quotes is split at its dots: write ${write}`;
      findings.fault(entry.key, message);
      return [];
    }
    const host = parseHostPattern(text);
    if (host.kind !== "bad") return readHost(text, host, entry, findings);
    findings.fault(entry.key, `bad host pattern ${quote(text)}: ${host.why}`);
    return [];
  });
}

/** One word, several, one table or several of them. */
function readHost(
  text: string,
  host: HostPattern,
  { key, value }: Entry,
  findings: Findings,
): readonly WrittenRule[] {
  if (value.kind === "table") return [readRule(text, host, value, findings, { key, value })];
  if (value.kind === "list" && value.items.some(({ kind }) => kind === "table")) {
    return value.items.flatMap((item) => {
      if (item.kind === "table") {
        return [readRule(text, host, item, findings, { key: item.place, value: item })];
      }
      wrong(item, text, "a table like the others", findings);
      return [];
    });
  }
  const can = readCapabilities(value, text, findings);
  if (can === undefined) return [];
  const words = ruleText(text, tableWith("can", { key, value }), ["can"], []);
  const matches = { ...ANY_REQUEST, can };
  return [{ host, matches, strip: [], inject: [], text: words, place: key }];
}

function readRule(
  text: string,
  host: HostPattern,
  table: LocatedTable,
  findings: Findings,
  { key }: Entry,
): WrittenRule {
  const { strip, inject, ...matches } = readTable(table, {
    where: "a request rule",
    keys: RULE_KEYS,
    defaults: { ...ANY_REQUEST, strip: [], inject: [] },
  }, findings);
  const words = ruleText(text, table, ["methods", "paths", "can"], ["query", "headers"]);
  return { host, matches, strip, inject, text: words, place: key };
}

/** `inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } }` */
function readInjections(
  value: Located,
  name: string,
  findings: Findings,
): readonly WrittenInjection[] | undefined {
  if (value.kind !== "table") {
    findings.fault(value.place, `"${name}" is not a table: ${INJECT_EXAMPLE}`);
    return undefined;
  }
  const all: WrittenInjection[] = [];
  for (const [header, entry] of value.entries) {
    const why = whyNotHeader(header);
    const isSecond = all.some((other) => other.name.toLowerCase() === header.toLowerCase());
    if (why !== null) findings.fault(entry.key, `bad header ${quote(header)}: ${why}`);
    else if (isSecond) findings.fault(entry.key, `${quote(header)} is put in twice`);
    else if (entry.value.kind !== "table") {
      // Most likely it is the secret itself.
      findings.fault(entry.value.place, `a secret is not written here: ${INJECT_EXAMPLE}`);
    } else {
      const secret = readSecretSource(entry.value, SECRET_KEYS, {}, findings);
      if (secret !== null) all.push({ name: header, secret });
    }
  }
  return all;
}

function tableWith(name: string, entry: Entry): LocatedTable {
  return { kind: "table", place: entry.key, entries: new Map([[name, entry]]) };
}
