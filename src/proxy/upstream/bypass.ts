import type { Endpoint } from "../../net/address/endpoint.ts";
import type { IpAddress } from "../../net/address/ip.ts";
import { embeddedIpv4 } from "../../net/address/ip_class.ts";
import { type IpRange, rangeContains } from "../../net/address/ip_range.ts";

/** One entry of `NO_PROXY`: what it names, and the port it is about; null is any. */
export type BypassEntry =
  & { readonly port: number | null }
  & (
    | { readonly kind: "everything" }
    /** The name and all below it; lower case, without dots at its ends. */
    | { readonly kind: "name"; readonly name: string }
    /** One address is a range of one. */
    | { readonly kind: "range"; readonly range: IpRange }
  );

/**
 * Whether an entry says that this target is reached without a proxy. A range also means a name all of whose
 * addresses lie in it; `ips` is empty while they are not known.
 */
export function isBypassed(
  entries: readonly BypassEntry[],
  { host, port }: Endpoint,
  ips: readonly IpAddress[],
): boolean {
  const known = host.kind === "ip" ? [host.ip] : ips;
  return entries.some((entry) => {
    if (entry.port !== null && entry.port !== port) return false;
    switch (entry.kind) {
      case "everything":
        return true;
      case "name":
        return host.kind === "name" && isAtOrBelow(host.name, entry.name);
      case "range":
        return known.length > 0 && known.every((ip) => liesIn(ip, entry.range));
    }
  });
}

function isAtOrBelow(name: string, top: string): boolean {
  return name === top || name.endsWith(`.${top}`);
}

/** What is sent to an address that carries an IPv4 address arrives at that one. */
function liesIn(ip: IpAddress, range: IpRange): boolean {
  if (rangeContains(range, ip)) return true;
  const inner = embeddedIpv4(ip);
  return inner !== null && rangeContains(range, inner);
}
