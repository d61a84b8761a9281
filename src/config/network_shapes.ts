// The tables in which a network policy was written over time, brought into the one of today.
import type { Findings } from "./toml/findings.ts";
import { nearestKey, unknownKey } from "./toml/nearest_key.ts";
import { NETWORK_KEYS } from "./network_table.ts";
import { quote } from "./toml/printable.ts";
import type { Entry, LocatedTable, Place } from "./toml/located.ts";
import { wrong } from "./toml/value_readers.ts";

/** A document in today's shape. */
export interface NetworkShape {
  /** Holds `network`, or nothing. */
  readonly table: LocatedTable;
  /** Where the old spelling stood; null where it was not used. */
  readonly legacy: Place | null;
}

/** Other ways to write a policy: to skip one would be to loosen it. */
const UNREAD_KEYS = [
  "permissions",
  "default_permissions",
  "sandbox_mode",
  "sandbox_workspace_write",
  "features",
  "experimental_network",
];

/** The tables that may stand in a file. */
export const TOP_LEVEL_KEYS = ["network", "network_proxy"];

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

/** Of those, what another program's file may hold without a policy for the network in it. */
const NO_POLICY_BY_THEMSELVES = ["default_permissions", "sandbox_mode", "sandbox_workspace_write"];

/** Whether another program's file says anything to us. One that does not is as good as absent. */
export function concernsUs(root: LocatedTable): boolean {
  return [...root.entries].some(([name, entry]) =>
    !NO_POLICY_BY_THEMSELVES.includes(name) && !isForeign(name, entry, true)
  );
}

/**
 * Finds the network table of a document and flattens the old spelling. Tells of every other key, unless
 * the document is `foreign`: another program's as well.
 */
export function networkShape(
  root: LocatedTable,
  foreign: boolean,
  findings: Findings,
): NetworkShape {
  const ignored: [string, Entry][] = [];
  for (const [name, entry] of root.entries) {
    if (TOP_LEVEL_KEYS.includes(name)) continue;
    if (isForeign(name, entry, foreign)) ignored.push([name, entry]);
    else findings.fault(entry.key, unreadKey(name, foreign));
  }
  const first = ignored[0];
  if (first !== undefined) {
    const names = ignored.map(([name]) => quote(name)).join(", ");
    findings.notice(first[1].key, `this file is another program's too: ignored ${names}`);
  }
  const today = root.entries.get("network");
  const old = root.entries.get("network_proxy");
  if (today !== undefined && old !== undefined) {
    findings.fault(old.key, "both [network] and [network_proxy]: move all keys to [network]");
  }
  const network = tableEntry("network", today, findings);
  const legacy = tableEntry("network_proxy", old, findings);
  const flat = network ?? (legacy === null ? null : flatten(legacy, findings));
  const entries = new Map(flat === null ? [] : [["network", flat]]);
  return { table: { kind: "table", place: root.place, entries }, legacy: old?.key ?? null };
}

/** `features` is a common table, and only one of its keys is about the network. */
function isForeign(name: string, { value }: Entry, foreign: boolean): boolean {
  if (!foreign || nearestKey(name, TOP_LEVEL_KEYS) !== null) return false;
  if (name === "features") return value.kind === "table" && !value.entries.has("network_proxy");
  return !UNREAD_KEYS.includes(name);
}

function unreadKey(name: string, foreign: boolean): string {
  if (UNREAD_KEYS.includes(name)) {
    const elsewhere = foreign ? ", in a file of its own that DOORWARD_HOME or --config names" : "";
    return `"${name}" is not read in this version: write the policy as [network]${elsewhere}`;
  }
  if (NETWORK_KEYS.includes(name)) return `"${name}" stands outside [network]: write it there`;
  const nearest = nearestKey(name, TOP_LEVEL_KEYS);
  if (nearest !== null) return `unknown key ${quote(name)}: did you mean "${nearest}"?`;
  return `unknown key ${quote(name)}: remove it; a configuration is one table, [network]`;
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
