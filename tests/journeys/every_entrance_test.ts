import { assertEquals } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { parseEndpoint } from "../../src/net/address/endpoint.ts";
import { formatHost } from "../../src/net/address/host.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";
import { authorize } from "../../src/proxy/authorize.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { ownListeners } from "../../src/proxy/own_listeners.ts";
import { until } from "../support/in_time.ts";
import { httpTo, ip, policyOf } from "../support/policy.ts";
import { askSocks, domainAddress, ipAddress, socksRequest } from "../support/socks.ts";
import { type FakeUdp, fakeUdp } from "../support/udp_sockets.ts";
import { statusOf, Wire, type WireMessage } from "../support/wire.ts";
import { makeWorld, type World, type WorldPolicy } from "../support/world.ts";

/** The answer at every door: let through, no request at all, or the reason of the block. */
type Expected = "through" | "400" | "not_allowed" | "not_allowed_local" | "denied" | "own_listener";

/** A way in. `authorize` is what `doorward explain` asks. */
type Door =
  | "absolute-form"
  | "origin-form"
  | "CONNECT"
  | "SOCKS5 name"
  | "SOCKS5 address"
  | "added listener"
  | "added listener, SOCKS5 name"
  | "UDP name"
  | "UDP address"
  | "authorize";

const DOORS: readonly Door[] = [
  "absolute-form",
  "origin-form",
  "CONNECT",
  "SOCKS5 name",
  "SOCKS5 address",
  "added listener",
  "added listener, SOCKS5 name",
  "UDP name",
  "UDP address",
  "authorize",
];

/** Targets that get the same answer under one policy. */
interface Row {
  /** What is tried, as a clause. */
  readonly what: string;
  readonly policy: WorldPolicy;
  /** `host` or `host:port`, port 80 unless it says otherwise, a byte a character. */
  readonly targets: readonly string[];
  readonly expected: Expected;
  /** Names are looked up, since only their addresses are refused. */
  readonly looksUp?: true;
  /** Where such a target can be written at all; everywhere unless it says otherwise. */
  readonly doors?: readonly Door[];
}

const ALL: WorldPolicy = { dangerouslyAllowAllDomains: true };
const LABEL = "l".repeat(63);
/** 253 characters, the longest name that there is. */
const LONGEST = `${LABEL}.${LABEL}.${LABEL}.${"l".repeat(61)}`;
/** A line end or leading white space is no part of a field, so it cannot be said in Host. */
const NOT_IN_HOST: readonly Door[] = DOORS.filter((door) => door !== "origin-form");
/** SOCKS has two bytes for a port: what is no number cannot be said. */
const PORTS_AS_TEXT: readonly Door[] = [
  "absolute-form",
  "origin-form",
  "CONNECT",
  "added listener",
  "authorize",
];
/** It has two bytes for the port 0, too. */
const PORTS_AS_BYTES: readonly Door[] = DOORS.filter((door) => !PORTS_AS_TEXT.includes(door));

/** What names lead to. Everything else cannot be resolved. */
const NAMES = {
  "example.com": ["93.184.216.34"],
  "api.example.com": ["93.184.216.34"],
  "y.corp.test": ["93.184.216.34"],
  "region1.x.test": ["93.184.216.34"],
  "xn--pple-43d.com": ["93.184.216.34"],
  [LONGEST]: ["93.184.216.34"],
  [`${LABEL}.test`]: ["93.184.216.34"],
  "metadata.google.internal": ["169.254.169.254"],
  "metadata.azure.internal": ["168.63.129.16"],
  "kubernetes.default.svc": ["10.96.0.1"],
  "host.docker.internal": ["172.17.0.1"],
  "gateway.docker.internal": ["192.168.65.1"],
  "metadata": ["169.254.169.254"],
  "instance-data": ["169.254.169.254"],
  "instance-data.ec2.internal": ["fd00:ec2::254"],
  "mixed.test": ["93.184.216.34", "127.0.0.1"],
  "mixed6.test": ["::1", "93.184.216.34"],
  "mapped.test": ["93.184.216.34", "::ffff:10.0.0.1"],
  "inside.test": ["10.0.0.1"],
  "metadata.test": ["169.254.169.254"],
  "ip6-localhost": ["::1"],
  "ip6-loopback": ["::1"],
  // What distributions write into the hosts file for the machine's own name.
  "workstation": ["127.0.1.1"],
  "workstation.lan.test": ["192.168.1.20"],
  "localtest.me": ["127.0.0.1"],
  "127.0.0.1.nip.io": ["127.0.0.1"],
};

const TABLE: readonly Row[] = [
  {
    what: "an empty list allows nothing",
    policy: { allow: [] },
    targets: ["example.com", "example.com:443", "93.184.216.34"],
    expected: "not_allowed",
  },
  {
    what: "nor does a list of denials",
    policy: { deny: ["evil.test"] },
    targets: ["example.com", "test", "not-evil.test"],
    expected: "not_allowed",
  },
  {
    what: "what is listed passes",
    policy: { allow: ["example.com"] },
    targets: ["example.com", "example.com:8443"],
    expected: "through",
  },
  {
    what: "a suffix ends at a dot",
    policy: { allow: ["example.com", "*.example.org"] },
    targets: [
      "evilexample.com",
      "example.com.evil.test",
      "xexample.org",
      "example.comevil",
      "example.org",
      "www.example.com",
      "com",
    ],
    expected: "not_allowed",
  },
  {
    what: "NUL in a name",
    policy: { allow: ["**.example.org", "example.com"] },
    targets: ["evil.test\0.example.org", "\0example.com", "example.com\0"],
    expected: "400",
  },
  {
    what: "bytes that no name has",
    policy: { allow: ["**.example.com", "**.example.org"] },
    targets: [
      "example.com%00.evil.test",
      "example%2ecom",
      "exa mple.com",
      "exam\tple.com",
      "example.com\x7f",
      "example\x80.com",
      "example\xff.com",
      "exa*mple.com",
      "example,com",
      "example.com;",
      "exa\x1b[2Jmple.com",
      "-example.com",
      "example-.com",
    ],
    expected: "400",
  },
  {
    what: "bytes that end a line or a word",
    policy: { allow: ["**.example.com", "y.example.org"] },
    targets: ["a\r\nX: y.example.org", "\texample.com", " example.com", "example.com\t"],
    expected: "400",
    doors: NOT_IN_HOST,
  },
  {
    what: "case and one trailing dot do not matter",
    policy: { allow: ["example.com"] },
    targets: ["EXAMPLE.com.", "Example.Com", "example.com.:80"],
    expected: "through",
  },
  {
    what: "nor do they get round a denial",
    policy: { ...ALL, deny: ["evil.test"] },
    targets: ["evil.test.", "EVIL.TEST", "eViL.tEsT.:443"],
    expected: "denied",
  },
  {
    what: "empty labels",
    policy: ALL,
    targets: ["example.com..", ".example.com", "example..com", ".", "..", ""],
    expected: "400",
  },
  {
    what: "brackets round what is no IPv6 address",
    policy: ALL,
    targets: [
      "[example.com]:443",
      "[evil.test]",
      "[[::1]]",
      "[::1",
      "::1]",
      "[127.0.0.1]:80",
      "[::1]evil",
      "[::1].example.com",
      "[]",
      "[::1]:80:80",
      "[::g]",
      "[v1.x]",
    ],
    expected: "400",
  },
  {
    what: "user information",
    policy: ALL,
    targets: [
      "example.com:80@evil.test:443",
      "example.com@evil.test",
      "user:password@example.com:80",
      "@example.com",
      "evil.test\\@example.com",
      "evil.test\\.example.com",
    ],
    expected: "400",
  },
  {
    what: "IPv4 addresses in every spelling but the one",
    policy: { ...ALL, allowLocalBinding: true },
    targets: [
      "2130706433",
      "0x7f000001",
      "0x7f.1",
      "0177.0.0.1",
      "127.1",
      "0",
      "2852039166",
      "0xA9FEA9FE",
      "0251.0376.0251.0376",
      "127.0.0.1.",
      "00000127.0.0.1",
      "256.256.256.256",
      "127.0.0.1.1",
      "1.2.3",
      "127.0.0.0x1",
      "example.0",
      "example.0x7f",
    ],
    expected: "400",
  },
  {
    what: "IPv4 in IPv6: mapped, compatible, translated",
    policy: ALL,
    targets: [
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "[0:0:0:0:0:ffff:a9fe:a9fe]",
      "[::127.0.0.1]",
      "[::ffff:0:127.0.0.1]",
      "[::ffff:169.254.169.254]",
      "[::FFFF:10.0.0.1]",
    ],
    expected: "not_allowed_local",
  },
  {
    what: "IPv4 in IPv6: NAT64, 6to4, Teredo, ISATAP",
    policy: ALL,
    targets: [
      "[64:ff9b::a9fe:a9fe]",
      "[64:ff9b:1::7f00:1]",
      "[2002:7f00:1::]",
      "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
      "[::5efe:10.0.0.1]",
      "[fe80::5efe:10.0.0.1]",
      "[2606:2800::5efe:10.0.0.1]",
    ],
    expected: "not_allowed_local",
  },
  {
    what: "special addresses",
    policy: ALL,
    targets: [
      "0.0.0.0",
      "[::]",
      "10.0.0.1",
      "127.0.0.1",
      "127.8.8.8",
      "169.254.169.254",
      "172.16.0.1",
      "192.168.0.1",
      "100.64.0.1",
      "100.100.100.200",
      "168.63.129.16",
      "192.0.0.192",
      "198.18.0.1",
      "224.0.0.1",
      "240.0.0.1",
      "255.255.255.255",
      "[::1]",
      "[fd00:ec2::254]",
      "[fc00::1]",
      "[fe80::1]",
      "[fec0::1]",
      "[ff02::1]",
      "[2001:db8::1]",
      "[100::1]",
    ],
    expected: "not_allowed_local",
  },
  {
    what: "metadata and link-local stay shut when local addresses are open",
    policy: { ...ALL, allowLocalBinding: true },
    targets: [
      "169.254.169.254",
      "100.100.100.200",
      "168.63.129.16",
      "[fd00:ec2::254]",
      "[fe80::1]",
      "0.0.0.0",
      "224.0.0.1",
    ],
    expected: "not_allowed_local",
  },
  { what: "zones", policy: ALL, targets: ["[fe80::1%lo]", "[fe80::1%25lo]"], expected: "400" },
  {
    what: "metadata names that nobody allowed",
    policy: { allow: ["example.com"] },
    targets: [
      "metadata.google.internal",
      "metadata",
      "instance-data",
      "metadata.azure.internal",
      "kubernetes.default.svc",
      "host.docker.internal",
      "gateway.docker.internal",
    ],
    expected: "not_allowed",
  },
  {
    what: "metadata names that somebody allowed are judged by their addresses",
    policy: ALL,
    targets: [
      "metadata.google.internal",
      "metadata.azure.internal",
      "kubernetes.default.svc",
      "host.docker.internal",
      "gateway.docker.internal",
      "metadata",
      "instance-data",
      "instance-data.ec2.internal",
      "METADATA.google.internal.",
    ],
    expected: "not_allowed_local",
    looksUp: true,
  },
  {
    what: "names of others that lead inside, all of it or in part",
    policy: { allow: ["*.test"] },
    targets: ["inside.test", "metadata.test", "mixed.test", "mixed6.test", "mapped.test:443"],
    expected: "not_allowed_local",
    looksUp: true,
  },
  {
    what: "names of this machine",
    policy: ALL,
    targets: ["localhost", "localhost.", "LOCALHOST", "foo.localhost", "a.b.localhost:443"],
    expected: "not_allowed_local",
  },
  {
    what: "names that lead to this machine",
    policy: ALL,
    targets: [
      "ip6-localhost",
      "ip6-loopback",
      "localtest.me",
      "127.0.0.1.nip.io",
      "workstation",
      "workstation.lan.test",
    ],
    expected: "not_allowed_local",
    looksUp: true,
  },
  {
    what: "characters beyond ASCII",
    policy: ALL,
    targets: [
      "\u0430pple.com",
      "\u24d4xample.com",
      "exam\u00adple.com",
      "example\u3002com",
      "fa\u00df.de",
      "example.com\uff0eevil.test",
      "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54",
    ].map(utf8),
    expected: "400",
  },
  {
    what: "A-labels are compared as such",
    policy: { allow: ["apple.com", "xn--fa-hia.de"] },
    targets: ["xn--pple-43d.com", "XN--PPLE-43D.com", "fass.de"],
    expected: "not_allowed",
  },
  {
    what: "A-labels pass in any case",
    policy: { allow: ["xn--pple-43d.com"] },
    targets: ["xn--pple-43d.com", "Xn--PPLE-43d.COM."],
    expected: "through",
  },
  {
    what: "A-labels that are none",
    policy: ALL,
    targets: ["xn--a.com", "xn--.com", "xn--example.com.xn--a"],
    expected: "400",
  },
  {
    what: "the longest name and label",
    policy: ALL,
    targets: [LONGEST, `${LABEL}.test`],
    expected: "through",
  },
  {
    what: "one byte more, and far more",
    policy: ALL,
    targets: [
      `${LONGEST}l`,
      `${LABEL}l.test`,
      `${"a.".repeat(10_000)}test`,
      "a".repeat(20_000),
    ],
    expected: "400",
  },
  {
    what: "ports that are none",
    policy: ALL,
    targets: [
      "example.com:0",
      "example.com:65536",
      "example.com:4294967739",
      "example.com:65979",
      "example.com:-1",
      "example.com:+443",
      "example.com:0443",
      "example.com:443x",
      "example.com:",
      "example.com: 443",
      utf8("example.com:\uff14\uff14\uff13"),
      "example.com:80:443",
      "example.com:0x50",
      "[::1]:",
      ":80",
    ],
    expected: "400",
    doors: PORTS_AS_TEXT,
  },
  {
    what: "port 0 in bytes",
    policy: ALL,
    targets: ["example.com:0", "93.184.216.34:0"],
    expected: "400",
    doors: PORTS_AS_BYTES,
  },
  {
    what: "servers of DNS that nobody allowed",
    policy: { allow: ["example.com"] },
    targets: [
      "dns.google:443",
      "cloudflare-dns.com:443",
      "1.1.1.1:853",
      "8.8.8.8:53",
      "[2606:4700:4700::1111]:853",
      "example.com.dns.google:53",
    ],
    expected: "not_allowed",
  },
  {
    what: "a port that the rule does not name",
    policy: { allow: ["example.com:443"] },
    targets: ["example.com:22", "example.com:25", "example.com:6379", "example.com:4430"],
    expected: "not_allowed",
  },
  {
    what: "the port that it does name",
    policy: { allow: ["example.com:443"] },
    targets: ["example.com:443"],
    expected: "through",
  },
  {
    what: "a wildcard crosses no dot",
    policy: { allow: ["region*.x.test", "*.b.test", "a?c.test"] },
    targets: [
      "region1.evil.x.test",
      "x.region1.x.test",
      "evil.x.test",
      "b.test",
      "ac.test",
      "a.c.test",
      "abbc.test",
    ],
    expected: "not_allowed",
  },
  {
    what: "and matches in its label",
    policy: { allow: ["region*.x.test"] },
    targets: ["region1.x.test", "REGION1.X.TEST."],
    expected: "through",
  },
  {
    what: "a denied parent outweighs an allowed child",
    policy: { allow: ["ok.example.org"], deny: ["*.example.org"] },
    targets: ["ok.example.org", "OK.example.org."],
    expected: "denied",
  },
  {
    what: "a denied child outweighs an allowed parent",
    policy: { allow: ["**.corp.test"], deny: ["x.corp.test"] },
    targets: ["x.corp.test", "x.corp.test:8443"],
    expected: "denied",
  },
  {
    what: "and leaves its siblings alone",
    policy: { allow: ["**.corp.test"], deny: ["x.corp.test"] },
    targets: ["y.corp.test"],
    expected: "through",
  },
  {
    what: "a line feed does not end a name",
    policy: { allow: ["a.example.org"] },
    targets: ["a.example.org\n", "a.example.org\n.evil.test"],
    expected: "400",
  },
  {
    what: "a name made to make a pattern slow",
    policy: { allow: ["a*a*a*a*a*a*a*a*a*a*b.test", "**.a*a*a*a*a*b.test"] },
    targets: [
      `${"a".repeat(63)}.test`,
      `${"a".repeat(63)}.${"a".repeat(63)}.${"a".repeat(63)}.test`,
    ],
    expected: "not_allowed",
  },
];

for (const row of TABLE) {
  for (const door of row.doors ?? DOORS) {
    const targets = row.targets.filter((target) => canBeSaid(target, door));
    if (targets.length === 0) continue;
    Deno.test(`${row.what}: ${door}`, async () => {
      // What SOCKS has no words for is diagnosed.
      const udp = fakeUdp();
      await using world = makeWorld({
        policy: row.policy,
        resolve: NAMES,
        // It is the name that is judged here, not the line that it stands in.
        limits: { requestLineBytes: DEFAULT_LIMITS.headBytes },
        troubled: true,
        bindUdp: udp.bind,
      });
      for (const target of targets) {
        const before = { lookups: world.lookups.length, dialled: world.dialled.length };
        assertEquals(await knock(world, udp, row, door, target), row.expected, shown(target));
        if (row.expected === "through" || door === "authorize") continue;
        assertEquals(world.dialled.length, before.dialled, shown(target));
        const lookups = row.looksUp === true ? 1 : 0;
        assertEquals(world.lookups.length, before.lookups + lookups, shown(target));
        assertEquals(udp.sockets.flatMap(({ sent }) => sent), [], shown(target));
      }
    });
  }
}

// Also where policy would allow it.
for (const door of DOORS) {
  Deno.test(`the proxy itself: ${door}`, async () => {
    const policy = { ...ALL, allow: ["127.0.0.1", "[::1]"], allowLocalBinding: true };
    const udp = fakeUdp();
    await using world = makeWorld({ policy, bindUdp: udp.bind });
    const { port } = world.proxy.address;
    for (const host of ["127.0.0.1", "127.0.0.2", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"]) {
      const row = { what: "", policy, targets: [], expected: "own_listener" } as const;
      assertEquals(await knock(world, udp, row, door, `${host}:${port}`), "own_listener", host);
    }
    assertEquals([world.lookups, world.dialled], [[], []]);
  });
}

/** Asks at a door, and says what came of it. */
async function knock(
  world: World,
  udp: FakeUdp,
  row: Row,
  door: Door,
  target: string,
): Promise<string> {
  switch (door) {
    case "absolute-form":
      return read(await ask(world, `GET http://${target}/ HTTP/1.1\r\nHost: ${target}\r\n\r\n`));
    case "origin-form":
      return read(await ask(world, `GET / HTTP/1.1\r\nHost: ${target}\r\n\r\n`));
    case "CONNECT": {
      const authority = withPort(target);
      const request = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
      return read(await ask(world, request));
    }
    case "SOCKS5 name":
    case "SOCKS5 address": {
      await using client = await world.client();
      return await askBySocks(world, client, socksAddress(target, door)!);
    }
    case "added listener":
    case "added listener, SOCKS5 name":
      return await knockAtAdded(world, door, target);
    case "UDP name":
    case "UDP address":
      return await askByDatagram(world, udp, socksAddress(target, door)!);
    case "authorize":
      return await askDirectly(world, row, target);
  }
}

/** Asks at a listener that comes for this one request. */
async function knockAtAdded(world: World, door: Door, target: string): Promise<string> {
  await using added = world.proxy.addListener(UNATTRIBUTED);
  await using client = new Wire(await tcpDialer(added.address, new AbortController().signal));
  if (door !== "added listener") {
    return await askBySocks(world, client, socksAddress(target, door)!);
  }
  const authority = withPort(target);
  return read(
    await askOn(client, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
  );
}

/** Whether a door has a way to write the target. */
function canBeSaid(target: string, door: Door): boolean {
  return PORTS_AS_TEXT.includes(door) || socksAddress(target, door) !== null;
}

/** The target as SOCKS writes it; null where it cannot. */
function socksAddress(target: string, door: Door): string | null {
  if (door.endsWith("name")) {
    const [, name = "", port = "80"] = /^(.*?)(?::([0-9]+))?$/s.exec(target)!;
    return name.length > 255 || Number(port) > 65_535 ? null : domainAddress(name, Number(port));
  }
  const [, host = "", port = ""] = /^(.*):(0+)$/s.exec(target) ?? [];
  const endpoint = parseEndpoint(port === "" ? target : host, 80);
  if ("kind" in endpoint || endpoint.host.kind === "name") return null;
  if (port !== "") return ipAddress(formatHost(endpoint.host), 0);
  return ipAddress(formatHost(endpoint.host), endpoint.port);
}

async function askBySocks(world: World, client: Wire, address: string): Promise<string> {
  const before = world.blocked.length;
  switch (await askSocks(client, socksRequest(address))) {
    case 0x00:
      return "through";
    case 0x01:
      return "400";
    case 0x02:
      return world.blocked[before]!.reason;
    default:
      return "another reply";
  }
}

/** A target of datagrams that no policy here allows, and that is not looked up: what came before it is through. */
const NOWHERE = ipAddress("169.254.9.9", 9);

async function askByDatagram(world: World, udp: FakeUdp, address: string): Promise<string> {
  const before = { sockets: udp.sockets.length, lookups: world.lookups.length };
  const first = world.blocked.length;
  await using client = await world.client();
  await askSocks(client, socksRequest(ipAddress("0.0.0.0", 0), "udpAssociate"));
  const [relay, outward] = [before.sockets, before.sockets + 1];
  for (const to of [address, NOWHERE]) {
    udp.sockets[relay]!.inject("127.0.0.1:50000", `\0\0\0${to}a question`);
  }
  const reason = () => world.blocked.slice(first).find(({ port }) => port !== 9)?.reason;
  const isSent = () => udp.sockets[outward]?.sent.length === 1;
  const isIgnored = () =>
    world.blocked.length > first && world.lookups.length === before.lookups &&
    reason() === undefined && !isSent();
  await until(() => isSent() || reason() !== undefined || isIgnored(), "a datagram is decided");
  return isSent() ? "through" : reason() ?? "400";
}

async function ask(world: World, request: string): Promise<WireMessage> {
  await using client = await world.client();
  return await askOn(client, request);
}

async function askOn(client: Wire, request: string): Promise<WireMessage> {
  await client.send(request);
  const head = await client.readHead();
  if (!head.startsWith("HTTP/1.1 4") && !head.startsWith("HTTP/1.1 5")) {
    return { start: head, fields: [], body: "", trailers: [], raw: head };
  }
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const body = await client.readExactly(length);
  return { start: head.split("\r\n")[0]!, fields: [], body, trailers: [], raw: head + body };
}

function read(answer: WireMessage): string {
  const status = statusOf(answer);
  if (status === 200) return "through";
  if (status !== 403) return String(status);
  return /"reason":"([a-z_]+)"/.exec(answer.body)?.[1] ?? "a block without a reason";
}

/** What becomes of a request that is not blocked. */
const THROUGH = { allow: "through", inspect: "looked into" } as const;

/** The same policy, asked without a proxy, as a plain request and as each tunnel. */
async function askDirectly(world: World, row: Row, target: string): Promise<string> {
  const endpoint = parseEndpoint(target, 80);
  if ("kind" in endpoint) return "400";
  const { allow = [], deny = [], ...switches } = row.policy;
  const policy = policyOf({ allow, deny }, switches);
  const lookups: string[] = [];
  const options = {
    isOwn: ownListeners([world.proxy.address], []),
    dnsAddresses: 16,
    resolve: (name: string) => {
      lookups.push(name);
      return Promise.resolve((NAMES as Record<string, string[]>)[name]?.map(ip) ?? []);
    },
  };
  const requests: readonly NetworkRequest[] = [
    httpTo("any.test", { target: endpoint }),
    { kind: "tunnel", protocol: "https_connect", target: endpoint },
    { kind: "tunnel", protocol: "socks5_tcp", target: endpoint },
    { kind: "tunnel", protocol: "socks5_udp", target: endpoint },
  ];
  const answers = new Set<string>();
  for (const request of requests) {
    const outcome = await authorize(request, policy, options, new AbortController().signal);
    answers.add("reason" in outcome ? outcome.reason : THROUGH[outcome.verdict]);
  }
  if (row.expected !== "through" && row.looksUp !== true) assertEquals(lookups, [], shown(target));
  return [...answers].join(" and ");
}

/** CONNECT has no default port. */
function withPort(target: string): string {
  return target.replace(/^\[[^\]]*\]/, "").includes(":") ? target : `${target}:80`;
}

/** The bytes of a text, a character each. */
function utf8(text: string): string {
  return latin1(new TextEncoder().encode(text));
}

function shown(target: string): string {
  return JSON.stringify(target.slice(0, 80));
}
