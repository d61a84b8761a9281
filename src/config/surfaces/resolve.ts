// Every way in which a policy may be written, brought into one: the flat `[network]` that all else reads.
import { formatOrigin } from "../../policy/rule.ts";
import type { Findings } from "../toml/findings.ts";
import { emptyTable, type Located, type LocatedTable, mergeTables } from "../toml/located.ts";
import { quote } from "../toml/printable.ts";
import { basePolicy, type Surface, withDerivedMitm } from "./base_policy.ts";
import { checkUnselected } from "./check_unselected.ts";
import { chooseSyntax, type ChosenSyntax } from "./choose_syntax.ts";
import { overlay, withEntry } from "./domain_map.ts";
import { FEATURE, readFeature } from "./feature.ts";
import type { WrittenFeature } from "./feature_matrix.ts";
import { type Profile, readProfile } from "./profile.ts";
import { readSandbox, type Sandbox } from "./sandbox_mode.ts";
import {
  enabledIn,
  FULL_ACCESS,
  type SwitchedOff,
  whyOff,
  type WrittenSwitches,
} from "./switched_off.ts";

/** How the policy was found. */
export interface Selection {
  readonly surface: Surface;
  readonly why: string;
  readonly profile: Profile | null;
  readonly sandbox: Sandbox | null;
  /** `features.network_proxy`; null where nobody wrote it. */
  readonly feature: boolean | null;
}

/** What was written, as one policy. */
export interface Resolved {
  readonly network: LocatedTable;
  /** The header of that table where it stands, for messages. */
  readonly where: string;
  /** Null unless somebody wants no proxy. */
  readonly off: SwitchedOff | null;
  readonly selection: Selection;
  /** For whoever embeds the proxy, to whom an unwritten feature is off. */
  readonly written: WrittenFeature;
}

/** Documents that hold what is ours, and nothing else. */
export interface Written {
  /** Each file, lowest first. */
  readonly files: readonly LocatedTable[];
  /** Each `-c`, in order. */
  readonly flags: readonly LocatedTable[];
  /** All of them, merged. */
  readonly root: LocatedTable;
}

/** Finds the policy in force. */
export function resolve({ files, flags, root }: Written, findings: Findings): Resolved {
  const permissions = tableAt(root, "permissions");
  checkUnselected(root, findings);
  const chosen = chooseSyntax(files, flags, findings);
  if (chosen === null) refuseUnselected(root, permissions, findings);
  const profile = chosen?.syntax === "profile"
    ? readProfile(permissions, chosen.selected, findings)
    : null;
  const sandbox = chosen?.syntax === "sandbox_mode"
    ? readSandbox(root, chosen.selected, findings)
    : null;
  noteUnread(root, chosen, findings);
  const feature = readFeature(featureAt(root), findings);

  // The flags come last: they go over a profile and its like, too.
  const flat = networkOf(files, root);
  const base = basePolicy(
    flat.entries.size === 0 ? null : flat,
    profile,
    sandbox !== null,
    findings,
  );
  const given = networkOf(flags, root);
  const settings = { ...emptyTable(root.place), entries: feature.settings };
  const laid = overlay(base.table, settings, FEATURE, findings);
  const whole = overlay(laid, given, "-c", findings);
  const { surface, where } = base;
  const off = whyOff({ surface, network: whole, flags: given, profile, sandbox, feature });
  const network = surface === "profile" ? withDerivedMitm(whole) : whole;
  return {
    network: switched(network, off, profile ?? sandbox),
    where,
    off,
    selection: {
      surface,
      why: surface === "network" ? placeOf(root, "network") : chosen?.why ?? "nothing is written",
      profile,
      sandbox,
      feature: feature.enabled?.value ?? null,
    },
    written: strictly({ surface, network: whole, flags: given, profile, sandbox, feature }),
  };
}

function placeOf(root: LocatedTable, key: string): string {
  return `${key} at ${formatOrigin(root.entries.get(key)!.key.origin)}`;
}

/** Profiles without a choice among them would bound nothing. */
function refuseUnselected(
  root: LocatedTable,
  permissions: LocatedTable | null,
  findings: Findings,
): void {
  const [first] = permissions?.entries.keys() ?? [];
  if (first === undefined) return;
  const message = `profiles are defined, and none is selected: write default_permissions = ${
    quote(first)
  }`;
  findings.fault(root.entries.get("permissions")!.key, message);
}

/** Whoever wrote whether there is a network, and with which rules, should know when nobody reads it. */
function noteUnread(root: LocatedTable, chosen: ChosenSyntax | null, findings: Findings): void {
  const unread = chosen?.syntax === "sandbox_mode"
    ? "default_permissions"
    : "sandbox_workspace_write";
  const written = root.entries.get(unread);
  if (written === undefined) return;
  const why = chosen === null ? "no sandbox_mode is written" : chosen.why;
  findings.notice(written.key, `${quote(unread)} is not in force: ${why}`);
}

function strictly(written: WrittenSwitches): WrittenFeature {
  const { surface, network, flags, profile, sandbox, feature } = written;
  const isFull = profile?.name === FULL_ACCESS || sandbox?.mode === "danger-full-access";
  const enabled = enabledIn(network)?.value;
  const ofProfile = enabledIn(flags) ?? (profile === null ? null : enabledIn(profile.network));
  const bounds = sandbox?.network ?? ofProfile?.value;
  // Nothing but a proxy is described there: to write it is to want one.
  const isPlain = surface === "network";
  return {
    surface: isFull ? "full_access" : surface === "network" ? "profile" : surface,
    network: enabled !== false && (bounds ?? enabled ?? isPlain),
    feature: feature.enabled?.value ?? isPlain,
  };
}

/** The same table with its switch as it was found elsewhere. */
function switched(
  table: LocatedTable,
  off: SwitchedOff | null,
  by: Profile | Sandbox | null,
): LocatedTable {
  const written = table.entries.get("enabled");
  if (off === null && (by === null || written !== undefined)) return table;
  const { place } = written?.value ?? by ?? table;
  const key = off === null ? place : { ...place, origin: off.origin };
  return withEntry(table, "enabled", {
    key,
    value: { kind: "scalar", place: key, value: off === null },
  });
}

/** What some of the documents say of the network, merged. */
function networkOf(documents: readonly LocatedTable[], root: LocatedTable): LocatedTable {
  const merged = documents.reduce(
    (below, above) => mergeTables(below, above, () => {}),
    emptyTable(root.place),
  );
  return tableAt(merged, "network") ?? emptyTable(root.place);
}

function featureAt(root: LocatedTable): Located | undefined {
  return tableAt(root, "features")?.entries.get("network_proxy")?.value;
}

function tableAt(table: LocatedTable, name: string): LocatedTable | null {
  const value = table.entries.get(name)?.value;
  return value?.kind === "table" ? value : null;
}
