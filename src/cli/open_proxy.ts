import type { BlockedRecord } from "../audit/blocked_record.ts";
import type { Config } from "../config/config.ts";
import { refuseOwnListeners, upstreamSettings } from "../config/upstream_routes.ts";
import { sameSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import { trusting } from "../net/tls_client.ts";
import { tlsServing } from "../net/tls_server.ts";
import { compilePolicy } from "../policy/compile.ts";
import { policyCell, type PolicyDocument } from "../policy/policy.ts";
import type { ProxyOptions, RunningProxy } from "../proxy/proxy.ts";
import { chooseUpstream, proxiesOf } from "../proxy/upstream/choose_upstream.ts";
import { listenFailure, socksListenFailure } from "./printed/listen_failure.ts";
import type { OpenAuthority } from "./open_authority.ts";
import type { Line } from "./printed/terminal.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a proxy of the command line is given. */
export interface OpenOptions {
  readonly config: Config;
  readonly policy: PolicyDocument;
  readonly listen: SocketAddress;
  /** As in `ProxyOptions`. */
  readonly socks: ProxyOptions["socks"];
  /** As in `ProxyOptions`. */
  readonly asking: ProxyOptions["asking"];
  readonly alsoOurs: ProxyOptions["alsoOurs"];
  /** What HTTPS is looked into with; null where it is not. */
  readonly trust: OpenAuthority | null;
  /** Whether files are written while it runs: approvals, violations. */
  readonly writesFiles: boolean;
  readonly record: (blocked: BlockedRecord, unsaid: readonly string[]) => void;
  readonly diagnose: (line: string) => void;
}

/**
 * Starts a proxy. Null when it cannot listen, which has been explained on standard error then.
 *
 * @throws {ConfigError} when it would be its own upstream proxy
 */
export function openProxy(options: OpenOptions, here: Surroundings): RunningProxy | null {
  const { config, listen, socks } = options;
  const upstream = upstreamSettings(config, here.env);
  refuseOwnListeners(upstream, socks === null || socks === "shared" ? [listen] : [listen, socks]);
  // Unix sockets take leave to write, too. Where neither does, it would be there for nothing.
  if (!options.writesFiles && !reachesSockets(options.policy)) here.giveUpWriting();
  try {
    return here.startProxy({
      listen,
      socks,
      socksUdp: config.network.enable_socks5_udp,
      upstream: chooseUpstream(upstream),
      upstreamProxies: proxiesOf(upstream),
      policy: policyCell(compilePolicy(options.policy)),
      asking: options.asking,
      alsoOurs: options.alsoOurs,
      interception: interceptionBy(options.trust),
      limits: config.limits,
      via: config.network.via,
      blockedCapacity: config.network.blocked_capacity,
      outside: {
        dial: here.dial,
        resolve: here.resolve,
        clock: here.clock,
        startTls: here.startTls,
        bindUdp: here.bindUdp,
        unixSockets: here.unixSockets,
        record: options.record,
      },
      diagnose: options.diagnose,
    });
  } catch (error) {
    const failure = listenFailure(error, listen) ?? socksFailure(error, socks);
    if (failure === null) throw error;
    failure.forEach((line) => here.terminal.err.line(...line));
    return null;
  }
}

/** What ends TLS inside tunnels and begins it anew. Whom Doorward signs itself is no server to it. */
function interceptionBy(trust: OpenAuthority | null): ProxyOptions["interception"] {
  if (trust === null) return null;
  const { authority, roots } = trust;
  return {
    secureClient: tlsServing(),
    identityFor: (host) => authority.identityFor(host),
    secureServer: trusting(roots),
  };
}

/** Where `start` listens for SOCKS5: beside HTTP where both URLs name the same port. */
export function socksListener(
  { proxyAddress, socksAddress }: Pick<Config, "proxyAddress" | "socksAddress">,
): ProxyOptions["socks"] {
  if (socksAddress === null || socksAddress.port === 0) return socksAddress;
  return sameSocketAddress(socksAddress, proxyAddress) ? "shared" : socksAddress;
}

function reachesSockets({ unixSockets, dangerouslyAllowAllUnixSockets }: PolicyDocument): boolean {
  return dangerouslyAllowAllUnixSockets || unixSockets.length > 0;
}

function socksFailure(error: unknown, socks: ProxyOptions["socks"]): readonly Line[] | null {
  if (socks === null || socks === "shared" || !(error instanceof Error)) return null;
  return socksListenFailure(error.cause, socks);
}
