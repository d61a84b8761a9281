import { assert, assertEquals } from "@std/assert";
import { formatIp, parseIp } from "../../../src/net/address/ip.ts";
import {
  addressKey,
  classifyIp,
  embeddedIpv4,
  type IpClass,
  isatapIpv4,
} from "../../../src/net/address/ip_class.ts";
import { ipWidth, parseIpRange } from "../../../src/net/address/ip_range.ts";
import { SPECIAL_ADDRESSES } from "../../../src/net/address/special_addresses.ts";

const TABLE: Readonly<Record<IpClass, readonly string[]>> = {
  public: [
    ...["1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255"],
    ...["100.128.0.0", "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17"],
    ...["169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255"],
    ...["192.0.1.0", "192.0.3.0", "192.31.196.1", "192.52.193.1", "192.88.98.255", "192.88.100.0"],
    ...["192.167.255.255", "192.169.0.0", "192.175.48.1", "198.17.255.255", "198.20.0.0"],
    ...["203.0.112.255", "203.0.114.0", "223.255.255.255"],
    ...["2000::", "2001:200::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1"],
    ...["2001:3::1", "2001:4:112::1", "2001:20::1", "2001:2f:ffff::", "2001:30::1", "2003::1"],
    ...["2606:4700:4700::1111", "2620:4f:8000::1", "3ffe::1", "3fff:1000::"],
    // Transition forms of a public address
    ...["::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"],
    // ISATAP of two public addresses
    ...["2606:4700::5efe:8.8.8.8", "2606:4700::200:5efe:8.8.8.8"],
  ],
  loopback: [
    ...["127.0.0.0", "127.0.0.1", "127.1.2.3", "127.255.255.255", "::1"],
    ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1"],
    ...["2002:7f00:1::", "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:127.0.0.1"],
  ],
  private: [
    ...["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0"],
    ...["192.168.255.255", "100.64.0.0", "100.127.255.255", "100.100.100.199", "100.100.100.201"],
    ...["fc00::", "fc00::1", "fdff:ffff::", "fd00:ec2::253", "fd00:ec2::255"],
    ...["::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::1", "2606:4700::5efe:10.0.0.1"],
  ],
  link_local: [
    ...["169.254.0.0", "169.254.169.253", "169.254.170.2", "169.254.255.255"],
    ...["fe80::", "fe80::1", "febf:ffff::", "fec0::1", "feff::1", "::ffff:169.254.1.1"],
    ...["2002:a9fe:101::", "fe80::5efe:8.8.8.8", "fe80::5efe:10.0.0.1"],
  ],
  metadata: [
    ...["169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
    ...["fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42"],
    ...["::ffff:169.254.169.254", "0:0:0:0:0:ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe"],
    ...["2002:a9fe:a9fe::1", "::169.254.169.254", "::ffff:0:169.254.169.254"],
    "2606:4700::5efe:169.254.169.254",
  ],
  multicast: [
    ...["224.0.0.0", "224.0.0.1", "239.255.255.255", "ff00::", "ff02::1", "ffff::1"],
    "::ffff:224.0.0.1",
  ],
  unspecified: ["0.0.0.0", "::", "::ffff:0.0.0.0", "64:ff9b::", "2002::1"],
  reserved: [
    ...["0.0.0.1", "0.1.2.3", "0.255.255.255", "192.0.0.0", "192.0.0.1", "192.0.0.9"],
    ...["192.0.0.10", "192.0.0.170", "192.0.0.255", "192.0.2.1", "192.88.99.1", "192.88.99.2"],
    ...["198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "240.0.0.0"],
    ...["240.0.0.1", "255.255.255.254", "255.255.255.255"],
    // IPv4-compatible: never better than reserved
    ...["::8.8.8.8", "::127.0.0.1", "::10.0.0.1", "::2"],
    ...["64:ff9b:1::7f00:1", "64:ff9b:1::8.8.8.8", "64:ff9b:2::1", "64:ff9a::1", "100::1"],
    ...["100:0:0:1::1", "100:0:0:2::1", "200::1", "1fff:ffff::", "::1:0:0:0", "::5efe:10.0.0.1"],
    // Teredo, whatever it carries, and the rest of 2001::/23
    ...["2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001::", "2001:0:808:808::", "2001:1::1"],
    ...["2001:1::2", "2001:1::3", "2001:2::1", "2001:5::1", "2001:10::1", "2001:1f:ffff::"],
    ...["2001:40::1", "2001:1ff:ffff::", "2001:db8::1", "3fff::1", "3fff:fff:ffff::"],
    ...["4000::", "5f00::1", "8000::1", "fbff:ffff::", "fe00::1", "fe7f:ffff::"],
    ...["::ffff:192.0.2.1", "2002:c000:201::", "::ffff:0:240.0.0.1", "64:ff9b::198.18.0.1"],
  ],
};

for (const [kind, addresses] of Object.entries(TABLE)) {
  Deno.test(`classifyIp() calls these ${kind}`, () => {
    for (const text of addresses) assertEquals(classifyIp(parseIp(text)!), kind, text);
  });
}

// Upstream: is_non_public_ip_rejects_private_and_loopback_ranges.
Deno.test("classifyIp() calls public only what upstream does", () => {
  const nonPublic = [
    ...["127.0.0.1", "10.0.0.1", "192.168.0.1", "100.64.0.1", "192.0.0.1", "192.0.2.1"],
    ...["198.18.0.1", "198.51.100.1", "203.0.113.1", "240.0.0.1", "0.1.2.3"],
    ...["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::1", "fe80::1", "fc00::1"],
  ];
  for (const text of nonPublic) assert(classifyIp(parseIp(text)!) !== "public", text);
  for (const text of ["8.8.8.8", "::ffff:8.8.8.8"]) {
    assertEquals(classifyIp(parseIp(text)!), "public", text);
  }
});

Deno.test("classifyIp() follows the table at both ends of every block", () => {
  const single = SPECIAL_ADDRESSES.map(({ block }) => parseIpRange(block)!)
    .filter(({ network, prefix }) => prefix === ipWidth(network))
    .map(({ network }) => network.bits);
  // What carries an address is judged by that, and other blocks cover the ends of the widest.
  const blocks = SPECIAL_ADDRESSES.filter(({ block, ipv4At }) =>
    !block.endsWith("/0") && ipv4At === undefined
  );
  for (const special of blocks) {
    const { network, prefix } = parseIpRange(special.block)!;
    const last = network.bits + (1n << BigInt(ipWidth(network) - prefix)) - 1n;
    const isOne = prefix === ipWidth(network);
    const ends = [network.bits, last].filter((bits) => isOne || !single.includes(bits));
    for (const bits of ends) {
      assertEquals(classifyIp({ family: network.family, bits }), special.class, special.block);
    }
  }
});

Deno.test("embeddedIpv4() finds the address that another stands for", () => {
  const table: Record<string, string | null> = {
    "::ffff:127.0.0.1": "127.0.0.1",
    "::ffff:0:10.0.0.1": "10.0.0.1",
    "::10.0.0.1": "10.0.0.1",
    "64:ff9b::a9fe:a9fe": "169.254.169.254",
    "2002:7f00:1::": "127.0.0.1",
    "2002:7f00:1:ffff:ffff:ffff:ffff:ffff": "127.0.0.1",
    "127.0.0.1": null,
    "::1": null,
    "::": null,
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": null,
    "64:ff9b:1::7f00:1": null,
    "2606:4700::5efe:10.0.0.1": null,
    "2606:4700::1111": null,
  };
  for (const [text, expected] of Object.entries(table)) {
    const embedded = embeddedIpv4(parseIp(text)!);
    assertEquals(embedded && formatIp(embedded), expected, text);
  }
});

Deno.test("isatapIpv4() finds what an interface identifier claims", () => {
  const table: Record<string, string | null> = {
    "2606:4700::5efe:10.0.0.1": "10.0.0.1",
    "fe80::200:5efe:192.0.2.1": "192.0.2.1",
    "fe80::5eff:10.0.0.1": null,
    "fe80::1:5efe:10.0.0.1": null,
    "fe80::100:5efe:10.0.0.1": null,
    "10.0.0.1": null,
    "::ffff:10.0.0.1": null,
  };
  for (const [text, expected] of Object.entries(table)) {
    const claimed = isatapIpv4(parseIp(text)!);
    assertEquals(claimed && formatIp(claimed), expected, text);
  }
});

Deno.test("addressKey() is the same for what leads to the same place, and for nothing else", () => {
  const key = (text: string) => addressKey(parseIp(text)!);
  const same = ["10.0.0.5", "::ffff:10.0.0.5", "64:ff9b::10.0.0.5", "::ffff:a00:5"];
  assertEquals(new Set(same.map(key)).size, 1);
  assertEquals(
    new Set(["10.0.0.5", "10.0.0.6", "2001:db8::5", "::1", "127.0.0.1"].map(key)).size,
    5,
  );
});
