import type { Config } from "../config/config.ts";
import { proxyOptions, type ProxyParts } from "../library/proxy_options.ts";
import { sameSocketAddress } from "../net/address/endpoint.ts";
import type { PolicyDocument } from "../policy/policy.ts";
import type { ProxyOptions, RunningProxy } from "../proxy/proxy.ts";
import { listenFailure, socksListenFailure } from "./printed/listen_failure.ts";
import type { Line } from "./printed/terminal.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a proxy of the command line is given. */
export interface OpenOptions extends Omit<ProxyParts, "listeners"> {
  /** Whether files are written while it runs: approvals, violations, records. */
  readonly writesFiles: boolean;
}

/**
 * Starts a proxy. Null when it cannot listen, which has been explained on standard error then.
 *
 * @throws {ConfigError} when it would be its own upstream proxy
 */
export async function openProxy(
  { writesFiles, ...parts }: OpenOptions,
  here: Surroundings,
): Promise<RunningProxy | null> {
  const { listen, socks, policy } = parts;
  const options = proxyOptions(parts, here);
  // Unix sockets take leave to write, too. Where neither does, it would be there for nothing.
  if (!writesFiles && !reachesSockets(policy)) here.giveUpWriting();
  try {
    return await here.startProxy(options);
  } catch (error) {
    const failure = listenFailure(error, listen) ?? socksFailure(error, socks);
    if (failure === null) throw error;
    failure.forEach((line) => here.terminal.err.line(...line));
    return null;
  }
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
