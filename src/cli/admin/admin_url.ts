import { parseEndpoint, type SocketAddress } from "../../net/address/endpoint.ts";
import type { BadHost } from "../../net/address/host.ts";
import { LOOPBACK_IPV4 } from "../../net/address/ip.ts";
import { classifyIp } from "../../net/address/ip_class.ts";

/** Where Doorward listens for commands unless told otherwise. */
const DEFAULT_PORT = 8080;

/** Reads `http://127.0.0.1:8080`; without a scheme it is `http`, without a port 8080. No name is looked up. */
export function parseAdminUrl(text: string): SocketAddress | BadHost {
  const [, scheme = "http", rest = ""] = /^(?:([^:/?#]*):\/\/)?([^]*)$/.exec(text.trim())!;
  if (scheme.toLowerCase() !== "http") return bad("Doorward listens for commands on http:// only");
  const endpoint = parseEndpoint(rest.replace(/[/?#][^]*$/, ""), DEFAULT_PORT);
  if ("kind" in endpoint) return endpoint;
  const { host, port } = endpoint;
  if (host.kind === "ip") return { ip: host.ip, port };
  if (host.name === "localhost") return { ip: LOOPBACK_IPV4, port };
  return bad("a name is not looked up: write an address");
}

/** Whether it is on this machine for certain, so that a token sent there stays here. */
export function isHere({ ip }: SocketAddress): boolean {
  // An IPv6 address that only carries a loopback address is not one of ours.
  return ip.family === 4 ? classifyIp(ip) === "loopback" : ip.bits === 1n;
}

function bad(why: string): BadHost {
  return { kind: "bad", why };
}
