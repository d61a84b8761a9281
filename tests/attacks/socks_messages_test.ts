import { assert, assertEquals, assertMatch } from "@std/assert";
import { allOver, crowd } from "../support/crowd.ts";
import { turn, until } from "../support/in_time.ts";
import { authorityFor, makeInside } from "../support/inside.ts";
import {
  askSocks,
  credentials,
  domainAddress,
  GREETING,
  ipAddress,
  NO_AUTH,
  replyOf,
  socksRequest,
} from "../support/socks.ts";
import { statusOf, Wire } from "../support/wire.ts";
import { ip } from "../support/policy.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { makeWorld, type World } from "../support/world.ts";

// What breaks RFC 1928 gets its code and an end, and leads nowhere. The same bytes, cut in every way,
// are in tests/socks; here they go through the real proxy.

const WITH_PASSWORD = "\x05\x02\x00\x02";
const CHOSE_PASSWORD = "\x05\x02";
const SIGNED_IN = "\x01\x00";
const TO_ALLOWED = socksRequest(domainAddress("allowed.test", 80));
const HOUR = 3_600_000;

/** Bytes of a client, and all that it gets for them before the end. */
interface Attack {
  readonly what: string;
  readonly bytes: string;
  readonly answer: string;
}

const ATTACKS: readonly Attack[] = [
  { what: "SOCKS4", bytes: "\x04\x01\x00\x50\x5d\xb8\xd8\x22me\0", answer: "\0\x5b\0\0\0\0\0\0" },
  {
    what: "SOCKS4a with a name",
    bytes: "\x04\x01\x00\x50\0\0\0\x01me\0allowed.test\0",
    answer: "\0\x5b\0\0\0\0\0\0",
  },
  { what: "no method", bytes: "\x05\x00", answer: "\x05\xff" },
  { what: "no method, then a request", bytes: `\x05\x00${TO_ALLOWED}`, answer: "\x05\xff" },
  { what: "GSSAPI only", bytes: "\x05\x01\x01", answer: "\x05\xff" },
  { what: "255 useless methods", bytes: `\x05\xff${"\x03".repeat(255)}`, answer: "\x05\xff" },
  {
    what: "authentication skipped",
    bytes: `${WITH_PASSWORD}${TO_ALLOWED}`,
    answer: `${CHOSE_PASSWORD}\x01\x01`,
  },
  {
    what: "credentials of version 5",
    bytes: `\x05\x01\x02\x05${credentials("user", "secret").slice(1)}${TO_ALLOWED}`,
    answer: `${CHOSE_PASSWORD}\x01\x01`,
  },
  {
    what: "credentials that nobody asked for",
    bytes: `${GREETING}${credentials("user", "secret")}${TO_ALLOWED}`,
    answer: `${NO_AUTH}${replyOf(1)}`,
  },
  {
    what: "a second greeting for a request",
    bytes: `${GREETING}${GREETING}${TO_ALLOWED}`,
    // 05 01 00, then 05 as its address type.
    answer: `${NO_AUTH}${replyOf(8)}`,
  },
  {
    what: "a request of version 4",
    bytes: `${GREETING}\x04${TO_ALLOWED.slice(1)}`,
    answer: `${NO_AUTH}${replyOf(1)}`,
  },
  {
    what: "BIND",
    bytes: `${GREETING}${socksRequest(domainAddress("allowed.test", 80), "bind")}`,
    answer: `${NO_AUTH}${replyOf(7)}`,
  },
  {
    what: "command 0",
    bytes: `${GREETING}\x05\x00${TO_ALLOWED.slice(2)}`,
    answer: `${NO_AUTH}${replyOf(7)}`,
  },
  {
    what: "command 0x80",
    bytes: `${GREETING}\x05\x80${TO_ALLOWED.slice(2)}`,
    answer: `${NO_AUTH}${replyOf(7)}`,
  },
  {
    what: "a reserved byte",
    bytes: `${GREETING}\x05\x01\x01${TO_ALLOWED.slice(3)}`,
    answer: `${NO_AUTH}${replyOf(1)}`,
  },
  {
    what: "address type 5",
    bytes: `${GREETING}\x05\x01\x00\x05${TO_ALLOWED.slice(4)}`,
    answer: `${NO_AUTH}${replyOf(8)}`,
  },
  {
    what: "address type 0",
    bytes: `${GREETING}\x05\x01\x00\x00`,
    answer: `${NO_AUTH}${replyOf(8)}`,
  },
  {
    what: "a name of no bytes",
    bytes: `${GREETING}${socksRequest(domainAddress("", 80))}`,
    answer: `${NO_AUTH}${replyOf(1)}`,
  },
  {
    what: "port 0",
    bytes: `${GREETING}${socksRequest(domainAddress("allowed.test", 0))}`,
    answer: `${NO_AUTH}${replyOf(1)}`,
  },
  {
    what: "a fault after credentials",
    bytes: `${WITH_PASSWORD}${credentials("", "")}\x05\x02\x00`,
    answer: `${CHOSE_PASSWORD}${SIGNED_IN}${replyOf(7)}`,
  },
];

/** Nothing may have left, and somebody else is served as ever. */
async function assertUnmoved(world: World): Promise<void> {
  assertEquals([world.lookups, world.dialled, world.blocked], [[], [], []]);
  await using other = await world.client();
  assertEquals(await askSocks(other, TO_ALLOWED), 0);
}

for (const { what, bytes, answer } of ATTACKS) {
  Deno.test(`socks messages: ${what} gets its answer, the end, and leads nowhere`, async () => {
    // What cannot be told to the client is told in a line of the log.
    await using world = makeWorld({ troubled: true });
    assertEquals(await world.exchange(bytes), answer);
    await until(() => world.proxy.connections === 0, "the client is let go");
    assertEquals(world.diagnosed.length, 1);
    assertMatch(world.diagnosed[0]!, /^[ -~]+$/);
    await assertUnmoved(world);
  });
}

// Closing on bytes that were not read resets the connection, and could destroy the answer on its way.
Deno.test("socks messages: a refused client may finish what it is sending", async () => {
  await using world = makeWorld({ troubled: true });
  for (const { bytes, answer } of ATTACKS) {
    await using client = await world.client();
    await client.send(bytes + "x".repeat(100_000));
    assertEquals([await client.readAll(), client.ending], [answer, "end"]);
    for (let more = 0; more < 3; more++) {
      await client.send("x".repeat(10_000));
      await turn();
    }
  }
  assertEquals([world.lookups, world.dialled], [[], []]);
});

/** Names that are none, whatever an allowed one stands in them. */
const NAMES: readonly (readonly [what: string, name: string])[] = [
  ["NUL before the allowed part", "evil.test\0.allowed.test"],
  ["NUL in front", "\0allowed.test"],
  ["NUL behind", "allowed.test\0"],
  ["a line end", "a\r\nX: y.allowed.test"],
  ["a space", "exa mple.allowed.test"],
  ["a tab", "\tallowed.test"],
  ["a percent sign", "allowed%2etest"],
  ["DEL", "allowed.test\x7f"],
  ["bytes beyond ASCII", "\xc3\xa9.allowed.test"],
  ["two dots behind", "allowed.test.."],
  ["a dot in front", ".allowed.test"],
  ["brackets", "[allowed.test]"],
  ["an IPv4 address in brackets", "[127.0.0.1]"],
  ["user information", "user@allowed.test"],
  ["a port", "allowed.test:80"],
  ["a short address", "127.1"],
  ["a hexadecimal address", "0x7f000001"],
  ["a label of 64 bytes", `${"l".repeat(64)}.allowed.test`],
  ["254 bytes", `${"l.".repeat(121)}allowed.test`],
  ["255 bytes", "x".repeat(255)],
];

for (const [what, name] of NAMES) {
  Deno.test(`socks messages: a name with ${what} gets 0x01, and is not looked up`, async () => {
    await using world = makeWorld({
      troubled: true,
      policy: { allow: ["allowed.test", "**.allowed.test"] },
    });
    const bytes = `${GREETING}${socksRequest(domainAddress(name, 80))}`;
    assertEquals(await world.exchange(bytes), `${NO_AUTH}${replyOf(1)}`);
    assertMatch(world.diagnosed.join("\n"), /^[ -~]+$/);
    await assertUnmoved(world);
  });
}

Deno.test("socks messages: the longest name there is passes, and the next does not", async () => {
  const longest = `${"l.".repeat(119)}ll.allowed.test`;
  assertEquals(longest.length, 253);
  await using world = makeWorld({
    troubled: true,
    policy: { allow: ["**.allowed.test"] },
    resolve: { [longest]: ["93.184.216.34"] },
  });
  for (const [name, code] of [[longest, 0], [`${longest}.`, 0], [`l${longest}`, 1]] as const) {
    await using client = await world.client();
    assertEquals(await askSocks(client, socksRequest(domainAddress(name, 80))), code);
  }
  assertEquals(world.lookups, [longest, longest]);
});

// The same name in other letters is the same name, to a denial too.
Deno.test("socks messages: another spelling of a denied name is denied", async () => {
  await using world = makeWorld({ policy: { allow: ["**.test"], deny: ["evil.test"] } });
  for (const name of ["evil.test", "EVIL.test", "evil.test.", "eViL.TeSt."]) {
    await using client = await world.client();
    assertEquals(await askSocks(client, socksRequest(domainAddress(name, 80))), 2);
  }
  assertEquals([world.lookups, world.dialled], [[], []]);
});

// An address is an address, in bytes or in letters.
Deno.test("socks messages: a loopback address is refused in every form that SOCKS5 has", async () => {
  await using world = makeWorld({ policy: { dangerouslyAllowAllDomains: true } });
  const forms = [
    ipAddress("127.0.0.1", 80),
    ipAddress("0.0.0.0", 80),
    ipAddress("::1", 80),
    ipAddress("::", 80),
    ipAddress("::ffff:127.0.0.1", 80),
    ...["127.0.0.1", "::1", "[::1]", "::ffff:127.0.0.1", "[::ffff:7f00:1]", "localhost"]
      .map((name) => domainAddress(name, 80)),
  ];
  for (const form of forms) {
    await using client = await world.client();
    assertEquals(await askSocks(client, socksRequest(form)), 2, JSON.stringify(form));
  }
  assertEquals([world.lookups, world.dialled], [[], []]);
});

Deno.test("socks messages: a second request on a connection is data of its tunnel", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  assertEquals(await askSocks(client, TO_ALLOWED), 0);
  await client.send(socksRequest(domainAddress("evil.test", 80)));
  await client.send("GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  await until(() => world.origin.received.includes("GET /"), "the origin has it all");
  assert(world.origin.received.startsWith("\x05\x01\x00\x03\x09evil.test\x00\x50GET /"));
  assertEquals([world.lookups, world.dialled], [["allowed.test"], ["93.184.216.34:80"]]);
});

Deno.test("socks messages: all in one piece is served, and what follows is for the tunnel", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  const get = "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
  await client.send(`${WITH_PASSWORD}${credentials("user", "")}${TO_ALLOWED}${get}`);
  assertEquals(await client.readExactly(14), `${CHOSE_PASSWORD}${SIGNED_IN}${replyOf(0)}`);
  assertEquals(statusOf(await client.readMessage()), 200);
  assert(world.origin.received.startsWith("GET / HTTP/1.1\r\n"), "no byte of the handshake");
});

// A handshake has the time of a head, all of it together.
Deno.test("socks messages: a handshake a byte at a time ends at its limit, others go on", async () => {
  await using world = makeWorld({ limits: { headMs: 3_000, idleMs: HOUR } });
  const slow = await crowd(world, 20, "\x05");
  for (const byte of ["\xff", "\x00"]) {
    await world.pass(1_000);
    for (const client of slow) await client.send(byte);
    await using other = await world.client();
    assertEquals(await askSocks(other, TO_ALLOWED), 0);
  }
  await allOver(world, slow, 5_000);
  for (const client of slow) assertEquals(client.received, "");
});

Deno.test("socks messages: a handshake that stops anywhere ends at its limit", async () => {
  const all = `${WITH_PASSWORD}${credentials("user", "secret")}${TO_ALLOWED}`;
  await using world = makeWorld({ limits: { headMs: 3_000, idleMs: HOUR } });
  const stopped: Wire[] = [];
  for (let end = 1; end < all.length; end++) {
    stopped.push(...await crowd(world, 1, all.slice(0, end)));
  }
  await allOver(world, stopped, 5_000);
  await until(() => world.proxy.connections === 0, "all have been let go");
  assertEquals([world.lookups, world.dialled], [[], []]);
});

Deno.test("socks messages: answers in between do not lengthen the time of a handshake", async () => {
  await using world = makeWorld({ limits: { headMs: 3_000, idleMs: HOUR } });
  const [client] = await crowd(world, 1, WITH_PASSWORD.slice(0, 2)) as [Wire];
  await world.pass(1_000);
  await client.send(WITH_PASSWORD.slice(2));
  assertEquals(await client.readExactly(2), CHOSE_PASSWORD);
  await world.pass(1_000);
  await client.send(credentials("user", "secret"));
  assertEquals(await client.readExactly(2), SIGNED_IN);
  await allOver(world, [client], 1_750);
});

Deno.test("socks messages: a client that says nothing ends at the limit for first bytes", async () => {
  await using world = makeWorld({ limits: { firstByteMs: 3_000 } });
  await allOver(world, await crowd(world, 20, ""), 6_000);
});

/** What a port of SOCKS5 alone is told in other protocols, and how it answers. */
const STRANGERS: readonly (readonly [what: string, bytes: string, answer: RegExp])[] = [
  ["HTTP", "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n", /^HTTP\/1\.1 400 /],
  ["CONNECT", "CONNECT allowed.test:443 HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 .*SOCKS5 only/s],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", /^$/],
  ["SOCKS4", "\x04\x01\x00\x50\x5d\xb8\xd8\x22\0", /^\0\x5b\0{6}$/],
  ["a version that does not exist", "\x06\x01\x00", /^$/],
  ["a line end", "\r\n\r\n", /^$/],
  ["a NUL", "\0", /^$/],
  ["a byte beyond ASCII", "\xff\xff", /^$/],
];

for (const [what, bytes, answer] of STRANGERS) {
  Deno.test(`socks messages: a port of its own answers ${what} and closes`, async () => {
    await using world = makeWorld({ troubled: true, socks: { ip: ip("127.0.0.1"), port: 0 } });
    const to = world.proxy.socksAddress!;
    await using client = new Wire(await tcpDialer(to, new AbortController().signal));
    await client.send(bytes);
    assertMatch(await client.readAll(), answer);
    assertEquals(client.ending, "end");
    assertEquals([world.lookups, world.dialled], [[], []]);
    assertEquals(world.diagnosed.length, 1);
  });
}

Deno.test("socks messages: what fails inside a tunnel is told in the words of what is spoken there", async () => {
  const authority = await authorityFor("DNS:allowed.test");
  await using inside = await makeInside(authority, {
    world: { troubled: true, resolve: { "allowed.test": () => Promise.reject(new TypeError()) } },
  });
  const client = await inside.secure({ entrance: "socks" });
  await client.send("GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  assertEquals(statusOf(await client.readMessage()), 500);
});
