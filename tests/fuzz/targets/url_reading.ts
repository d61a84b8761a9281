// The second opinion: what a browser makes of the same text.
import type { Endpoint } from "../../../src/net/address/endpoint.ts";
import { formatHost, type Host, parseHost } from "../../../src/net/address/host.ts";
import { formatIp, parseIp } from "../../../src/net/address/ip.ts";
import { expect, expectSame } from "../expect.ts";

/** Fails where a URL with this authority is about another host, or on another port. */
export function expectSameInUrl(
  authority: string,
  { host, port }: Endpoint,
  scheme = "http",
): void {
  const url = URL.parse(`${scheme}://${authority}/`);
  expect(url !== null, `accepts ${JSON.stringify(authority)}, and URL does not`);
  expectSameHost(url.hostname, host);
  expectSame(Number(url.port || { http: 80, https: 443 }[scheme]), port, "the port in a URL");
}

/** Fails where the host name of a URL is another host. */
export function expectSameHost(hostname: string, host: Host): void {
  // URL keeps the trailing dot, and means the same.
  if (host.kind === "name") return expectSame(hostname.replace(/\.$/, ""), host.name, "the host");
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  expectSame(parseIp(bare), host.ip, "the address");
}

/** Fails where what is printed of a host is read as another one, or as none. */
export function expectPrintable(host: Host): void {
  const isBracketed = host.kind === "ip" && host.ip.family === 6;
  const printed = formatHost(host);
  expectSame(parseHost(isBracketed ? `[${printed}]` : printed), host, "a host printed and read");
  if (host.kind === "ip") expectSame(parseIp(formatIp(host.ip)), host.ip, "an address read again");
}
