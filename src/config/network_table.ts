import { AUDIT_TABLE_SCHEMA } from "./audit_table.ts";
import { MITM_CA_SCHEMA } from "./authority_files.ts";
import type { NetworkConfig } from "./config.ts";
import { readWorkers } from "./workers_key.ts";
import { DECIDER_SCHEMA } from "./decider_table.ts";
import { LIMITS_SCHEMA } from "./limits_table.ts";
import { MAP_SCHEMAS } from "./surfaces/domain_map.ts";
import type { Findings } from "./toml/findings.ts";
import { RULE_SCHEMAS } from "./request_rules.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import { quote } from "./toml/printable.ts";
import { badSocketPath, isSocketPath, socketOs } from "./socket_path.ts";
import type { Located, LocatedTable } from "./toml/located.ts";
import {
  key,
  type Keys,
  readFlag,
  readTable,
  readText,
  readTexts,
  readWhole,
  readWord,
  type SchemaByKey,
  tableSchema,
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
  presets: [],
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
  audit_file: "",
  via: true,
  all_proxy: "http",
  workers: 1,
};

/** What holds where nobody wrote a file: it works at once, and every new host is a question. */
export const EMBEDDED_NETWORK: NetworkConfig = { ...DEFAULT_NETWORK, enabled: true, ask: true };

/** Longer than any client waits. */
const ASK_HOLD_SECONDS_MAX = 3600;
/** Records of some hundred bytes each: this many are tens of megabytes. */
const BLOCKED_CAPACITY_MAX = 100_000;

const KEYS: Keys<NetworkConfig> = {
  enabled: key(readFlag, "whether there is a proxy; start and run take an unwritten one as true"),
  proxy_url: key(readText, "where the proxy listens for HTTP; port 0 takes a free one"),
  admin_url: key(
    readText,
    "where the admin API of start listens; a port of its own, 0 takes a free one",
  ),
  enable_socks5: key(readFlag, "whether SOCKS5 is spoken, too; with run on the port of its proxy"),
  socks_url: key(
    readText,
    "where SOCKS5 is spoken; the address and port of proxy_url make it one port for both",
  ),
  enable_socks5_udp: key(readFlag, "whether clients of SOCKS5 may send datagrams (UDP ASSOCIATE)"),
  allow_upstream_proxy: key(
    readFlag,
    "reach the network through the proxy that upstream_proxy or the environment names",
  ),
  upstream_proxy: key(
    readText,
    "http, https, socks5 or socks5h URL of another proxy, before that of the environment",
  ),
  dangerously_allow_non_loopback_proxy: key(
    readFlag,
    "let proxy_url and socks_url name an address that others can reach",
  ),
  dangerously_allow_non_loopback_admin: key(
    readFlag,
    "let admin_url name an address that others can reach",
  ),
  admin_auth: key(
    readWord("loosen", "all", "none"),
    "what of the admin API needs its token: what loosens the policy, all, or none",
  ),
  mode: key(readWord("full", "limited"), "limited lets only reading through"),
  presets: key(readTexts, "named groups of hosts, allowed for what each is for"),
  allowed_domains: key(
    readTexts,
    'host patterns, as in "example.com", "*.example.org", "**.example.net:443", "192.0.2.10"',
  ),
  denied_domains: key(readTexts, "host patterns; they win"),
  allow_unix_sockets: key(
    readSocketPaths,
    "absolute paths that a request with x-unix-socket may reach",
  ),
  allow_local_binding: key(readFlag, "loopback and private addresses for allowed hosts"),
  dangerously_allow_all_unix_sockets: key(
    readFlag,
    "let a request with x-unix-socket reach every socket of this machine",
  ),
  dangerously_allow_all_domains: key(readFlag, "allow all that is not denied"),
  mitm: key(readMitm, "look at what tunnels carry where the mode or a request rule needs it"),
  sni_binding: key(
    readFlag,
    "a tunnel to port 443 must begin with TLS that names the host that was asked for",
  ),
  ech: key(readWord("allow", "deny"), "deny refuses handshakes that may hide another name"),
  upstream_ca_file: key(
    readText,
    "file with further authorities that servers may be certified by, as PEM",
  ),
  ask: key(
    readFlag,
    "a host that no rule names becomes a question: a person may allow it while the request waits",
  ),
  ask_hold_seconds: key(
    readWhole(0, ASK_HOLD_SECONDS_MAX),
    "how long a question waits; then the request is blocked",
  ),
  ask_webhook: key(readText, "URL that is told of each question: https, or http to this machine"),
  blocked_capacity: key(
    readWhole(1, BLOCKED_CAPACITY_MAX),
    "how many blocked requests are remembered",
  ),
  violation_file: key(
    readText,
    "file that the line of each blocked request goes to, in place of standard error",
  ),
  audit_file: key(readText, "file that gets a line of JSON for each decision, and for each end"),
  via: key(readFlag, "append Via, as RFC 9110 demands of a proxy"),
  all_proxy: key(
    readWord("http", "socks5h"),
    "what ALL_PROXY holds for the child of run; socks5h names SOCKS5",
  ),
  workers: key(
    readWorkers,
    "how many threads accept, on one port and under one policy; auto is one for each core",
  ),
};

/** Keys with a reader of their own. */
const OTHERS: SchemaByKey = {
  limits: LIMITS_SCHEMA,
  audit: AUDIT_TABLE_SCHEMA,
  mitm_ca: MITM_CA_SCHEMA,
  decider: DECIDER_SCHEMA,
  ...RULE_SCHEMAS,
  ...MAP_SCHEMAS,
};

/** The keys of `[network]` that this version reads. */
export const NETWORK_KEYS: readonly string[] = [...Object.keys(KEYS), ...Object.keys(OTHERS)];

/** What `[network]` takes. */
export function networkSchema(): JsonSchema {
  return {
    description: "The policy, and where the proxy listens",
    ...tableSchema(
      { keys: KEYS, others: OTHERS },
      DEFAULT_NETWORK,
    ),
  };
}

/** Reads `[network]`, all but what is read elsewhere. */
export function readNetwork(
  table: LocatedTable,
  defaults: NetworkConfig,
  findings: Findings,
  where = "[network]",
): NetworkConfig {
  return readTable(table, {
    where,
    keys: KEYS,
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
readSocketPaths.schema = readTexts.schema;

/** The table that `mitm` was before it became a switch. */
interface MitmTable {
  readonly enabled: boolean;
  readonly inspect: boolean;
  readonly max_body_bytes: number;
  readonly ca_cert_path: string;
  readonly ca_key_path: string;
}

const MITM_KEYS: Keys<MitmTable> = {
  enabled: key(readFlag, "whether tunnels are looked into"),
  inspect: key(readFlag, "read, and nothing comes of it"),
  max_body_bytes: key(readWhole(0, Number.MAX_SAFE_INTEGER), "read, and nothing comes of it"),
  ca_cert_path: key(readText, "file of the authority's certificate, from the home folder"),
  ca_key_path: key(readText, "file of the authority's private key, from the home folder"),
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
    keys: MITM_KEYS,
    defaults: MITM_DEFAULTS,
  }, findings).enabled;
}
readMitm.schema = {
  anyOf: [readFlag.schema, tableSchema({ keys: MITM_KEYS }, MITM_DEFAULTS)],
} satisfies JsonSchema;
