import type { NetworkConfig } from "./config.ts";
import type { Findings } from "./toml/findings.ts";
import { LATER_KEYS, refuseLaterKey } from "./later_features.ts";
import { RULE_KEYS } from "./request_rules.ts";
import { quote } from "./toml/printable.ts";
import { badSocketPath, isSocketPath, socketOs } from "./socket_path.ts";
import type { Located, LocatedTable } from "./toml/located.ts";
import {
  type Readers,
  readFlag,
  readTable,
  readText,
  readTexts,
  readWhole,
  readWord,
  wrong,
} from "./toml/value_readers.ts";

/** The seeds' baseline for local use, then our own keys. */
export const DEFAULT_NETWORK: NetworkConfig = {
  enabled: false,
  proxy_url: "http://127.0.0.1:3128",
  admin_url: "http://127.0.0.1:8080",
  enable_socks5: true,
  socks_url: "http://127.0.0.1:8081",
  enable_socks5_udp: true,
  allow_upstream_proxy: true,
  upstream_proxy: "",
  dangerously_allow_non_loopback_proxy: false,
  dangerously_allow_non_loopback_admin: false,
  admin_auth: "loosen",
  mode: "full",
  allowed_domains: [],
  denied_domains: [],
  allow_unix_sockets: [],
  allow_local_binding: true,
  dangerously_allow_all_unix_sockets: false,
  dangerously_allow_all_domains: false,
  mitm: false,
  sni_binding: true,
  ech: "allow",
  upstream_ca_file: "",
  ask: false,
  ask_hold_seconds: 30,
  ask_webhook: "",
  blocked_capacity: 200,
  violation_file: "",
  via: true,
  all_proxy: "http",
};

/** What holds where nobody wrote a file: it works at once, and every new host is a question. */
export const EMBEDDED_NETWORK: NetworkConfig = { ...DEFAULT_NETWORK, enabled: true, ask: true };

/** Longer than any client waits. */
const ASK_HOLD_SECONDS_MAX = 3600;
/** Records of some hundred bytes each: this many are tens of megabytes. */
const BLOCKED_CAPACITY_MAX = 100_000;

const READERS: Readers<NetworkConfig> = {
  enabled: readFlag,
  proxy_url: readText,
  admin_url: readText,
  enable_socks5: readFlag,
  socks_url: readText,
  enable_socks5_udp: readFlag,
  allow_upstream_proxy: readFlag,
  upstream_proxy: readText,
  dangerously_allow_non_loopback_proxy: readFlag,
  dangerously_allow_non_loopback_admin: readFlag,
  admin_auth: readWord("loosen", "all", "none"),
  mode: readWord("full", "limited"),
  allowed_domains: readTexts,
  denied_domains: readTexts,
  allow_unix_sockets: readSocketPaths,
  allow_local_binding: readFlag,
  dangerously_allow_all_unix_sockets: readFlag,
  dangerously_allow_all_domains: readFlag,
  mitm: readMitm,
  sni_binding: readFlag,
  ech: readWord("allow", "deny"),
  upstream_ca_file: readText,
  ask: readFlag,
  ask_hold_seconds: readWhole(0, ASK_HOLD_SECONDS_MAX),
  ask_webhook: readText,
  blocked_capacity: readWhole(1, BLOCKED_CAPACITY_MAX),
  violation_file: readText,
  via: readFlag,
  all_proxy: readWord("http", "socks5h"),
};

/** Keys with a reader of their own. */
const OTHERS: readonly string[] = ["limits", "mitm_ca", ...RULE_KEYS];

/** The keys of `[network]` that this version reads. */
export const NETWORK_KEYS: readonly string[] = [...Object.keys(READERS), ...OTHERS];

/** Reads `[network]`, all but what is read elsewhere. */
export function readNetwork(
  table: LocatedTable,
  defaults: NetworkConfig,
  findings: Findings,
): NetworkConfig {
  const entries = [...table.entries];
  for (const [name, entry] of entries) refuseLaterKey(name, entry, findings);
  const ours = new Map(entries.filter(([name]) => !LATER_KEYS.includes(name)));
  return readTable({ ...table, entries: ours }, {
    where: "[network]",
    readers: READERS,
    defaults,
    others: OTHERS,
  }, findings);
}

function readSocketPaths(
  value: Located,
  name: string,
  findings: Findings,
): readonly string[] | undefined {
  const os = socketOs(Deno.build.os);
  const paths = readTexts(value, name, findings);
  if (value.kind !== "list") return paths;
  value.items.forEach((item, index) => {
    if (item.kind !== "scalar" || typeof item.value !== "string") return;
    if (isSocketPath(item.value, os)) return;
    findings.fault(item.place, badSocketPath(index, os, quote(item.value)));
  });
  return paths;
}

/** The table that `mitm` was before it became a switch. */
interface MitmTable {
  readonly enabled: boolean;
  readonly inspect: boolean;
  readonly max_body_bytes: number;
  readonly ca_cert_path: string;
  readonly ca_key_path: string;
}

const MITM_READERS: Readers<MitmTable> = {
  enabled: readFlag,
  inspect: readFlag,
  max_body_bytes: readWhole(0, Number.MAX_SAFE_INTEGER),
  ca_cert_path: readText,
  ca_key_path: readText,
};

const MITM_DEFAULTS: MitmTable = {
  enabled: false,
  inspect: false,
  max_body_bytes: 4096,
  ca_cert_path: "proxy/ca.pem",
  ca_key_path: "proxy/ca.key",
};

function readMitm(value: Located, name: string, findings: Findings): boolean | undefined {
  if (value.kind === "list") return wrong(value, name, "true or false", findings);
  if (value.kind === "scalar") return readFlag(value, name, findings);
  return readTable(value, {
    where: "[network.mitm]",
    readers: MITM_READERS,
    defaults: MITM_DEFAULTS,
  }, findings).enabled;
}
