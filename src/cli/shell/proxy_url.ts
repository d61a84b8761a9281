import { clientAddress } from "../../net/address/client_address.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";

/** What `HTTP_PROXY` is set to for a listener. */
export function proxyUrl(listener: SocketAddress): string {
  return `http://${formatSocketAddress(clientAddress(listener))}`;
}

/** What `ALL_PROXY` is set to for a listener of SOCKS5. Names are looked up by the proxy, not by its client. */
export function socksUrl(listener: SocketAddress): string {
  return `socks5h://${formatSocketAddress(clientAddress(listener))}`;
}
