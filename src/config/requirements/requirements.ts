// What an administrator imposes, and a user's configuration can only tighten. It is no configuration: nothing in it
// is a default, and what it does not speak of is the user's.
import type { Mode } from "../../policy/policy.ts";
import type { Origin } from "../../policy/rule.ts";
import type { PlacedRule } from "../domain_lists.ts";

/** A value that somebody has imposed, and where. */
export interface Pinned<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** The path of a unix socket that may be reached, and where that is said. */
export type PinnedSocket = Pinned<string>;

/** The keys of `[experimental_network]` that hold one value each; null where nobody wrote it. */
export interface PinnedValues {
  readonly enabled: Pinned<boolean> | null;
  readonly mode: Pinned<Mode> | null;
  readonly http_port: Pinned<number> | null;
  readonly socks_port: Pinned<number> | null;
  readonly allow_upstream_proxy: Pinned<boolean> | null;
  readonly dangerously_allow_non_loopback_proxy: Pinned<boolean> | null;
  readonly dangerously_allow_non_loopback_admin: Pinned<boolean> | null;
  readonly dangerously_allow_all_unix_sockets: Pinned<boolean> | null;
  readonly allow_local_binding: Pinned<boolean> | null;
  readonly managed_allowed_domains_only: Pinned<boolean> | null;
  readonly danger_full_access_denylist_only: Pinned<boolean> | null;
}

/** Requirements, read and checked. */
export interface Requirements {
  readonly values: PinnedValues;
  /** `network_proxy` of `[features]`. */
  readonly feature: Pinned<boolean> | null;
  /** The managed allow rules. None is no constraint, unless `managed_allowed_domains_only` is true. */
  readonly allow: readonly PlacedRule[];
  /** The managed deny rules. */
  readonly deny: readonly PlacedRule[];
  /** The only unix sockets that may be reached, which may be none; null leaves them to the user. */
  readonly unixSockets: Pinned<readonly PinnedSocket[]> | null;
}

/** What holds where nobody requires anything. */
export const NO_REQUIREMENTS: Requirements = {
  values: {
    enabled: null,
    mode: null,
    http_port: null,
    socks_port: null,
    allow_upstream_proxy: null,
    dangerously_allow_non_loopback_proxy: null,
    dangerously_allow_non_loopback_admin: null,
    dangerously_allow_all_unix_sockets: null,
    allow_local_binding: null,
    managed_allowed_domains_only: null,
    danger_full_access_denylist_only: null,
  },
  feature: null,
  allow: [],
  deny: [],
  unixSockets: null,
};
