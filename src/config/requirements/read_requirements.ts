import type { Origin } from "../../policy/rule.ts";
import type { Findings } from "../toml/findings.ts";
import { emptyTable, type LocatedTable } from "../toml/located.ts";
import { nearestKey, unknownKey } from "../toml/nearest_key.ts";
import { parseTomlDocument } from "../toml/toml_document.ts";
import {
  key,
  type Keys,
  readFlag,
  readTable,
  readWhole,
  readWord,
  wrong,
} from "../toml/value_readers.ts";
import { DOMAIN_KEYS, readManagedDomains } from "./managed_domains.ts";
import { readManagedSockets, SOCKET_KEYS } from "./managed_sockets.ts";
import { checkOtherKeys } from "./other_keys.ts";
import {
  NO_REQUIREMENTS,
  type Pinned,
  type PinnedValues,
  type Requirements,
} from "./requirements.ts";

/** The values of {@linkcode PinnedValues} as they are written; undefined where nobody wrote one. */
type Written = {
  readonly [K in keyof PinnedValues]: NonNullable<PinnedValues[K]>["value"] | undefined;
};

const readPort = readWhole(1, 65_535);

const KEYS: Keys<Written> = {
  enabled: key(readFlag, "whether the proxy runs"),
  mode: key(readWord("full", "limited"), "full, or limited: only requests that read"),
  http_port: key(readPort, "the port of proxy_url, on 127.0.0.1"),
  socks_port: key(readPort, "the port of socks_url, on 127.0.0.1"),
  allow_upstream_proxy: key(readFlag, "the key of [network] with that name"),
  dangerously_allow_non_loopback_proxy: key(readFlag, "the key of [network] with that name"),
  dangerously_allow_non_loopback_admin: key(readFlag, "the key of [network] with that name"),
  dangerously_allow_all_unix_sockets: key(readFlag, "the key of [network] with that name"),
  allow_local_binding: key(readFlag, "the key of [network] with that name"),
  managed_allowed_domains_only: key(readFlag, "whether no host is added to the managed ones"),
  danger_full_access_denylist_only: key(readFlag, "for commands that nothing else holds"),
};

/** The one key of `[features]` that is ours. */
const FEATURE = "network_proxy";

/** Keys that are read elsewhere. */
const OTHERS = Object.fromEntries([...DOMAIN_KEYS, ...SOCKET_KEYS].map((name) => [name, {}]));

const NOTHING_WRITTEN = Object.fromEntries(
  Object.keys(KEYS).map((key) => [key, undefined]),
) as Written;

/**
 * Reads a document of requirements. Whatever is wrong with it is told to `findings`; an empty one requires
 * nothing.
 *
 * @param name where the text comes from: a path, or a URL without secrets
 */
export async function readRequirements(
  text: string,
  name: string,
  findings: Findings,
): Promise<Requirements> {
  const root = parseTomlDocument(text, name);
  if (root.kind === "bad") {
    findings.fault(root.place, root.message);
    return NO_REQUIREMENTS;
  }
  checkOtherKeys(root, findings);
  const table = tableOf(root, "experimental_network", findings);
  const values = readValues(table, findings);
  const { allow, deny } = await readManagedDomains(table, findings);
  const unixSockets = readManagedSockets(table, findings);
  return { values, feature: readFeature(root, findings), allow, deny, unixSockets };
}

function readValues(table: LocatedTable, findings: Findings): PinnedValues {
  const written = readTable(table, {
    where: "[experimental_network]",
    keys: KEYS,
    defaults: NOTHING_WRITTEN,
    others: OTHERS,
  }, findings);
  const pinned = Object.entries(written).map(([key, value]) => [
    key,
    value === undefined ? null : { value, origin: originOf(table, key) },
  ]);
  return Object.fromEntries(pinned) as unknown as PinnedValues;
}

function readFeature(root: LocatedTable, findings: Findings): Pinned<boolean> | null {
  const table = tableOf(root, "features", findings);
  for (const [name, { key }] of table.entries) {
    // The others are another program's, but for a slip.
    const isSlip = name !== FEATURE && nearestKey(name, [FEATURE]) !== null;
    if (isSlip) findings.fault(key, unknownKey(name, [FEATURE], "[features]"));
  }
  const entry = table.entries.get(FEATURE);
  if (entry === undefined) return null;
  const value = readFlag(entry.value, FEATURE, findings);
  return value === undefined ? null : { value, origin: entry.key.origin };
}

function tableOf(root: LocatedTable, name: string, findings: Findings): LocatedTable {
  const value = root.entries.get(name)?.value;
  if (value === undefined) return emptyTable(root.place);
  if (value.kind === "table") return value;
  wrong(value, name, `a table: write [${name}]`, findings);
  return emptyTable(root.place);
}

function originOf(table: LocatedTable, key: string): Origin {
  return table.entries.get(key)!.key.origin;
}
