import { badSocketPath, isSocketPath, socketOs } from "../socket_path.ts";
import type { Findings } from "../toml/findings.ts";
import type { LocatedTable } from "../toml/located.ts";
import { quote } from "../toml/printable.ts";
import { readTexts } from "../toml/value_readers.ts";
import { listEntries } from "../domain_lists.ts";
import { type PermissionEntry, readPermissionMap } from "./permission_map.ts";
import type { Pinned, PinnedSocket } from "./requirements.ts";
import { isEmptyList, refuseMixture } from "./written_twice.ts";

const LEGACY = "allow_unix_sockets";

/** The keys that are read here. */
export const SOCKET_KEYS: readonly string[] = ["unix_sockets", LEGACY];

/**
 * Reads `unix_sockets`, or the list that there was before it. A map that is there pins the sockets even where it
 * allows none; its deny entries say only that.
 */
export function readManagedSockets(
  table: LocatedTable,
  findings: Findings,
): Pinned<readonly PinnedSocket[]> | null {
  refuseMixture(table, "unix_sockets", [LEGACY], findings);
  const map = table.entries.get("unix_sockets");
  if (map !== undefined) {
    const entries = readPermissionMap(map.value, "unix_sockets", findings);
    return { value: allowed(entries, findings), origin: map.key.origin };
  }
  const list = table.entries.get(LEGACY);
  if (list === undefined || readTexts(list.value, LEGACY, findings) === undefined) return null;
  if (isEmptyList(list.value)) return null;
  const entries = listEntries(table, LEGACY).map((entry) => ({
    ...entry,
    permission: "allow" as const,
  }));
  return { value: allowed(entries, findings), origin: list.key.origin };
}

function allowed(
  entries: readonly PermissionEntry[],
  findings: Findings,
): readonly PinnedSocket[] {
  const os = socketOs(Deno.build.os);
  return entries.filter(({ permission }) => permission === "allow").flatMap((entry, index) => {
    if (isSocketPath(entry.text, os)) return [{ value: entry.text, origin: entry.place.origin }];
    findings.fault(entry.place, badSocketPath(index, os, quote(entry.text)));
    return [];
  });
}
