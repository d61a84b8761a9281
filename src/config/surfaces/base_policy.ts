import type { Findings } from "../toml/findings.ts";
import {
  emptyTable,
  type Entry,
  type Located,
  type LocatedTable,
  type Place,
} from "../toml/located.ts";
import { withEntry, withLists } from "./domain_map.ts";
import { hooksOf } from "./mitm_table.ts";
import type { Profile } from "./profile.ts";

/** Which way to write a policy is in force. */
export type Surface = "network" | "profile" | "sandbox_mode" | "none";

/** A policy before anything is laid over it. */
export interface BasePolicy {
  readonly surface: Surface;
  /** With lists in place of maps. */
  readonly table: LocatedTable;
  /** The header of the table, for messages. */
  readonly where: string;
}

const NETWORK = "[network]";
/** The header of a profile's, for messages: one that is inherited is read more than once. */
export const PROFILE_NETWORK = "[permissions.PROFILE.network]";

/**
 * The policy that the files say: `[network]` where there is one, else the selected profile's. The older sandbox
 * modes say nothing but whether there is a network.
 *
 * @param flat `[network]`; null where no file has anything in it
 */
export function basePolicy(
  flat: LocatedTable | null,
  profile: Profile | null,
  hasSandbox: boolean,
  findings: Findings,
): BasePolicy {
  if (flat !== null) {
    refuseSecondPolicy(flat, profile, findings);
    return { surface: "network", table: withLists(flat, NETWORK, findings), where: NETWORK };
  }
  if (profile !== null) {
    const table = profilePolicy(profile.network, findings);
    return { surface: "profile", table, where: PROFILE_NETWORK };
  }
  const table = emptyTable(NOWHERE);
  return { surface: hasSandbox ? "sandbox_mode" : "none", table, where: NETWORK };
}

const NOWHERE: Place = {
  origin: { file: "built-in", line: null, column: null },
  rank: 0,
  flag: null,
};

/** What `network` of a profile says, in the keys of `[network]`. */
export function profilePolicy(network: LocatedTable, findings: Findings): LocatedTable {
  return withHooks(withLists(network, PROFILE_NETWORK, findings), findings);
}

/** Two policies would leave it open which rules hold. Whether there is a network at all, both may say. */
function refuseSecondPolicy(
  flat: LocatedTable,
  profile: Profile | null,
  findings: Findings,
): void {
  const second = [...profile?.network.entries ?? []].find(([key]) => key !== "enabled");
  if (second === undefined) return;
  const [first] = flat.entries.values();
  const { file, line } = first!.key.origin;
  const at = line === null ? file : `${file}:${line}`;
  const message = `${NETWORK} has a policy, too, at ${at}: write all of it in one of them`;
  findings.fault(second[1].key, message);
}

/** Turns `mitm = { hooks, actions }` into what the rest reads. */
function withHooks(table: LocatedTable, findings: Findings): LocatedTable {
  const mitm = table.entries.get("mitm");
  if (mitm?.value.kind !== "table") return table;
  const second = table.entries.get("mitm_hooks");
  if (second !== undefined) {
    findings.fault(second.key, 'both "mitm_hooks" and "mitm" with hooks: write all under "mitm"');
    return table;
  }
  const entries = new Map(table.entries);
  entries.delete("mitm");
  const value = hooksOf(mitm.value, findings);
  return withEntry({ ...table, entries }, "mitm_hooks", { key: mitm.key, value });
}

/** A profile says what to look for inside HTTPS, and not that one has to look: that follows from it. */
export function withDerivedMitm(table: LocatedTable): LocatedTable {
  const reason = table.entries.has("mitm") ? undefined : reasonToLook(table);
  if (reason === undefined) return table;
  const { key } = reason;
  return withEntry(table, "mitm", { key, value: { kind: "scalar", place: key, value: true } });
}

function reasonToLook({ entries }: LocatedTable): Entry | undefined {
  const mode = entries.get("mode");
  if (mode?.value.kind === "scalar" && mode.value.value === "limited") return mode;
  return ["mitm_hooks", "rules"].map((key) => entries.get(key)).find((entry) =>
    entry !== undefined && holdsAny(entry.value)
  );
}

function holdsAny(value: Located): boolean {
  return (value.kind === "list" && value.items.length > 0) ||
    (value.kind === "table" && value.entries.size > 0);
}
