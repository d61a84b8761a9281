import type { Config } from "../config/config.ts";
import { refuseOwnListeners, upstreamSettings } from "../config/upstream_routes.ts";
import { trusting } from "../net/tls_client.ts";
import { tlsServing } from "../net/tls_server.ts";
import { compilePolicy } from "../policy/compile.ts";
import { policyCell, type PolicyDocument } from "../policy/policy.ts";
import type { Outside, ProxyOptions } from "../proxy/proxy.ts";
import { chooseUpstream, proxiesOf } from "../proxy/upstream/choose_upstream.ts";
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
    interception: interceptionBy(trust),
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

/** What ends TLS inside tunnels and begins it anew. Whom Doorward signs itself is no server to it. */
function interceptionBy(trust: OpenAuthority | null): ProxyOptions["interception"] {
  if (trust === null) return null;
  const { authority, roots } = trust;
  return {
    secureClient: tlsServing(),
    identityFor: (host, full) => authority.identityFor(host, full),
    secureServer: trusting(roots),
  };
}
