import type { PlacedRule } from "../domain_lists.ts";
import { covers, reachOf } from "./covers.ts";
import {
  NO_REQUIREMENTS,
  type Pinned,
  type PinnedSocket,
  type PinnedValues,
  type Requirements,
} from "./requirements.ts";
import { union } from "./same_rule.ts";

/** The value of each key that leaves the least choice. Of keys that are not here none is stricter than another. */
const STRICTEST = {
  mode: "limited",
  allow_upstream_proxy: false,
  dangerously_allow_non_loopback_proxy: false,
  dangerously_allow_non_loopback_admin: false,
  dangerously_allow_all_unix_sockets: false,
  allow_local_binding: false,
  managed_allowed_domains_only: true,
  danger_full_access_denylist_only: false,
} as const satisfies Partial<{ [K in keyof PinnedValues]: NonNullable<PinnedValues[K]>["value"] }>;

/**
 * Makes one of several requirements, the most important first. All of them hold: where one of two values is stricter
 * it wins, whoever wrote it, and elsewhere the first. So no further source ever loosens another.
 */
export function combineRequirements(sources: readonly Requirements[]): Requirements {
  const values = Object.fromEntries(
    Object.keys(NO_REQUIREMENTS.values).map((
      key,
    ) => [key, oneOf(key as keyof PinnedValues, sources)]),
  ) as unknown as PinnedValues;
  return {
    values: isOpposed(sources) ? { ...values, danger_full_access_denylist_only: null } : values,
    feature: first(sources.map(({ feature }) => feature)),
    allow: allowRules(sources),
    deny: sources.reduce<readonly PlacedRule[]>((rules, { deny }) => union(rules, deny), []),
    unixSockets: sockets(sources),
  };
}

function oneOf(key: keyof PinnedValues, sources: readonly Requirements[]): Pinned<unknown> | null {
  const all: readonly (Pinned<unknown> | null)[] = sources.map(({ values }) => values[key]);
  const strictest: Partial<Record<keyof PinnedValues, unknown>> = STRICTEST;
  return all.find((pinned) => pinned !== null && pinned.value === strictest[key]) ?? first(all);
}

function first<T>(all: readonly (T | null)[]): T | null {
  return all.find((each) => each !== null) ?? null;
}

/** Whether a source that names the allowed hosts has not agreed to let everything through. */
function isOpposed(sources: readonly Requirements[]): boolean {
  return sources.some(({ values, allow }) =>
    values.danger_full_access_denylist_only?.value !== true &&
    (allow.length > 0 || values.managed_allowed_domains_only?.value === true)
  );
}

/** Of a source that pins its hosts nothing is added to them, and of two that do, what both allow. */
function allowRules(sources: readonly Requirements[]): readonly PlacedRule[] {
  const pinning = sources.filter(({ values }) =>
    values.managed_allowed_domains_only?.value === true
  );
  const all = sources.reduce<readonly PlacedRule[]>((rules, { allow }) => union(rules, allow), []);
  return all.filter((each) =>
    pinning.every(({ allow }) =>
      allow.some((managed) => covers(reachOf(managed.rule), reachOf(each.rule)))
    )
  );
}

/** Those that every source allows that names any. */
function sockets(sources: readonly Requirements[]): Pinned<readonly PinnedSocket[]> | null {
  const named = sources.flatMap(({ unixSockets }) => unixSockets === null ? [] : [unixSockets]);
  const highest = named[0];
  if (highest === undefined) return null;
  const value = highest.value.filter((socket) =>
    named.every((other) => other.value.some(({ value }) => value === socket.value))
  );
  return { value, origin: highest.origin };
}
