import type { Config } from "../../config/config.ts";
import type { SocketAddress } from "../../net/address/endpoint.ts";

/**
 * What `ALL_PROXY` names: SOCKS5 while it is on (the seeds), unless somebody wrote that it is HTTP. A port that
 * only the running proxy knows cannot be printed; there the HTTP proxy serves as well.
 */
export function allProxyOf({ network, socksAddress, originOf }: Config): SocketAddress | null {
  const isHttpWritten = network.all_proxy === "http" && originOf("network.all_proxy") !== undefined;
  return isHttpWritten || socksAddress?.port === 0 ? null : socksAddress;
}
