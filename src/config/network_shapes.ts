// What of a document is ours, in today's spelling.
import type { Findings } from "./toml/findings.ts";
import { nearestKey, unknownKey } from "./toml/nearest_key.ts";
import { NETWORK_KEYS } from "./network_table.ts";
import { quote } from "./toml/printable.ts";
import type { Entry, Located, LocatedTable, Place } from "./toml/located.ts";
import { withEntry, withOneSpelling } from "./surfaces/domain_map.ts";
import { wrong } from "./toml/value_readers.ts";

/** A document in today's shape. */
export interface NetworkShape {
  /** Holds those of our keys that are written. */
  readonly table: LocatedTable;
  /** Where the old spelling stood; null where it was not used. */
  readonly legacy: Place | null;
}

/** Ways to write a policy, or to choose one. */
const POLICY_KEYS = [
  "network",
  "permissions",
  "default_permissions",
  "sandbox_mode",
  "sandbox_workspace_write",
  "features",
];

/** What is exported, and where to. In another program's file it speaks of what that program exports. */
const EXPORT_KEYS = ["otel", "analytics"];

/** The keys of a document that are ours. */
export const TOP_LEVEL_KEYS = [...POLICY_KEYS, "network_proxy", ...EXPORT_KEYS];

/** What is no configuration, but what bounds one. */
const REQUIREMENTS = "experimental_network";

/** What stood directly in `[network_proxy]`. */
export const LEGACY_KEYS = [
  "enabled",
  "proxy_url",
  "admin_url",
  "enable_socks5",
  "socks_url",
  "enable_socks5_udp",
  "allow_upstream_proxy",
  "dangerously_allow_non_loopback_proxy",
  "dangerously_allow_non_loopback_admin",
  "mode",
  "mitm",
];

/** What stood in `[network_proxy.policy]`. */
export const LEGACY_POLICY_KEYS = [
  "allowed_domains",
  "denied_domains",
  "allow_unix_sockets",
  "allow_local_binding",
];

/** Whether another program's file says anything to us. One that does not is as good as absent. */
export function concernsUs(root: LocatedTable): boolean {
  return [...root.entries].some(([name, { value }]) => {
    if (name === "features") return holds(value, "network_proxy");
    if (name === "permissions") {
      return value.kind === "table" &&
        [...value.entries.values()].some((profile) => holds(profile.value, "network"));
    }
    if (["default_permissions", "sandbox_mode", "sandbox_workspace_write"].includes(name)) {
      return false;
    }
    return !isForeign(name, true);
  });
}

function holds(value: Located, key: string): boolean {
  return value.kind === "table" && value.entries.has(key);
}

/**
 * Takes what is ours out of a document, and flattens the old spelling. Tells of every other key, unless the document
 * is `foreign`: another program's as well.
 */
export function networkShape(
  root: LocatedTable,
  foreign: boolean,
  findings: Findings,
): NetworkShape {
  refuseOthers(root, foreign, findings);
  const today = root.entries.get("network");
  const old = root.entries.get("network_proxy");
  if (today !== undefined && old !== undefined) {
    findings.fault(old.key, "both [network] and [network_proxy]: move all keys to [network]");
  }
  const network = tableEntry("network", today, findings);
  const legacy = tableEntry("network_proxy", old, findings);
  const flat = network ?? (legacy === null ? null : flatten(legacy, findings));
  const entries = new Map<string, Entry>();
  if (flat !== null) entries.set("network", inOneSpelling(flat));
  for (const name of [...POLICY_KEYS, ...EXPORT_KEYS]) {
    const entry = root.entries.get(name);
    if (entry === undefined || name === "network" || isForeign(name, foreign)) continue;
    if (name === "permissions") {
      setTable(entries, name, entry, inner(inOneSpelling, "network"), findings);
    } else if (name === "features") {
      setTable(entries, name, entry, onlyOurs(foreign, findings), findings);
    } else entries.set(name, entry);
  }
  return { table: { kind: "table", place: root.place, entries }, legacy: old?.key ?? null };
}

/** Tells of every key that is none of ours. */
function refuseOthers(root: LocatedTable, foreign: boolean, findings: Findings): void {
  const ignored: [string, Entry][] = [];
  for (const [name, entry] of root.entries) {
    if (isForeign(name, foreign)) ignored.push([name, entry]);
    else if (!TOP_LEVEL_KEYS.includes(name)) findings.fault(entry.key, unreadKey(name, foreign));
  }
  const [first] = ignored;
  if (first === undefined) return;
  const names = ignored.map(([name]) => quote(name)).join(", ");
  findings.notice(first[1].key, `this file is another program's too: ignored ${names}`);
}

function setTable(
  entries: Map<string, Entry>,
  name: string,
  entry: Entry,
  each: (table: LocatedTable) => LocatedTable,
  findings: Findings,
): void {
  const table = tableEntry(name, entry, findings);
  if (table !== null) entries.set(name, { key: entry.key, value: each(table.value) });
}

/** Changes what every table of a table holds under one key. */
function inner(
  change: (entry: Entry) => Entry,
  key: string,
): (table: LocatedTable) => LocatedTable {
  return (table) => ({
    ...table,
    entries: new Map([...table.entries].map(([name, entry]) => {
      const held = entry.value.kind === "table" ? entry.value.entries.get(key) : undefined;
      if (entry.value.kind !== "table" || held === undefined) return [name, entry];
      return [name, { key: entry.key, value: withEntry(entry.value, key, change(held)) }];
    })),
  });
}

function inOneSpelling({ key, value }: Entry): Entry {
  return { key, value: value.kind === "table" ? withOneSpelling(value) : value };
}

/** `features` is a common table, and only one of its keys is about the network. */
function onlyOurs(foreign: boolean, findings: Findings): (table: LocatedTable) => LocatedTable {
  return (table) => {
    const ours = new Map<string, Entry>();
    for (const [name, entry] of table.entries) {
      if (name === "network_proxy") ours.set(name, inOneSpelling(entry));
      else if (!foreign) {
        findings.fault(entry.key, unknownKey(name, ["network_proxy"], "[features]"));
      }
    }
    return { ...table, entries: ours };
  };
}

function isForeign(name: string, foreign: boolean): boolean {
  if (!foreign || name === REQUIREMENTS) return false;
  if (EXPORT_KEYS.includes(name)) return true;
  return !TOP_LEVEL_KEYS.includes(name) && nearestKey(name, ["network", "network_proxy"]) === null;
}

function unreadKey(name: string, foreign: boolean): string {
  if (name === REQUIREMENTS) {
    return `"${name}" is for requirements: write it into a file that --requirements names`;
  }
  if (NETWORK_KEYS.includes(name)) return `"${name}" stands outside [network]: write it there`;
  const nearest = nearestKey(name, foreign ? ["network", "network_proxy"] : TOP_LEVEL_KEYS);
  if (nearest !== null) return `unknown key ${quote(name)}: did you mean "${nearest}"?`;
  return `unknown key ${quote(name)}: remove it; a policy is one table, [network]`;
}

type TableEntry = Entry & { readonly value: LocatedTable };

function tableEntry(
  name: string,
  entry: Entry | undefined,
  findings: Findings,
  header = name,
): TableEntry | null {
  if (entry === undefined) return null;
  if (entry.value.kind === "table") return { key: entry.key, value: entry.value };
  wrong(entry.value, name, `a table: write [${header}]`, findings);
  return null;
}

function flatten({ key, value }: TableEntry, findings: Findings): Entry {
  const entries = new Map<string, Entry>();
  for (const [name, entry] of value.entries) {
    if (name === "policy") {
      const policy = tableEntry("policy", entry, findings, "network_proxy.policy");
      for (const [inner, held] of policy?.value.entries ?? []) {
        if (LEGACY_POLICY_KEYS.includes(inner)) entries.set(inner, held);
        else findings.fault(held.key, notLegacy(inner, LEGACY_POLICY_KEYS, ".policy"));
      }
    } else if (LEGACY_KEYS.includes(name)) {
      entries.set(name, entry);
    } else {
      findings.fault(entry.key, notLegacy(name, [...LEGACY_KEYS, "policy"], ""));
    }
  }
  return { key, value: { kind: "table", place: value.place, entries } };
}

function notLegacy(name: string, known: readonly string[], table: string): string {
  const where = `[network_proxy${table}]`;
  if (!NETWORK_KEYS.includes(name)) return unknownKey(name, known, where);
  return `"${name}" is not a key of ${where}: write all keys under [network]`;
}
