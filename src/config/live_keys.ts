// What a configuration that is read anew cannot change: whatever Doorward settled when it started.
import { sameSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import type { Limits } from "../proxy/limits.ts";
import { AUDIT_KEYS, shownAudit } from "./audit_table.ts";
import type { Config, NetworkConfig } from "./config.ts";
import type { ConfigFault } from "./errors.ts";
import { LIMIT_KEYS, unitOf } from "./limits_table.ts";
import { quote } from "./toml/printable.ts";

/** Keys that are compared as they are written. */
const FROZEN = [
  "enable_socks5",
  "enable_socks5_udp",
  "allow_upstream_proxy",
  "upstream_proxy",
  "via",
  "all_proxy",
  "blocked_capacity",
  "admin_auth",
  "mitm",
  "ask_webhook",
  "workers",
] as const satisfies readonly (keyof NetworkConfig)[];

/** Their values are not shown: they may be secrets. */
const SECRET: readonly (keyof NetworkConfig)[] = ["upstream_proxy", "ask_webhook"];

/** What an address depends on beside its own key, in the order in which it is blamed. */
const PROXY_KEYS = ["dangerously_allow_non_loopback_proxy"] as const;
const ADMIN_KEYS = ["dangerously_allow_non_loopback_admin"] as const;
const SOCKET_KEYS = ["allow_unix_sockets", "dangerously_allow_all_unix_sockets"] as const;

/** What `next` changes and cannot while `running` is in force; empty when it can take its place. */
export function frozenChanges(running: Config, next: Config): readonly ConfigFault[] {
  const before = running.network;
  const keys: (keyof NetworkConfig)[] = FROZEN.filter((key) => before[key] !== next.network[key]);
  const moved = (was: SocketAddress | null, is: SocketAddress | null): boolean =>
    was !== null && is !== null && !sameSocketAddress(was, is);
  const blame = (...candidates: readonly (keyof NetworkConfig)[]): void => {
    const key = candidates.find((key) => !sameText(before[key], next.network[key]));
    keys.push(key ?? candidates[0]!);
  };
  if (moved(running.proxyAddress, next.proxyAddress)) {
    blame("proxy_url", ...PROXY_KEYS, ...SOCKET_KEYS);
  }
  if (moved(running.socksAddress, next.socksAddress)) {
    blame("socks_url", ...PROXY_KEYS, ...SOCKET_KEYS);
  }
  if (moved(running.adminAddress, next.adminAddress)) {
    blame("admin_url", ...ADMIN_KEYS, ...SOCKET_KEYS);
  }
  if (running.violationFile !== next.violationFile) keys.push("violation_file");
  if (running.auditFile !== next.auditFile) keys.push("audit_file");
  if (running.upstreamCaFile !== next.upstreamCaFile) keys.push("upstream_ca_file");
  const faults: ConfigFault[] = [...new Set(keys)].map((key) =>
    fault(next, key, SECRET.includes(key) ? null : shown(before[key]))
  );
  if (!sameText(running.decider, next.decider)) faults.push(fault(next, "decider", null));
  return [
    ...faults,
    ...frozenAuthority(running, next),
    ...frozenLimits(running, next),
    ...frozenExport(running, next),
    ...frozenAudit(running, next),
  ];
}

/** Clients trust the authority that they were started with. */
function frozenAuthority(running: Config, next: Config): readonly ConfigFault[] {
  const [before, after] = [running.authorityFiles, next.authorityFiles];
  if (sameText(before, after)) return [];
  const isWritten = (key: string) =>
    [running, next].some((config) => config.originOf(`network.${key}`) !== undefined);
  if (isWritten("mitm_ca")) return [fault(next, "mitm_ca", null)];
  const isMoved = before?.certificateFile !== after?.certificateFile;
  return [fault(next, isMoved ? "mitm.ca_cert_path" : "mitm.ca_key_path", null)];
}

function frozenLimits(running: Config, next: Config): readonly ConfigFault[] {
  const fields = Object.keys(LIMIT_KEYS) as (keyof Limits)[];
  const isWritten = (field: keyof Limits) =>
    [running, next].some((config) =>
      config.originOf(`network.limits.${LIMIT_KEYS[field].key}`) !== undefined
    );
  // What follows from another limit is not to be blamed beside it.
  const isOwn = (field: keyof Limits) => field !== "connectionsPerClient" || isWritten(field);
  const changed = fields.filter((field) => running.limits[field] !== next.limits[field]);
  return changed.filter(isOwn).map((field) => {
    const value = running.limits[field] / unitOf(field);
    return fault(next, `limits.${LIMIT_KEYS[field].key}`, String(value));
  });
}

/** Whom a collector is known by may be read anew: the file is the same. */
function frozenExport(running: Config, next: Config): readonly ConfigFault[] {
  const [before, after] = [running, next].map(({ otel }) =>
    JSON.stringify(otel, (key, value) => key === "authorities" ? undefined : value)
  );
  return before === after ? [] : [faultAt(next, "otel", "otel", null)];
}

function frozenAudit(running: Config, next: Config): readonly ConfigFault[] {
  const [before, after] = [shownAudit(running.audit), shownAudit(next.audit)];
  const keys = Object.keys(AUDIT_KEYS) as (keyof typeof before)[];
  return keys.filter((key) => !sameText(before[key], after[key])).map((key) =>
    fault(next, `audit.${key}`, key === "metadata" ? null : String(before[key]))
  );
}

/** @param value what held before; null is not to be shown */
function fault(next: Config, key: string, value: string | null): ConfigFault {
  return faultAt(next, `network.${key}`, key, value);
}

function faultAt(next: Config, path: string, key: string, value: string | null): ConfigFault {
  const file = next.sources[0] ?? "built-in";
  const back = value === null ? "what it was" : value;
  return {
    // A key that is gone has no place but its file.
    origin: next.originOf(path) ?? { file, line: null, column: null },
    message: `"${key}" cannot change while Doorward runs: restart it, or write back ${back}`,
  };
}

function shown(value: NetworkConfig[keyof NetworkConfig]): string {
  if (typeof value === "object") return `[${value.map(quote).join(", ")}]`;
  return typeof value === "string" ? quote(value) : String(value);
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
