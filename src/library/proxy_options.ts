import type { Config } from "../config/config.ts";
import { refuseOwnListeners, upstreamSettings } from "../config/upstream_routes.ts";
import { compilePolicy } from "../policy/compile.ts";
import { policyCell, type PolicyDocument } from "../policy/policy.ts";
import type { Outside, ProxyOptions } from "../proxy/proxy.ts";
import { chooseUpstream, proxiesOf } from "../proxy/upstream/choose_upstream.ts";
import { interceptionBy } from "./interception_by.ts";
import type { Machine } from "./machine.ts";
import type { OpenAuthority } from "./open_authority.ts";

/** What a configuration does not say of a proxy. */
export interface ProxyParts extends
  Pick<
    ProxyOptions,
    | "listen"
    | "socks"
    | "listeners"
    | "asking"
    | "decider"
    | "audit"
    | "attribution"
    | "alsoOurs"
    | "diagnose"
    | "workers"
  > {
  readonly config: Config;
  readonly policy: PolicyDocument;
  /** What HTTPS is looked into with; null where it is not. */
  readonly trust: OpenAuthority | null;
  readonly record: Outside["record"];
}

/**
 * Everything that a proxy is started with, from a configuration.
 *
 * @throws {ConfigError} when it would be its own upstream proxy
 */
export function proxyOptions(parts: ProxyParts, machine: Machine): ProxyOptions {
  const { config, policy, trust, record, ...rest } = parts;
  const { listen, socks } = rest;
  const upstream = upstreamSettings(config, machine.env);
  refuseOwnListeners(upstream, socks === null || socks === "shared" ? [listen] : [listen, socks]);
  return {
    ...rest,
    socksUdp: config.network.enable_socks5_udp,
    upstream: chooseUpstream(upstream),
    upstreamProxies: proxiesOf(upstream),
    policy: policyCell(compilePolicy(policy)),
    interception: trust === null ? null : interceptionBy(trust),
    limits: config.limits,
    via: config.network.via,
    blockedCapacity: config.network.blocked_capacity,
    outside: {
      dial: machine.dial,
      resolve: machine.resolve,
      clock: machine.clock,
      startTls: machine.startTls,
      bindUdp: machine.bindUdp,
      unixSockets: machine.unixSockets,
      record,
    },
  };
}
