import { formatOrigin } from "../../policy/rule.ts";
import type { Findings } from "../toml/findings.ts";
import type { Entry, LocatedTable } from "../toml/located.ts";

/** Which of the two ways to bound a command is in force, and why. */
export interface ChosenSyntax {
  readonly syntax: "profile" | "sandbox_mode";
  /** `default_permissions` or `sandbox_mode`, as it is written. */
  readonly selected: Entry;
  readonly why: string;
}

const PROFILE = "default_permissions";
const SANDBOX = "sandbox_mode";

/**
 * Chooses between permission profiles and the older sandbox modes: a flag before any file, then the highest file
 * that says either; profiles, where one file says both. Null when nobody says anything.
 *
 * @param files what is written in each, lowest first
 * @param flags the same for each `-c`
 */
export function chooseSyntax(
  files: readonly LocatedTable[],
  flags: readonly LocatedTable[],
  findings: Findings,
): ChosenSyntax | null {
  const flag = { profile: lastOf(flags, PROFILE), sandbox: lastOf(flags, SANDBOX) };
  if (flag.profile !== null && flag.sandbox !== null) {
    const message = `"${PROFILE}" and "${SANDBOX}" exclude each other: give one of them`;
    findings.fault(flag.sandbox.key, message);
  }
  if (flag.sandbox !== null) return chosen("sandbox_mode", flag.sandbox, `-c ${SANDBOX}`);
  if (flag.profile !== null) return chosen("profile", flag.profile, `-c ${PROFILE}`);
  for (const table of files.toReversed()) {
    const profile = table.entries.get(PROFILE);
    const sandbox = table.entries.get(SANDBOX);
    const entry = profile ?? sandbox;
    if (entry === undefined) continue;
    const key = profile === undefined ? SANDBOX : PROFILE;
    const both = profile !== undefined && sandbox !== undefined
      ? `, which wins over ${SANDBOX}`
      : "";
    const why = `${key} at ${formatOrigin(entry.key.origin)}${both}`;
    return chosen(profile === undefined ? "sandbox_mode" : "profile", entry, why);
  }
  return null;
}

function chosen(syntax: ChosenSyntax["syntax"], selected: Entry, why: string): ChosenSyntax {
  return { syntax, selected, why };
}

function lastOf(tables: readonly LocatedTable[], key: string): Entry | null {
  return tables.findLast((table) => table.entries.has(key))?.entries.get(key) ?? null;
}
