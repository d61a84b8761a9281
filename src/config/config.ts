// Files and flags, parsed once into values. Nothing above this folder reads TOML again.
import type { SocketAddress } from "../net/endpoint.ts";
import type { Mode, PolicyDocument } from "../policy/policy.ts";
import type { Origin } from "../policy/rule.ts";
import type { Limits } from "../proxy/limits.ts";

/** `[network]`, every key with its value or its default, in the file's own spelling and order. */
export interface NetworkConfig {
  readonly enabled: boolean;
  readonly proxy_url: string;
  readonly admin_url: string;
  readonly enable_socks5: boolean;
  readonly socks_url: string;
  readonly enable_socks5_udp: boolean;
  readonly allow_upstream_proxy: boolean;
  readonly dangerously_allow_non_loopback_proxy: boolean;
  readonly dangerously_allow_non_loopback_admin: boolean;
  readonly mode: Mode;
  readonly allowed_domains: readonly string[];
  readonly denied_domains: readonly string[];
  readonly allow_unix_sockets: readonly string[];
  readonly allow_local_binding: boolean;
  readonly dangerously_allow_all_unix_sockets: boolean;
  readonly dangerously_allow_all_domains: boolean;
  readonly mitm: boolean;
  readonly ask: boolean;
  readonly ask_hold_seconds: number;
  readonly blocked_capacity: number;
  readonly via: boolean;
  readonly all_proxy: "http" | "socks5h";
}

/** One sentence for the person who starts Doorward, with the place it speaks of. */
export interface Notice {
  readonly message: string;
  readonly origin: Origin;
}

/** A configuration that was read and checked. */
export interface Config {
  readonly network: NetworkConfig;
  readonly limits: Limits;
  /** What the policy is compiled from. `enabled` is as configured; see {@linkcode enabledIsSet}. */
  readonly policy: PolicyDocument;
  /** Where the proxy listens, after clamping to loopback. */
  readonly proxyAddress: SocketAddress;
  /** The files and flags that were read, lowest first; `["built-in"]` for the embedded default. */
  readonly sources: readonly string[];
  /** Whether anybody wrote `enabled`; `start` and `run` count an unwritten one as true. */
  readonly enabledIsSet: boolean;
  /** Where a dotted key (`network.mode`) was written; undefined for a default. */
  readonly originOf: (key: string) => Origin | undefined;
  readonly notices: readonly Notice[];
}

/** Where the configuration comes from. */
export interface ConfigSource {
  /** `--config FILE`; must exist. */
  readonly file?: string;
  /** The file that is read when it exists and `file` is not given: `<home>/config.toml`. */
  readonly homeFile?: string;
  /** `-c key=value`, in order; the later wins. */
  readonly overrides: readonly string[];
  /** `--allow` and `--deny`, added to the lists. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Reads, merges and checks. Rejects with a `ConfigError` that holds every fault. */
export function loadConfig(_source: ConfigSource): Promise<Config> {
  throw new Error("not written yet");
}
