import { formatOrigin, type Origin } from "../../policy/rule.ts";
import { canonicalText } from "../../policy/rule_pattern.ts";
import type { PlacedRule } from "../domain_lists.ts";
import { quote } from "../toml/printable.ts";
import type { Constraints, ListConstraint } from "./constraints.ts";
import { covers, reachOf } from "./covers.ts";
import { isGlobalWildcard, NO_GLOBAL_WILDCARD } from "./global_wildcard.ts";
import type { GovernedSettings } from "./governed_settings.ts";
import { sameRules, union, without } from "./same_rule.ts";

/** A setting that goes beyond what is required. */
export interface Violation {
  /** `network.mode` and its like. */
  readonly field: string;
  readonly candidate: string;
  readonly allowed: string;
  /** Where the setting was written; null for a default, and for what was not written. */
  readonly at: Origin | null;
  /** Where it is required; null for what holds without requirements. */
  readonly by: Origin | null;
  /** What to do about it, a clause. */
  readonly mend: string;
}

/** Says what a violation is, by whom, and how to mend it. */
export function violationMessage({ field, candidate, allowed, by, mend }: Violation): string {
  const source = by === null ? "" : `; required by ${formatOrigin(by)}`;
  return `invalid value for ${field}: ${candidate} (allowed ${allowed})${source}: ${mend}`;
}

/** Everything in which settings go beyond what is required, in the order in which it is asked about. */
export function violations(
  constraints: Constraints,
  settings: GovernedSettings,
): readonly Violation[] {
  return [
    ...globalDenials(settings),
    ...flag("enabled", constraints, settings),
    ...modes(constraints, settings),
    ...flag("allow_upstream_proxy", constraints, settings),
    ...flag("dangerously_allow_non_loopback_proxy", constraints, settings),
    ...flag("dangerously_allow_non_loopback_admin", constraints, settings),
    ...allSockets(constraints, settings),
    ...flag("allow_local_binding", constraints, settings),
    ...allowedDomains(constraints.allowed, settings),
    ...deniedDomains(constraints.denied, settings),
    ...sockets(constraints, settings),
  ];
}

/** Holds without any requirement: a deny list that denies all is a mistake. */
function globalDenials({ deny }: GovernedSettings): readonly Violation[] {
  return deny.filter(({ rule }) => isGlobalWildcard(rule.text)).map(({ rule }) => ({
    field: "network.denied_domains",
    candidate: rule.text.trim(),
    allowed: NO_GLOBAL_WILDCARD,
    at: rule.origin,
    by: null,
    mend: "name the hosts; what is not allowed is denied already",
  }));
}

type Flag =
  | "enabled"
  | "allow_upstream_proxy"
  | "dangerously_allow_non_loopback_proxy"
  | "dangerously_allow_non_loopback_admin"
  | "dangerously_allow_all_unix_sockets"
  | "allow_local_binding";

function flag(
  key: Flag,
  constraints: Constraints,
  settings: GovernedSettings,
): readonly Violation[] {
  const pinned = constraints[key];
  if (pinned === null || pinned.value || !settings.network[key]) return [];
  return [disabled(key, pinned.origin, settings)];
}

function disabled(key: Flag, by: Origin, settings: GovernedSettings): Violation {
  return {
    field: `network.${key}`,
    candidate: "true",
    allowed: "false (disabled by managed config)",
    at: settings.originOf(`network.${key}`) ?? null,
    by,
    mend: `write ${key} = false`,
  };
}

function modes({ mode }: Constraints, settings: GovernedSettings): readonly Violation[] {
  if (mode?.value !== "limited" || settings.network.mode === "limited") return [];
  return [{
    field: "network.mode",
    candidate: "Full",
    allowed: "Limited or more restrictive",
    at: settings.originOf("network.mode") ?? null,
    by: mode.origin,
    mend: 'write mode = "limited"',
  }];
}

/** A managed list of sockets says that not all of them are meant, unless the opposite is written. */
function allSockets(constraints: Constraints, settings: GovernedSettings): readonly Violation[] {
  const key = "dangerously_allow_all_unix_sockets";
  if (constraints[key] !== null) return flag(key, constraints, settings);
  if (constraints.unixSockets === null || !settings.network[key]) return [];
  return [disabled(key, constraints.unixSockets.origin, settings)];
}

function allowedDomains(
  constraint: ListConstraint | null,
  settings: GovernedSettings,
): readonly Violation[] {
  if (constraint === null) return [];
  const { rules, expansion, origin: by } = constraint;
  const field = "network.allowed_domains";
  const at = settings.originOf(field) ?? null;
  const everything = settings.network.dangerously_allow_all_domains;
  const wanted = without(rules, settings.deny);
  if (expansion === true) {
    const missing = everything ? [] : without(wanted, settings.allow);
    if (missing.length === 0) return [];
    const candidate = "missing managed allowed_domains entries";
    return [{ field, candidate, allowed: list(missing), at, by, mend: `add ${list(missing)}` }];
  }
  if (expansion === false) {
    // What is denied is not missed, and does no harm where it is.
    const allow = without(settings.allow, settings.deny);
    if (!everything && sameRules(allow, wanted)) return [];
    const candidate = everything ? '["*"]' : list(settings.allow);
    const allowed = "must match managed allowed_domains";
    return [{ field, candidate, allowed, at, by, mend: `write ${list(wanted)}` }];
  }
  const wide = settings.allow.filter(({ rule }) =>
    !rules.some((managed) => covers(reachOf(managed.rule), reachOf(rule)))
  );
  if (!everything && wide.length === 0) return [];
  const candidate = everything ? '["*"]' : list(wide);
  const mend = everything ? "write dangerously_allow_all_domains = false" : "remove them";
  const allowed = "subset of managed allowed_domains";
  return [{ field, candidate, allowed, at: wide[0]?.rule.origin ?? at, by, mend }];
}

function deniedDomains(
  constraint: ListConstraint | null,
  settings: GovernedSettings,
): readonly Violation[] {
  if (constraint === null) return [];
  const { rules, expansion, origin: by } = constraint;
  const field = "network.denied_domains";
  const at = settings.originOf(field) ?? null;
  if (expansion === false) {
    if (sameRules(settings.deny, union(rules, []))) return [];
    const allowed = "must match managed denied_domains";
    return [{
      field,
      candidate: list(settings.deny),
      allowed,
      at,
      by,
      mend: `write ${list(rules)}`,
    }];
  }
  const missing = without(rules, settings.deny);
  if (missing.length === 0) return [];
  const candidate = "missing managed denied_domains entries";
  return [{ field, candidate, allowed: list(missing), at, by, mend: `add ${list(missing)}` }];
}

function sockets(
  { unixSockets }: Constraints,
  settings: GovernedSettings,
): readonly Violation[] {
  if (unixSockets === null) return [];
  // Letter for letter: on Linux another case is another file.
  const managed = new Set(unixSockets.value.map(({ value }) => value));
  const others = settings.unixSockets.filter(({ value }) => !managed.has(value));
  const first = others[0];
  if (first === undefined) return [];
  return [{
    field: "network.allow_unix_sockets",
    candidate: texts(others.map(({ value }) => value)),
    allowed: "subset of managed allow_unix_sockets",
    at: first.origin,
    by: unixSockets.origin,
    mend: "remove them",
  }];
}

function list(rules: readonly PlacedRule[]): string {
  return texts(rules.map(({ rule }) => canonicalText(rule)));
}

function texts(all: readonly string[]): string {
  return `[${all.map(quote).join(", ")}]`;
}
