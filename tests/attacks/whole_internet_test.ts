// The strongest oracle there is: a network namespace in which every address of the internet ends at our own
// recording listeners, and every look-up at our own DNS server. What arrives there is what really left.
import { assertEquals } from "@std/assert";
import { parseIp } from "../../src/net/address/ip.ts";
import type { Experiment, Observation } from "../support/namespace/inside.ts";
import { inPrivateInternet, NO_NAMESPACE } from "../support/namespace/private_internet.ts";
import { UDP_PORT } from "../support/namespace/udp_recorder.ts";
import { domainAddress, ipAddress } from "../support/socks.ts";

const CONFIG = `
[network]
enabled = true
allow_local_binding = false
allowed_domains = ["good.test", "*.wild.test", "rebind.test", "mixed.test", "private.test", "meta.test",
  "mapped.test", "denied-address.test", "8.8.4.4"]
denied_domains = ["bad.wild.test", "9.9.9.0/24"]
`;

const ZONE: Experiment["zone"] = {
  "good.test": ["93.184.216.34"],
  "x.wild.test": ["93.184.216.36"],
  "bad.wild.test": ["93.184.216.37"],
  "rebind.test": [["93.184.216.38"], ["127.0.0.1"], ["10.0.0.1"]],
  "mixed.test": ["93.184.216.39", "127.0.0.1"],
  "private.test": ["10.0.0.1"],
  "meta.test": ["169.254.169.254"],
  "mapped.test": ["0:0:0:0:0:ffff:a9fe:a9fe"],
  "denied-address.test": ["9.9.9.9"],
  "evil.test": ["93.184.216.40"],
};

/** Each target is tried as a plain request and as a tunnel. */
const TABLE: readonly (readonly [target: string, plain: number, connect: number])[] = [
  ["good.test", 200, 200],
  ["GOOD.test.", 200, 200],
  ["x.wild.test", 200, 200],
  ["8.8.4.4", 200, 200],
  ["bad.wild.test", 403, 403],
  ["wild.test", 403, 403],
  ["evilwild.test", 403, 403],
  ["evil.test", 403, 403],
  ["secret-in-a-name.evil.test", 403, 403],
  ["good.test.evil.test", 403, 403],
  ["mixed.test", 403, 403],
  ["private.test", 403, 403],
  ["meta.test", 403, 403],
  ["mapped.test", 403, 403],
  ["denied-address.test", 403, 403],
  ["localhost", 403, 403],
  ["127.0.0.1", 403, 403],
  ["[::1]", 403, 403],
  ["[::ffff:127.0.0.1]", 403, 403],
  ["169.254.169.254", 403, 403],
  ["[64:ff9b::a9fe:a9fe]", 403, 403],
  ["0.0.0.0", 403, 403],
  ["127.1", 400, 400],
  ["2130706433", 400, 400],
  ["0x7f.1", 400, 400],
  ["0177.0.0.1", 400, 400],
  ["good.test%00.evil.test", 400, 400],
  ["good.test@evil.test", 400, 400],
  ["[good.test]", 400, 400],
  ["nowhere.wild.test", 502, 502],
];

Deno.test({
  name:
    `nothing but what is allowed leaves: looked up and dialled in a private internet${NO_NAMESPACE.why}`,
  ignore: NO_NAMESPACE.ignore,
  fn: async () => {
    const requests = TABLE.flatMap(([host]) => [
      `GET http://${host}/ HTTP/1.0\r\n\r\n`,
      `CONNECT ${host}:443 HTTP/1.0\r\n\r\n`,
    ]);
    // The first request of rebind.test goes through; each later answer is private.
    requests.push(...Array(3).fill("GET http://rebind.test/ HTTP/1.0\r\n\r\n"));
    const seen = await observe({ config: CONFIG, zone: ZONE, requests });

    const expected = TABLE.flatMap(([, plain, connect]) => [plain, connect]);
    assertEquals(
      seen.answers.map((line, i) => `${requests[i]!.split(" HTTP/", 1)[0]} ${statusOf(line)}`),
      [...expected, 200, 403, 403].map((status, i) =>
        `${requests[i]!.split(" HTTP/", 1)[0]} ${status}`
      ),
    );
    assertEquals(seen.dials, [
      ...["93.184.216.34", "93.184.216.34", "93.184.216.34", "93.184.216.34"],
      ...["93.184.216.36", "93.184.216.36", "8.8.4.4", "8.8.4.4", "93.184.216.38"],
    ]);
    const twice = (name: string) => [name, name];
    assertEquals(seen.lookups, [
      ...["good.test", "good.test", "x.wild.test", "mixed.test", "private.test", "meta.test"]
        .flatMap(
          twice,
        ),
      ...["mapped.test", "denied-address.test", "nowhere.wild.test"].flatMap(twice),
      ...["rebind.test", "rebind.test", "rebind.test"],
    ]);
  },
});

Deno.test({
  name: `nor by SOCKS5, as a connection or as a datagram${NO_NAMESPACE.why}`,
  ignore: NO_NAMESPACE.ignore,
  fn: async () => {
    const hosts = TABLE.map(([host]) => host);
    const ips = hosts.filter((host) => parseIp(host.replaceAll(/[[\]]/g, "")) !== null);
    const bare = (host: string) => host.replaceAll(/[[\]]/g, "");
    const addresses = (port: number) => [
      ...hosts.map((host) => domainAddress(host, port)),
      ...ips.map((host) => ipAddress(bare(host), port)),
    ];
    const seen = await observe({
      config: CONFIG,
      zone: ZONE,
      socks: addresses(443),
      datagrams: addresses(UDP_PORT),
    });
    const codes = { 200: 0, 403: 2, 400: 1, 502: 4 } as Record<number, number>;
    const expected = (host: string) => codes[TABLE.find(([named]) => named === host)![2]];
    assertEquals(
      seen.replies.map((code, i) => [[...hosts, ...ips][i], code]),
      [...hosts, ...ips].map((host) => [host, expected(host)]),
    );
    const [good, wild, literal] = ["93.184.216.34", "93.184.216.36", "8.8.4.4"];
    assertEquals(seen.dials, [good, good, wild, literal, literal]);
    assertEquals(
      seen.arrivals,
      [good, good, wild, literal, literal].map((address) => `${address} probe`),
    );
    // Each by one connection and one datagram; what the sentinels look up is not of interest.
    const others = seen.lookups.filter((name) => name !== "good.test").sort();
    const once = ["x.wild.test", "mixed.test", "private.test", "meta.test", "mapped.test"];
    once.push("denied-address.test", "nowhere.wild.test");
    assertEquals(others, once.flatMap((name) => [name, name]).sort());
  },
});

function observe(experiment: Experiment): Promise<Observation> {
  return inPrivateInternet("inside.ts", experiment);
}

function statusOf(line: string): number {
  return Number(line.split(" ")[1]);
}
