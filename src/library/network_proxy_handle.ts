import type { Attribution } from "../audit/attribution.ts";
import type { NumberedRecord } from "../audit/blocked_buffer.ts";
import type { Mode } from "../policy/policy.ts";
import type { ProxyAddresses } from "./network_proxy.ts";
import type { ConfigObject } from "./network_proxy_builder.ts";

/** What has become of audit records. */
export interface AuditState {
  /** How many there were. */
  readonly records: number;
  /** Where they go, and how many did not get there. */
  readonly sinks: readonly { readonly name: string; readonly lost: number }[];
}

/** For whom environment variables are. */
export interface EnvOptions {
  /** What the command inherits; without this the environment of the process. */
  readonly inherited?: Readonly<Record<string, string>>;
  /** Marks the requests of this command: it stands in their records. */
  readonly attemptId?: string;
}

/** One more listener of a proxy, for requests of which more is known. Disposing of it closes what came in there. */
export interface ProxyListener extends AsyncDisposable {
  /** For HTTP, and for SOCKS5 too while that is on: `ip:port`. */
  readonly address: string;
  /** As {@linkcode NetworkProxyHandle.env}, for this listener. */
  env(options?: EnvOptions): Record<string, string>;
}

/** A proxy that runs. Disposing of it shuts it down at once. */
export interface NetworkProxyHandle extends AsyncDisposable {
  /** Where it listens; null for the handle of no proxy. */
  readonly addresses: ProxyAddresses | null;
  /** Why there is no proxy; null while there is one. */
  readonly inactive: string | null;
  /** What `Authorization: Bearer` has to say to the admin API; null without one. */
  readonly adminToken: string | null;
  /** What has become of audit records so far. */
  readonly audit: AuditState;
  /**
   * The environment variables for a command that is to go through the proxy, to be laid over those that it inherits.
   * None, for the handle of no proxy.
   */
  env(options?: EnvOptions): Record<string, string>;
  /** Listens on one more free port, whose requests are known to be of this label, or command. */
  addListener(attribution: Partial<Attribution>): ProxyListener;
  /** The newest blocked requests, oldest first: those with a higher number than `after`. Reading takes nothing away. */
  blocked(after?: number): readonly NumberedRecord[];
  /** Allows a host while the proxy runs. @throws {Error} for what is no pattern, and for what is required otherwise */
  allow(pattern: string): Promise<void>;
  /** Denies a host while the proxy runs. */
  deny(pattern: string): Promise<void>;
  /** Switches the mode while the proxy runs. Rejects where another mode is required. */
  setMode(mode: Mode): Promise<void>;
  /**
   * Puts another configuration into force, whole or not at all; without one, the one before is read again. Rejects with a
   * `ConfigError` that names what is wrong with it, or what cannot change while the proxy runs.
   */
  replaceConfig(config?: ConfigObject | string): Promise<void>;
  /** Resolves once the proxy is over. */
  wait(): Promise<void>;
  /** Accepts nobody more, lets what is under way finish within `graceMs` (5 seconds), and closes everything. */
  shutdown(graceMs?: number): Promise<void>;
}

/** The handle of no proxy: its configuration switches it off. */
export function inactiveHandle(why: string): NetworkProxyHandle {
  const none = (): never => {
    throw new TypeError(`Cannot change a proxy that does not run: ${why}`);
  };
  return {
    addresses: null,
    inactive: why,
    adminToken: null,
    audit: { records: 0, sinks: [] },
    env: () => ({}),
    addListener: none,
    blocked: () => [],
    allow: () => new Promise(none),
    deny: () => new Promise(none),
    setMode: () => new Promise(none),
    replaceConfig: () => new Promise(none),
    wait: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
