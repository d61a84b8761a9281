import { listEntries, parseRules, type PlacedRule } from "../domain_lists.ts";
import { checkPublicSuffixes } from "../public_suffix.ts";
import type { Findings } from "../toml/findings.ts";
import type { LocatedTable } from "../toml/located.ts";
import { readTexts } from "../toml/value_readers.ts";
import { isGlobalWildcard, NO_GLOBAL_WILDCARD } from "./global_wildcard.ts";
import { type PermissionEntry, readPermissionMap } from "./permission_map.ts";
import { refuseMixture } from "./written_twice.ts";

/** The managed rules, in the order of the file. */
export interface ManagedDomains {
  readonly allow: readonly PlacedRule[];
  readonly deny: readonly PlacedRule[];
}

/** The lists that there were before the map. */
const LEGACY = { allowed_domains: "allow", denied_domains: "deny" } as const;

/** The keys that are read here. */
export const DOMAIN_KEYS: readonly string[] = ["domains", ...Object.keys(LEGACY)];

/** Reads `domains`, or the two lists that there were before it. */
export async function readManagedDomains(
  table: LocatedTable,
  findings: Findings,
): Promise<ManagedDomains> {
  refuseMixture(table, "domains", Object.keys(LEGACY), findings);
  const map = table.entries.get("domains")?.value;
  const entries = [
    ...(map === undefined ? [] : readPermissionMap(map, "domains", findings)),
    ...legacyEntries(table, findings),
  ].filter((entry) => !isRefused(entry, findings));
  const rulesOf = (list: "allow" | "deny") =>
    parseRules(list, entries.filter(({ permission }) => permission === list), findings);
  const [allow, deny] = [rulesOf("allow"), rulesOf("deny")];
  await checkPublicSuffixes([...allow, ...deny], findings);
  return { allow, deny };
}

function legacyEntries(table: LocatedTable, findings: Findings): readonly PermissionEntry[] {
  return Object.entries(LEGACY).flatMap(([key, permission]) => {
    const list = table.entries.get(key)?.value;
    if (list === undefined || readTexts(list, key, findings) === undefined) return [];
    return listEntries(table, key).map((entry) => ({ ...entry, permission }));
  });
}

function isRefused({ text, place }: PermissionEntry, findings: Findings): boolean {
  if (!isGlobalWildcard(text)) return false;
  const field = "experimental_network.domains";
  findings.fault(
    place,
    `invalid value for ${field}: ${text.trim()} (allowed ${NO_GLOBAL_WILDCARD}); name the hosts`,
  );
  return true;
}
