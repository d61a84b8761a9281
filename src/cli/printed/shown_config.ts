import { shownAudit } from "../../config/audit_table.ts";
import type { Config } from "../../config/config.ts";
import { DECIDER_DEFAULTS, type DeciderTable } from "../../config/decider_table.ts";
import { redactedOtel, type ShownOtel } from "../../config/otel/redacted_otel.ts";
import { LIMIT_KEYS, unitOf } from "../../config/limits_table.ts";
import { redactedNetwork, type ShownNetwork } from "../../config/redacted.ts";
import type { Pinned, Requirements } from "../../config/requirements/requirements.ts";
import type { Layer } from "../../config/source_layers.ts";
import type { Surface } from "../../config/surfaces/base_policy.ts";
import type { Switched } from "../../config/surfaces/feature_matrix.ts";
import type { FilesystemEntry } from "../../config/surfaces/filesystem.ts";
import { printableWebhook } from "../../config/webhook_url.ts";
import { formatOrigin, type Rule } from "../../policy/rule.ts";
import type { Limits } from "../../proxy/limits.ts";
import { allProxyOf } from "../shell/all_proxy.ts";
import { proxyUrl, socksUrl } from "../../library/env/proxy_url.ts";

/** What nobody wrote. */
const DEFAULT = "default";

/** A value, and where it was written; `default` where nobody wrote it. */
export interface Shown {
  readonly value: unknown;
  readonly origin: string;
}

/** What `config show --json` prints. */
export interface ShownConfig {
  readonly layers: readonly Layer[];
  /** What the command line says, in the order in which it counts. */
  readonly flags: readonly string[];
  readonly policy: {
    /** Which way to write a policy is in force. */
    readonly surface: Surface;
    readonly why: string;
    /** The profile and those that it extends; null where there is none. */
    readonly profile: readonly string[] | null;
    readonly description: string | null;
    /** `features.network_proxy`; null where nobody wrote it. */
    readonly feature: boolean | null;
    /** What holds for whoever embeds the proxy. */
    readonly switched: Switched;
    /** Why `start` and `run` do nothing; null where they do. */
    readonly off: Shown | null;
  };
  /** Each key of `[network]`. Of a list each element has an origin of its own. */
  readonly settings: Readonly<Record<string, Shown | readonly Shown[]>>;
  /** Where audit records are exported to; null where nowhere. */
  readonly otel: ShownOtel | null;
  /** What nobody can loosen, by its keys; empty where nothing is required. */
  readonly requirements: Readonly<Record<string, Shown | readonly Shown[]>>;
  /** Checked and shown; Doorward itself enforces the network alone. */
  readonly filesystem: readonly FilesystemEntry[];
  /** What a shell would be told; null where the port is left to the system. */
  readonly runtime: { readonly HTTP_PROXY: string; readonly ALL_PROXY: string } | null;
}

/** A configuration with the place of everything in it, without what lets its bearer in elsewhere. */
export function shownConfig(config: Config): ShownConfig {
  const { selection, layers, sources: [, ...flags], off, switched } = config;
  const { surface, why, profile, feature } = selection;
  return {
    layers,
    flags,
    policy: {
      surface,
      why,
      profile: profile?.chain ?? null,
      description: profile?.description ?? null,
      feature,
      switched,
      off: off === null ? null : { value: off.why, origin: formatOrigin(off.origin) },
    },
    settings: settingsOf(config),
    otel: config.otel === null ? null : redactedOtel(config.otel),
    requirements: requirementsOf(config.requirements),
    filesystem: profile?.filesystem ?? [],
    runtime: runtimeOf(config),
  };
}

function settingsOf(config: Config): ShownConfig["settings"] {
  const { policy, limits, originOf } = config;
  const placed = (key: string, value: unknown): Shown => {
    const origin = originOf(`network.${key}`);
    return { value, origin: origin === undefined ? DEFAULT : formatOrigin(origin) };
  };
  const network: ShownNetwork = redactedNetwork(config);
  const entries = Object.entries(network).map(([key, value]) => [key, placed(key, value)] as const);
  const fields = Object.keys(LIMIT_KEYS) as (keyof Limits)[];
  return {
    ...Object.fromEntries(entries),
    allowed_domains: rulesOf(policy.rules, "allow"),
    denied_domains: rulesOf(policy.rules, "deny"),
    rules: network.rules.map(({ origin, ...rule }) => ({ value: rule, origin })),
    ...Object.fromEntries(
      Object.entries(deciderOf(config.decider)).map(([name, value]) => {
        const key = `decider.${name}`;
        return [key, placed(key, value)];
      }),
    ),
    ...Object.fromEntries(fields.map((field) => {
      const key = `limits.${LIMIT_KEYS[field].key}`;
      return [key, placed(key, limits[field] / unitOf(field))];
    })),
    ...Object.fromEntries(
      Object.entries(shownAudit(config.audit)).map(([name, value]) => {
        const key = `audit.${name}`;
        return [key, placed(key, value)];
      }),
    ),
  };
}

/** As it would be written, without what lets its bearer in elsewhere. */
function deciderOf(decider: Config["decider"]): DeciderTable {
  if (decider === null) return DECIDER_DEFAULTS;
  const { asks, timeoutMs, concurrency } = decider;
  return {
    command: asks.kind === "command" ? asks.words : DECIDER_DEFAULTS.command,
    url: asks.kind === "url" ? printableWebhook(asks.url) : DECIDER_DEFAULTS.url,
    timeout_seconds: timeoutMs / 1000,
    concurrency,
  };
}

function requirementsOf(
  { values, feature, allow, deny, unixSockets }: Requirements,
): ShownConfig["requirements"] {
  const shown: Record<string, Shown | readonly Shown[]> = {};
  const add = (key: string, pinned: Pinned<unknown> | null) => {
    if (pinned !== null) shown[key] = { value: pinned.value, origin: formatOrigin(pinned.origin) };
  };
  for (const [key, pinned] of Object.entries(values)) add(key, pinned);
  add("features.network_proxy", feature);
  const rules = [...allow, ...deny].map(({ rule: { text, list, origin } }) => ({
    value: `${text} = ${list}`,
    origin: formatOrigin(origin),
  }));
  if (rules.length > 0) shown["domains"] = rules;
  if (unixSockets !== null) {
    shown["unix_sockets"] = unixSockets.value.map(({ value, origin }) => ({
      value: `${value} = allow`,
      origin: formatOrigin(origin),
    }));
  }
  return shown;
}

function rulesOf(rules: readonly Rule[], list: Rule["list"]): readonly Shown[] {
  return rules.filter((rule) => rule.list === list)
    .map(({ text, origin }) => ({ value: text, origin: formatOrigin(origin) }));
}

function runtimeOf(config: Config): ShownConfig["runtime"] {
  const { proxyAddress } = config;
  if (proxyAddress.port === 0) return null;
  const HTTP_PROXY = proxyUrl(proxyAddress);
  const socks = allProxyOf(config);
  return { HTTP_PROXY, ALL_PROXY: socks === null ? HTTP_PROXY : socksUrl(socks) };
}
