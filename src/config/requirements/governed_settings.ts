import type { Origin } from "../../policy/rule.ts";
import type { NetworkConfig } from "../config.ts";
import type { PlacedRule } from "../domain_lists.ts";
import type { PinnedSocket } from "./requirements.ts";

/** What requirements have a say in. */
export type GovernedNetwork = Pick<
  NetworkConfig,
  | "enabled"
  | "proxy_url"
  | "socks_url"
  | "allow_upstream_proxy"
  | "dangerously_allow_non_loopback_proxy"
  | "dangerously_allow_non_loopback_admin"
  | "mode"
  | "allow_local_binding"
  | "dangerously_allow_all_unix_sockets"
  | "dangerously_allow_all_domains"
  | "ask"
>;

/** Settings, with the lists apart: each of their entries has a place. */
export interface GovernedSettings {
  readonly network: GovernedNetwork;
  readonly allow: readonly PlacedRule[];
  readonly deny: readonly PlacedRule[];
  readonly unixSockets: readonly PinnedSocket[];
  /** Where a dotted key (`network.mode`) was written; undefined for a default. */
  readonly originOf: (key: string) => Origin | undefined;
}

/** What holds a command besides Doorward: `full` is nothing at all, where a command can pass Doorward by. */
export type Access = "restricted" | "full";
