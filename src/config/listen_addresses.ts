import { formatSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import { clampListen, type Listener } from "./clamp_listen.ts";
import type { NetworkConfig } from "./config.ts";
import type { Findings } from "./toml/findings.ts";
import { LOOPBACK_IPV4 } from "../net/address/ip.ts";
import { parseListenUrl } from "./listen_url.ts";
import { quote } from "./toml/printable.ts";
import type { LocatedTable, Place } from "./toml/located.ts";

/** Where each listener listens, or would. */
export interface ListenAddresses {
  readonly proxy: SocketAddress;
  readonly socks: SocketAddress;
  readonly admin: SocketAddress;
}

/** Reads the three URLs of `[network]` and keeps them on loopback. */
export function readListenAddresses(
  table: LocatedTable,
  network: NetworkConfig,
  findings: Findings,
): ListenAddresses {
  const unixSocketsAllowed = network.allow_unix_sockets.length > 0 ||
    network.dangerously_allow_all_unix_sockets;

  const read = (
    key: "proxy_url" | "socks_url" | "admin_url",
    defaultPort: number,
    listener: Omit<Listener, "address">,
  ): SocketAddress => {
    // A default needs no place: nothing is wrong with it, and nothing to be said about it.
    const place = table.entries.get(key)?.value.place ?? table.place;
    const parsed = parseUrl(key, network[key], defaultPort, place, findings);
    const clamped = clampListen({ ...listener, address: parsed.address }, unixSocketsAllowed);
    // Of a listener that does not open nothing needs to be said.
    if (key !== "socks_url" || network.enable_socks5) {
      for (const notice of [parsed.notice, clamped.notice]) {
        if (notice !== null) findings.notice(place, notice);
      }
    }
    return clamped.address;
  };

  const proxyKey = "dangerously_allow_non_loopback_proxy";
  const adminKey = "dangerously_allow_non_loopback_admin";
  const proxy = { overrideKey: proxyKey, allowNonLoopback: network[proxyKey] } as const;
  const admin = { overrideKey: adminKey, allowNonLoopback: network[adminKey] } as const;
  const addresses = {
    proxy: read("proxy_url", 3128, { name: "HTTP proxy", ...proxy }),
    socks: read("socks_url", 8081, { name: "SOCKS5 proxy", ...proxy }),
    admin: read("admin_url", 8080, { name: "admin API", ...admin }),
  };
  refuseSharedAdmin(addresses, table, network, findings);
  return addresses;
}

/** HTTP and SOCKS5 are told apart by a first byte; a request to us by HTTP and one through us are not. */
function refuseSharedAdmin(
  { proxy, socks, admin }: ListenAddresses,
  table: LocatedTable,
  network: NetworkConfig,
  findings: Findings,
): void {
  const adminAt = formatSocketAddress(admin);
  const others = [["proxy_url", proxy], ["socks_url", socks]] as const;
  for (const [key, address] of others) {
    if (admin.port === 0 || formatSocketAddress(address) !== adminAt) continue;
    if (key === "socks_url" && !network.enable_socks5) continue;
    // One of them is written: the defaults differ.
    const place = (table.entries.get("admin_url") ?? table.entries.get(key))?.value.place;
    const message = `"admin_url" and "${key}" are both ${adminAt}: give each its own port`;
    findings.fault(place ?? table.place, message);
  }
}

function parseUrl(
  key: string,
  text: string,
  defaultPort: number,
  place: Place,
  findings: Findings,
): { readonly address: SocketAddress; readonly notice: string | null } {
  const parsed = parseListenUrl(text, defaultPort);
  if (parsed.kind === "bad") {
    const mend = `write it like "http://127.0.0.1:${defaultPort}"`;
    findings.fault(place, `"${key}" is ${quote(text)}: ${parsed.why}; ${mend}`);
    return { address: { ip: LOOPBACK_IPV4, port: defaultPort }, notice: null };
  }
  const { address, replacedName } = parsed;
  const notice = replacedName === null
    ? null
    : `"${key}" names "${replacedName}": a name is not looked up and means 127.0.0.1 here`;
  return { address, notice };
}
