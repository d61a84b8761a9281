// What comes of a configuration whose every key is right, where that is a surprise, or nothing at all.
import { formatHostPattern } from "../policy/host_pattern.ts";
import type { Rule } from "../policy/rule.ts";
import type { NetworkConfig } from "./config.ts";
import type { PlacedRequestRule } from "./request_rules.ts";
import { filePlace } from "./source_layers.ts";
import type { Findings } from "./toml/findings.ts";
import type { LocatedTable } from "./toml/located.ts";
import { quote } from "./toml/printable.ts";
import { isUnreached } from "./unreached_rule.ts";

/** A configuration that was read, and the table that it is of. */
export interface Effective {
  readonly table: LocatedTable;
  readonly network: NetworkConfig;
  readonly rules: readonly Rule[];
  readonly requestRules: readonly PlacedRequestRule[];
  /** Whether a program decides about what no rule names. */
  readonly asksDecider: boolean;
  /** What is blamed for what nobody wrote. */
  readonly file: string;
}

/** Says what a person should know of a configuration, and refuses what would have no effect. */
export function noteEffects(effective: Effective, findings: Findings): void {
  checkEch(effective, findings);
  noteReach(effective, findings);
  noteInterception(effective, findings);
  noteAdminAuth(effective, findings);
  noteAllProxy(effective, findings);
}

/** Refuses to be told what to do with handshakes that nobody reads. */
function checkEch({ table, network }: Effective, findings: Findings): void {
  const written = table.entries.get("ech");
  if (written === undefined || network.ech === "allow" || network.sni_binding) return;
  const message = '"sni_binding" is false: nobody reads the handshakes that "ech" is about';
  findings.fault(written.value.place, message);
}

/** Says when a policy reaches everything, or nothing. */
function noteReach({ table, network, asksDecider, file }: Effective, findings: Findings): void {
  const placeOf = (key: string) => table.entries.get(key)?.key ?? filePlace(file);
  if (network.dangerously_allow_all_domains) {
    const message = "DANGEROUS: every host that is not denied is allowed";
    findings.notice(placeOf("dangerously_allow_all_domains"), message);
    return;
  }
  if (network.ask || asksDecider) return;
  if (network.allowed_domains.length + network.presets.length === 0) {
    const message = "no host is allowed: every request will be blocked";
    findings.notice(placeOf("allowed_domains"), message);
  }
}

/** Says when there is nothing to look into, and when rules are asked about no request. */
function noteInterception(
  { table, network, rules, requestRules, asksDecider }: Effective,
  findings: Findings,
): void {
  const written = table.entries.get("mitm");
  if (
    written !== undefined && network.mitm && network.mode === "full" && requestRules.length === 0
  ) {
    const message = "nothing is intercepted: the mode is full, and there are no request rules";
    findings.notice(written.key, message);
  }
  if (network.ask || asksDecider || network.dangerously_allow_all_domains) return;
  for (const { rule, place } of requestRules.filter(({ rule }) => isUnreached(rule, rules))) {
    const name = quote(formatHostPattern(rule.host));
    findings.notice(place, `no allow rule matches ${name}: its request rules allow nothing`);
  }
}

/** Says when a command needs no token to approve its own requests. */
function noteAdminAuth({ table, network }: Effective, findings: Findings): void {
  const written = table.entries.get("admin_auth");
  if (written === undefined || network.admin_auth !== "none") return;
  const message = "DANGEROUS: whoever reaches the admin API may loosen the policy without a token";
  findings.notice(written.key, message);
}

/** Says when children are to be told of a listener that does not open. */
function noteAllProxy({ table, network }: Effective, findings: Findings): void {
  const written = table.entries.get("all_proxy");
  if (written === undefined || network.all_proxy === "http" || network.enable_socks5) return;
  const message = '"enable_socks5" is false: ALL_PROXY names the HTTP proxy';
  findings.notice(written.value.place, message);
}
