import { clientAddress } from "../../net/address/client_address.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";

/**
 * What `HTTP_PROXY` is set to for a listener.
 *
 * @param attempt the id by which requests with that URL are told from others, as their user name (the seeds)
 */
export function proxyUrl(listener: SocketAddress, attempt: string | null = null): string {
  const user = attempt === null ? "" : `codex-net-attempt-${encodeURIComponent(attempt)}@`;
  return `http://${user}${formatSocketAddress(clientAddress(listener))}`;
}

/** What `ALL_PROXY` is set to for a listener of SOCKS5. Names are looked up by the proxy, not by its client. */
export function socksUrl(listener: SocketAddress): string {
  return `socks5h://${formatSocketAddress(clientAddress(listener))}`;
}
