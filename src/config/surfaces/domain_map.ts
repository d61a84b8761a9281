// `domains` and `unix_sockets` as maps, brought into the lists that say the same.
import { formatRulePattern, parseRulePattern } from "../../policy/rule_pattern.ts";
import type { Findings } from "../toml/findings.ts";
import type { JsonSchema } from "../toml/json_schema.ts";
import { type Entry, type Located, type LocatedTable, mergeTables } from "../toml/located.ts";
import { quote } from "../toml/printable.ts";
import { type SchemaByKey, wrong } from "../toml/value_readers.ts";

const DENY = "deny";

/** What the maps take. */
export const MAP_SCHEMAS: SchemaByKey = {
  domains: {
    description: "host patterns and what becomes of them, in place of both lists",
    ...mapSchema(),
  },
  unix_sockets: {
    description: "absolute paths and what becomes of them, in place of allow_unix_sockets",
    ...mapSchema(),
  },
};

function mapSchema(): JsonSchema {
  return {
    type: "object",
    additionalProperties: {
      description: "allow, deny, or none, which is as if it were not written",
      type: "string",
      enum: ["allow", DENY, "none"],
    },
  };
}

/**
 * The same table with the hosts of `domains` and `rules` in their one spelling, so that what is laid over it finds
 * them whatever their letters. Of two spellings of a domain in one table the denial stays.
 */
export function withOneSpelling(table: LocatedTable): LocatedTable {
  return withRulesRespelled(withDomainsRespelled(table));
}

function withDomainsRespelled(table: LocatedTable): LocatedTable {
  const domains = table.entries.get("domains");
  if (domains?.value.kind !== "table") return table;
  const hosts = new Map<string, Entry>();
  for (const [text, entry] of domains.value.entries) {
    const host = oneSpelling(text);
    const before = hosts.get(host);
    if (before === undefined || weight(entry) >= weight(before)) hosts.set(host, entry);
  }
  return withEntry(table, "domains", {
    key: domains.key,
    value: { ...domains.value, entries: hosts },
  });
}

/** Of two spellings in one table both stay: each may let through what the other does not. */
function withRulesRespelled(table: LocatedTable): LocatedTable {
  const rules = table.entries.get("rules");
  if (rules?.value.kind !== "table") return table;
  const hosts = new Map<string, Entry>();
  for (const [text, entry] of rules.value.entries) {
    const host = oneSpelling(text);
    const isFree = !hosts.has(host) && (host === text || !rules.value.entries.has(host));
    hosts.set(isFree ? host : text, entry);
  }
  return withEntry(table, "rules", { key: rules.key, value: { ...rules.value, entries: hosts } });
}

const WORDS = ["none", "allow", DENY];

/** What is no such word weighs most, so that it is told. */
function weight({ value }: Entry): number {
  const word = WORDS.findIndex((each) => isWord(value, each));
  return word === -1 ? WORDS.length : word;
}

/** A host pattern as it is printed; one that is none is left for whoever reads it. */
export function oneSpelling(text: string): string {
  const parsed = parseRulePattern(text);
  if (parsed.kind === "bad") return text;
  return formatRulePattern(parsed.pattern, parsed.protocol, parsed.raw);
}

/** The same table with lists in place of maps. Both forms in one table are a fault. */
export function withLists(table: LocatedTable, where: string, findings: Findings): LocatedTable {
  return FORMS.reduce((before, forms) => listsOf(before, forms, where, findings), table);
}

interface Forms {
  readonly map: string;
  readonly allow: string;
  /** Null where nothing is said of what is denied: whatever is not allowed is. */
  readonly deny: string | null;
  /** The one spelling of what stands in it. */
  readonly spelling: (text: string) => string;
  /** Tells of an entry that is to be taken away, and can be none. Nobody else reads it. */
  readonly refuseNone: (text: string, entry: Entry, findings: Findings) => void;
}

const FORMS: readonly Forms[] = [
  {
    map: "domains",
    allow: "allowed_domains",
    deny: "denied_domains",
    spelling: oneSpelling,
    refuseNone: refuseBadPattern,
  },
  {
    map: "unix_sockets",
    allow: "allow_unix_sockets",
    deny: null,
    spelling: (path) => path,
    refuseNone: () => {},
  },
];

/** With a slip in its name what it was to take away would stay. */
function refuseBadPattern(text: string, { key }: Entry, findings: Findings): void {
  const parsed = parseRulePattern(text);
  if (parsed.kind === "bad") {
    findings.fault(key, `bad host pattern ${quote(text)}: ${parsed.why}`);
  }
}

/**
 * Lays one table over another. The maps go over the lists: each host and each path takes the place of the same one
 * below, in whichever list it is. Other tables merge, and everything else replaces.
 *
 * @param base with lists in place of maps
 */
export function overlay(
  base: LocatedTable,
  above: LocatedTable,
  where: string,
  findings: Findings,
): LocatedTable {
  const isMap = (key: string) => FORMS.some(({ map }) => map === key);
  const only = (maps: boolean): LocatedTable => ({
    ...above,
    entries: new Map([...above.entries].filter(([key]) => isMap(key) === maps)),
  });
  const merged = mergeTables(base, only(false), () => {});
  return FORMS.reduce((below, forms) => mapOver(below, only(true), forms, where, findings), merged);
}

function mapOver(
  base: LocatedTable,
  above: LocatedTable,
  forms: Forms,
  where: string,
  findings: Findings,
): LocatedTable {
  const lists = listsOf(above, forms, where, findings).entries;
  const map = above.entries.get(forms.map)?.value;
  if (map?.kind !== "table") return base;
  const isAbove = (item: Located) =>
    item.kind === "scalar" && map.entries.has(forms.spelling(String(item.value)));
  const listKeys = listsIn(forms);
  return listKeys.reduce((merged, key) => {
    const entry = lists.get(key) ?? base.entries.get(key);
    if (entry === undefined) return merged;
    const below = itemsOf(base.entries.get(key)).filter((item) => !isAbove(item));
    const items = [...below, ...itemsOf(lists.get(key))];
    const value: Located = { kind: "list", place: entry.value.place, items };
    return withEntry(merged, key, { key: entry.key, value });
  }, base);
}

function itemsOf(entry: Entry | undefined): readonly Located[] {
  return entry?.value.kind === "list" ? entry.value.items : [];
}

function listsIn({ allow, deny }: Forms): readonly string[] {
  return deny === null ? [allow] : [allow, deny];
}

function listsOf(
  table: LocatedTable,
  forms: Forms,
  where: string,
  findings: Findings,
): LocatedTable {
  const { map, allow, deny } = forms;
  const written = table.entries.get(map);
  if (written === undefined) return table;
  const lists = listsIn(forms);
  const entries = new Map(table.entries);
  entries.delete(map);
  for (const key of lists) {
    const list = table.entries.get(key);
    if (list === undefined) continue;
    findings.fault(list.key, `both "${key}" and "${map}" in ${where}: write all in "${map}"`);
    return { ...table, entries };
  }
  const { key, value } = written;
  if (value.kind !== "table") {
    wrong(value, map, `a table, as in { "…" = "allow" }`, findings);
    return { ...table, entries };
  }
  const allowed: Located[] = [];
  const denied: Located[] = [];
  for (const [text, entry] of value.entries) {
    const item: Located = { kind: "scalar", place: entry.key, value: text };
    if (isWord(entry.value, "allow")) allowed.push(item);
    else if (isWord(entry.value, DENY)) denied.push(item);
    else if (!isWord(entry.value, "none")) {
      wrong(entry.value, `${map}.${text}`, '"allow" or "deny"', findings);
    } else forms.refuseNone(text, entry, findings);
  }
  const set = (name: string, items: readonly Located[]) => {
    if (items.length > 0) {
      entries.set(name, { key, value: { kind: "list", place: value.place, items } });
    }
  };
  set(allow, allowed);
  if (deny !== null) set(deny, denied);
  return { ...table, entries };
}

/** The same table with one entry more, or another one. */
export function withEntry(table: LocatedTable, name: string, entry: Entry): LocatedTable {
  return { ...table, entries: new Map([...table.entries, [name, entry]]) };
}

function isWord(value: Located, word: string): boolean {
  return value.kind === "scalar" && value.value === word;
}
