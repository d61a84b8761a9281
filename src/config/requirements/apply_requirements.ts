import { formatOrigin, type Origin } from "../../policy/rule.ts";
import { canonicalText } from "../../policy/rule_pattern.ts";
import type { PlacedRule } from "../domain_lists.ts";
import { quote } from "../toml/printable.ts";
import { type Constraints, constraintsOf, isDenylistOnly } from "./constraints.ts";
import type { Access, GovernedNetwork, GovernedSettings } from "./governed_settings.ts";
import type { Pinned, PinnedSocket, Requirements } from "./requirements.ts";
import { union, without } from "./same_rule.ts";
import { violationMessage, violations } from "./violations.ts";

/** Something that a user wrote and that does not hold, and why. */
export interface Overruled {
  readonly at: Origin;
  readonly message: string;
}

/** Settings under requirements. */
export interface Governed {
  /** `originOf` tells where each was required; each entry of a list has its own origin. */
  readonly settings: GovernedSettings;
  /** In the order of the keys. */
  readonly overruled: readonly Overruled[];
}

/** The keys of which one value is stricter than the other: the stricter one that is written holds. */
const COMPARED = [
  "mode",
  "allow_upstream_proxy",
  "dangerously_allow_non_loopback_proxy",
  "dangerously_allow_non_loopback_admin",
  "dangerously_allow_all_unix_sockets",
  "allow_local_binding",
] as const satisfies readonly (keyof GovernedNetwork)[];

/** Ports, and the URLs that they become. */
const PORTS = { http_port: "proxy_url", socks_port: "socks_url" } as const;

/** What is on where denials are all that is left. */
const DENYLIST_ONLY = [
  "allow_upstream_proxy",
  "dangerously_allow_all_unix_sockets",
  "allow_local_binding",
  "dangerously_allow_all_domains",
] as const satisfies readonly (keyof GovernedNetwork)[];

/** A required value of each key that has one. */
type Required = Partial<{ [K in keyof GovernedNetwork]: Pinned<GovernedNetwork[K]> }>;

/**
 * Lays requirements over what a user has written. A required value takes the place of a looser one; a managed rule is
 * added, and no deny rule of the user's is ever lost.
 */
export function applyRequirements(
  requirements: Requirements,
  user: GovernedSettings,
  access: Access,
): Governed {
  const constraints = constraintsOf(requirements, access);
  const required = requiredValues(requirements, constraints, user, access);
  const deny = union(requirements.deny, user.deny);
  const allow = allowRules(constraints, user, deny);
  const unixSockets = requirements.unixSockets?.value ?? user.unixSockets;
  const network = { ...user.network };
  for (const key of Object.keys(required) as (keyof Required)[]) put(network, key, required);
  const originOf = (key: string): Origin | undefined =>
    required[key.replace(/^network\./, "") as keyof Required]?.origin ?? user.originOf(key);
  return {
    settings: { network, allow, deny, unixSockets, originOf },
    overruled: [
      ...overruledValues(required, constraints, user),
      ...overruledRules(constraints, user),
      ...overruledSockets(requirements.unixSockets, user.unixSockets),
    ],
  };
}

function put<K extends keyof GovernedNetwork>(
  into: { -readonly [P in keyof GovernedNetwork]: GovernedNetwork[P] },
  key: K,
  required: Required,
): void {
  const pinned = required[key] as Pinned<GovernedNetwork[K]> | undefined;
  if (pinned !== undefined) into[key] = pinned.value;
}

function requiredValues(
  requirements: Requirements,
  constraints: Constraints,
  user: GovernedSettings,
  access: Access,
): Required {
  const { values, unixSockets, feature } = requirements;
  const required: Record<string, Pinned<unknown>> = {};
  if (feature?.value === false) required["enabled"] = feature;
  const denylistOnly = values.danger_full_access_denylist_only;
  if (denylistOnly !== null && isDenylistOnly(requirements, access)) {
    for (const key of DENYLIST_ONLY) required[key] = { value: true, origin: denylistOnly.origin };
  }
  const allSockets = "dangerously_allow_all_unix_sockets";
  if (unixSockets !== null) required[allSockets] = { value: false, origin: unixSockets.origin };
  const { allowed } = constraints;
  if (allowed?.expansion === false) {
    const off = { value: false, origin: allowed.origin };
    Object.assign(required, { ask: off, dangerously_allow_all_domains: off });
  }
  if (values.enabled !== null) required["enabled"] = values.enabled;
  for (const key of COMPARED) {
    const pinned = values[key];
    if (pinned === null) continue;
    if (isTighter(key, user)) delete required[key];
    else required[key] = pinned;
  }
  for (const [port, url] of Object.entries(PORTS)) {
    const pinned = values[port as keyof typeof PORTS];
    if (pinned === null) continue;
    required[url] = { value: `http://127.0.0.1:${pinned.value}`, origin: pinned.origin };
  }
  return required as Required;
}

/** Whether a user has written what nothing that is required could be stricter than. */
function isTighter(key: typeof COMPARED[number], { network, originOf }: GovernedSettings): boolean {
  const value = network[key];
  return originOf(`network.${key}`) !== undefined && (value === "limited" || value === false);
}

/** A managed rule that is denied as well is no rule: whoever denied it has the last word. */
function allowRules(
  { allowed }: Constraints,
  user: GovernedSettings,
  deny: readonly PlacedRule[],
): readonly PlacedRule[] {
  if (allowed === null) return user.allow;
  const managed = without(allowed.rules, deny);
  return allowed.expansion === true ? union(managed, user.allow) : managed;
}

function overruledValues(
  required: Required,
  constraints: Constraints,
  user: GovernedSettings,
): readonly Overruled[] {
  const broken = violations(constraints, user);
  return (Object.keys(user.network) as (keyof GovernedNetwork)[]).flatMap((key) => {
    const field = `network.${key}`;
    const [pinned, at] = [required[key], user.originOf(field)];
    if (pinned === undefined || at === undefined || pinned.value === user.network[key]) return [];
    const violation = broken.find((each) => each.field === field);
    if (violation !== undefined) return [{ at, message: violationMessage(violation) }];
    const value = JSON.stringify(pinned.value);
    const message = `${field} is ${value} by ${formatOrigin(pinned.origin)}: ` +
      "what is written here has no effect";
    return [{ at, message }];
  });
}

function overruledRules({ allowed }: Constraints, user: GovernedSettings): readonly Overruled[] {
  if (allowed === null || allowed.expansion === true) return [];
  return without(user.allow, allowed.rules).map(({ rule }) => ({
    at: rule.origin,
    message:
      `${quote(canonicalText(rule))} is not among the managed allowed_domains, and nothing ` +
      `can be added to them by ${formatOrigin(allowed.origin)}: it allows nothing`,
  }));
}

function overruledSockets(
  managed: Requirements["unixSockets"],
  sockets: readonly PinnedSocket[],
): readonly Overruled[] {
  if (managed === null) return [];
  const known = new Set(managed.value.map(({ value }) => value));
  return sockets.filter(({ value }) => !known.has(value)).map(({ value, origin }) => ({
    at: origin,
    message: `${quote(value)} is not among the unix sockets of ${formatOrigin(managed.origin)}, ` +
      "which replace all others: it allows nothing",
  }));
}
