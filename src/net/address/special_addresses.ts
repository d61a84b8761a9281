import type { IpClass } from "./ip_class.ts";

/** One block of addresses that is not simply the open internet. */
export interface SpecialAddresses {
  /** CIDR. Where blocks overlap the narrowest one counts. */
  readonly block: string;
  /** The class of what lies in it; at best this, where the block carries IPv4 addresses. */
  readonly class: IpClass;
  /** Where the block carries an IPv4 address: how many bits stand to its right. */
  readonly ipv4At?: 0 | 80;
  /** What it is, and who says so. */
  readonly why: string;
}

/**
 * The IANA special-purpose address registries, whole (IPv4 and IPv6, as of 2025-10), what RFC 4291
 * assigns besides, and the addresses where clouds hand out credentials.
 */
export const SPECIAL_ADDRESSES: readonly SpecialAddresses[] = [
  { block: "0.0.0.0/0", class: "public", why: "what no row below names, RFC 791" },
  { block: "0.0.0.0/8", class: "reserved", why: "this network, RFC 791 section 3.2" },
  { block: "0.0.0.0/32", class: "unspecified", why: "this host, RFC 1122 section 3.2.1.3" },
  { block: "10.0.0.0/8", class: "private", why: "private use, RFC 1918" },
  { block: "100.64.0.0/10", class: "private", why: "shared behind carriers' NAT, RFC 6598" },
  { block: "100.100.100.200/32", class: "metadata", why: "Alibaba Cloud metadata service" },
  { block: "127.0.0.0/8", class: "loopback", why: "loopback, RFC 1122 section 3.2.1.3" },
  { block: "168.63.129.16/32", class: "metadata", why: "Azure host agent (WireServer)" },
  { block: "169.254.0.0/16", class: "link_local", why: "link local, RFC 3927" },
  { block: "169.254.169.254/32", class: "metadata", why: "metadata service of most clouds" },
  { block: "172.16.0.0/12", class: "private", why: "private use, RFC 1918" },
  // Stricter: the registry calls 192.0.0.9 and .10 (RFC 7723, RFC 8155) globally reachable, but what
  // answers there is the nearest NAT gateway, which no agent has business with.
  { block: "192.0.0.0/24", class: "reserved", why: "IETF protocol assignments, RFC 6890" },
  { block: "192.0.0.192/32", class: "metadata", why: "Oracle Cloud metadata service, classic" },
  { block: "192.0.2.0/24", class: "reserved", why: "documentation, RFC 5737" },
  { block: "192.31.196.0/24", class: "public", why: "AS112, RFC 7535" },
  { block: "192.52.193.0/24", class: "public", why: "AMT, RFC 7450" },
  { block: "192.88.99.0/24", class: "reserved", why: "6to4 relay (RFC 7526), 6a44 (RFC 6751)" },
  { block: "192.168.0.0/16", class: "private", why: "private use, RFC 1918" },
  { block: "192.175.48.0/24", class: "public", why: "AS112 by delegation, RFC 7534" },
  { block: "198.18.0.0/15", class: "reserved", why: "benchmarking, RFC 2544" },
  { block: "198.51.100.0/24", class: "reserved", why: "documentation, RFC 5737" },
  { block: "203.0.113.0/24", class: "reserved", why: "documentation, RFC 5737" },
  { block: "224.0.0.0/4", class: "multicast", why: "multicast, RFC 5771" },
  { block: "240.0.0.0/4", class: "reserved", why: "future use, RFC 1112 section 4" },
  { block: "255.255.255.255/32", class: "reserved", why: "limited broadcast, RFC 919 section 7" },

  // Only 2000::/3 is global unicast: whatever no row below names is reserved (RFC 4291 section 2.4).
  { block: "::/0", class: "reserved", why: "not assigned, RFC 4291 section 4" },
  // Deprecated, and some systems still route it to the IPv4 address inside.
  {
    block: "::/96",
    class: "reserved",
    ipv4At: 0,
    why: "IPv4-compatible, RFC 4291 section 2.5.5.1",
  },
  { block: "::/128", class: "unspecified", why: "unspecified, RFC 4291 section 2.5.2" },
  { block: "::1/128", class: "loopback", why: "loopback, RFC 4291 section 2.5.3" },
  { block: "::ffff:0:0/96", class: "public", ipv4At: 0, why: "IPv4-mapped, RFC 4291" },
  { block: "::ffff:0:0:0/96", class: "public", ipv4At: 0, why: "IPv4-translated, RFC 2765" },
  { block: "64:ff9b::/96", class: "public", ipv4At: 0, why: "NAT64, RFC 6052" },
  { block: "64:ff9b:1::/48", class: "reserved", why: "NAT64 for local use, RFC 8215" },
  { block: "100::/64", class: "reserved", why: "discard only, RFC 6666" },
  { block: "100:0:0:1::/64", class: "reserved", why: "dummy prefix, RFC 9780" },
  { block: "2000::/3", class: "public", why: "global unicast, RFC 3587" },
  // The anycast addresses 2001:1::1, ::2 and ::3 inside it are as 192.0.0.9 above.
  { block: "2001::/23", class: "reserved", why: "IETF protocol assignments, RFC 2928" },
  // Judging it by its two IPv4 addresses would mean trusting a relay that the address names itself.
  { block: "2001::/32", class: "reserved", why: "Teredo, RFC 4380" },
  { block: "2001:2::/48", class: "reserved", why: "benchmarking, RFC 5180" },
  { block: "2001:3::/32", class: "public", why: "AMT, RFC 7450" },
  { block: "2001:4:112::/48", class: "public", why: "AS112, RFC 7535" },
  { block: "2001:10::/28", class: "reserved", why: "ORCHID, withdrawn, RFC 4843" },
  { block: "2001:20::/28", class: "public", why: "ORCHIDv2, RFC 7343" },
  { block: "2001:30::/28", class: "public", why: "drone remote identification, RFC 9374" },
  { block: "2001:db8::/32", class: "reserved", why: "documentation, RFC 3849" },
  { block: "2002::/16", class: "public", ipv4At: 80, why: "6to4, RFC 3056" },
  { block: "2620:4f:8000::/48", class: "public", why: "AS112 by delegation, RFC 7534" },
  { block: "3fff::/20", class: "reserved", why: "documentation, RFC 9637" },
  { block: "5f00::/16", class: "reserved", why: "segment routing, RFC 9602" },
  { block: "fc00::/7", class: "private", why: "unique local, RFC 4193" },
  { block: "fd00:42::42/128", class: "metadata", why: "Scaleway metadata service" },
  { block: "fd00:c1::a9fe:a9fe/128", class: "metadata", why: "Oracle Cloud metadata service" },
  { block: "fd00:ec2::23/128", class: "metadata", why: "AWS credentials for pods (EKS)" },
  { block: "fd00:ec2::254/128", class: "metadata", why: "AWS metadata service" },
  { block: "fd20:ce::254/128", class: "metadata", why: "Google Cloud metadata service" },
  { block: "fe80::/10", class: "link_local", why: "link local, RFC 4291 section 2.5.6" },
  { block: "fec0::/10", class: "link_local", why: "site local, withdrawn, RFC 3879" },
  { block: "ff00::/8", class: "multicast", why: "multicast, RFC 4291 section 2.7" },
];
