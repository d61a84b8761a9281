import type { Findings } from "../toml/findings.ts";
import type { Entry, LocatedTable } from "../toml/located.ts";
import { nearestKey } from "../toml/nearest_key.ts";
import { quote } from "../toml/printable.ts";

/** The tables that are ours. */
const OUR_KEYS: readonly string[] = ["experimental_network", "features"];

/** What the same file says to the program that it was first written for. */
const OTHER_KEYS: readonly string[] = [
  "additional_developer_instructions",
  "allow_appshots",
  "allow_browser_and_computer_use",
  "allow_login_shell",
  "allow_managed_hooks_only",
  "allow_remote_control",
  "allowed_approval_policies",
  "allowed_approvals_reviewers",
  "allowed_chatgpt_workspaces",
  "allowed_login_methods",
  "allowed_permission_profiles",
  "allowed_permissions",
  "allowed_sandbox_modes",
  "allowed_web_search_modes",
  "application",
  "apps",
  "auto_review",
  "browser_use",
  "chatgpt_base_url",
  "check_for_update_on_startup",
  "cli_auth_credentials_store",
  "computer_use",
  "default_permissions",
  "enforce_residency",
  "feature_requirements",
  "feedback",
  "guardian_policy_config",
  "hooks",
  "in_app_browser",
  "log_dir",
  "marketplaces",
  "mcp_servers",
  "model_catalog_json",
  "models",
  "permissions",
  "plugins",
  "remote_sandbox_config",
  "rules",
  "sqlite_home",
  "windows",
];

/** Tables of a configuration: whoever writes one here means to impose it. */
const CONFIG_KEYS: readonly string[] = ["network", "network_proxy"];

/**
 * Passes over what a file of requirements says to another program, with one notice. Any other key is a fault: a
 * slip in its name would loosen what it was written for.
 */
export function checkOtherKeys(root: LocatedTable, findings: Findings): void {
  const ignored: [string, Entry][] = [];
  for (const [name, entry] of root.entries) {
    if (OUR_KEYS.includes(name)) continue;
    if (OTHER_KEYS.includes(name)) ignored.push([name, entry]);
    else findings.fault(entry.key, unknown(name));
  }
  const first = ignored[0];
  if (first === undefined) return;
  const names = ignored.map(([name]) => quote(name)).join(", ");
  findings.notice(first[1].key, `this file is another program's too: ignored ${names}`);
}

function unknown(name: string): string {
  if (CONFIG_KEYS.includes(name)) {
    return `"${name}" belongs to a configuration: requirements are written under [experimental_network]`;
  }
  const nearest = nearestKey(name, [...OUR_KEYS, ...OTHER_KEYS]);
  if (nearest !== null) return `unknown key ${quote(name)}: did you mean "${nearest}"?`;
  return `unknown key ${
    quote(name)
  }: remove it; requirements are one table, [experimental_network]`;
}
