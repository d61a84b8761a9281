import { type BadHost, formatHost, type Host, parseHost } from "./host.ts";
import { formatIp, type IpAddress } from "./ip.ts";

/** Where a client wants to go, before anyone has looked it up. */
export interface Endpoint {
  readonly host: Host;
  /** 1 to 65535. */
  readonly port: number;
}

/** Where we really connect. */
export interface SocketAddress {
  readonly ip: IpAddress;
  /** 0 to 65535; 0 asks the system for a free port when listening. */
  readonly port: number;
}

const PORT_MAX = 65535;

/**
 * Reads `host:port` or `[v6]:port`. Without a port the default is taken; a null default makes the port
 * mandatory.
 */
export function parseEndpoint(text: string, defaultPort: number | null): Endpoint | BadHost {
  const hostEnd = text.startsWith("[") ? text.indexOf("]") : 0;
  const colon = hostEnd === -1 ? -1 : text.indexOf(":", hostEnd);
  const host = parseHost(colon === -1 ? text : text.slice(0, colon));
  const port = colon === -1
    ? defaultPort ?? bad("the port is missing")
    : parsePort(text.slice(colon + 1));
  if (typeof port === "number") return host.kind === "bad" ? whyNot(text, host) : { host, port };
  return whyNot(text, host.kind === "bad" ? host : port);
}

/** The mistake behind the fault, where the text shows a well-known one. */
function whyNot(text: string, fault: BadHost): BadHost {
  if (text.includes("@")) return bad("user information is not accepted");
  if (!text.startsWith("[") && text.indexOf(":") !== text.lastIndexOf(":")) {
    return bad("it has more than one colon: an IPv6 address goes in brackets");
  }
  return fault;
}

/** Reads a port: 1 to 65535 in plain decimal, without a sign, a space or a leading zero. */
export function parsePort(text: string): number | BadHost {
  if (text === "") return bad("the port is missing");
  let port = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return bad("the port is not a plain decimal number");
    // Capped, so that no number of digits comes round to a port again.
    port = Math.min(port * 10 + digit, PORT_MAX + 1);
  }
  if (port === 0 || port > PORT_MAX) return bad("the port is not between 1 and 65535");
  return text.startsWith("0") ? bad("the port has a leading zero") : port;
}

/** Whether both are the same host, as parsed, and the same port. */
export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && sameHost(a.host, b.host);
}

function sameHost(a: Host, b: Host): boolean {
  if (a.kind === "name") return b.kind === "name" && a.name === b.name;
  return b.kind === "ip" && sameIp(a.ip, b.ip);
}

/** Whether both are the same address and the same port. */
export function sameSocketAddress(a: SocketAddress, b: SocketAddress): boolean {
  return a.port === b.port && sameIp(a.ip, b.ip);
}

function sameIp(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.bits === b.bits;
}

/** Prints `host:port`, with brackets round an IPv6 address. */
export function formatEndpoint(endpoint: Endpoint): string {
  const { host, port } = endpoint;
  return host.kind === "ip"
    ? formatSocketAddress({ ip: host.ip, port })
    : `${formatHost(host)}:${port}`;
}

/** Prints `ip:port`, with brackets round an IPv6 address. */
export function formatSocketAddress(address: SocketAddress): string {
  const ip = formatIp(address.ip);
  return address.ip.family === 4 ? `${ip}:${address.port}` : `[${ip}]:${address.port}`;
}

function bad(why: string): BadHost {
  return { kind: "bad", why };
}
