import { readAudit } from "../audit_table.ts";
import { readLimits } from "../limits_table.ts";
import { DEFAULT_NETWORK, readNetwork } from "../network_table.ts";
import { readWrittenRules } from "../request_rules.ts";
import type { Findings } from "../toml/findings.ts";
import type { LocatedTable } from "../toml/located.ts";
import { readText } from "../toml/value_readers.ts";
import { PROFILE_NETWORK, profilePolicy } from "./base_policy.ts";
import { readFilesystem } from "./filesystem.ts";
import { checkProfiles } from "./profile.ts";
import { readSandbox, readWorkspaceWrite } from "./sandbox_mode.ts";

/**
 * Checks every way to bound a command that is written, in force or not: a slip is better found now than on the day
 * when somebody selects it.
 */
export function checkUnselected(root: LocatedTable, findings: Findings): void {
  const selected = root.entries.get("default_permissions");
  if (selected !== undefined) readText(selected.value, "default_permissions", findings);
  const mode = root.entries.get("sandbox_mode");
  if (mode !== undefined) readSandbox(root, mode, findings);
  else readWorkspaceWrite(root.entries.get("sandbox_workspace_write"), findings);
  const permissions = root.entries.get("permissions")?.value;
  if (permissions?.kind !== "table") return;
  for (const profile of checkProfiles(permissions, findings)) {
    const filesystem = profile.entries.get("filesystem")?.value;
    if (filesystem?.kind === "table") readFilesystem(filesystem, findings);
    const network = profile.entries.get("network")?.value;
    if (network?.kind === "table") checkNetwork(network, findings);
  }
}

function checkNetwork(table: LocatedTable, findings: Findings): void {
  const network = profilePolicy(table, findings);
  readNetwork(network, DEFAULT_NETWORK, findings, PROFILE_NETWORK);
  readLimits(network.entries.get("limits")?.value, findings);
  readAudit(network, findings);
  readWrittenRules(network, findings);
}
