import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { ip } from "../support/policy.ts";
import { answering, ok } from "../support/origin.ts";
import { fieldOf, statusOf, type WireMessage } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";

/** A policy that would let everything through, here above all. */
const OPEN = {
  dangerouslyAllowAllDomains: true,
  allowLocalBinding: true,
  allow: ["127.0.0.1", "localhost", "0.0.0.0", "::1", "::", "self.test"],
};

async function askBoth(world: World, host: string): Promise<WireMessage[]> {
  const authority = `${host}:${world.proxy.address.port}`;
  return [
    await world.ask(`GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
    await world.ask(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
  ];
}

// CVE-2025-23217: the proxy is on the list of what it can reach.
const NAMES_OF_SELF = [
  "127.0.0.1",
  "127.0.0.2",
  "127.255.255.254",
  "0.0.0.0",
  "[::]",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:0.0.0.0]",
  "localhost",
  "LOCALHOST.",
  "self.test",
];

for (const host of NAMES_OF_SELF) {
  Deno.test(`self connection: ${host} with our port is never a destination`, async () => {
    await using world = makeWorld({
      policy: OPEN,
      resolve: { "localhost": ["127.0.0.1"], "self.test": ["::ffff:127.0.0.1"] },
    });
    for (const answer of await askBoth(world, host)) {
      assertEquals(statusOf(answer), 403);
      assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-policy");
      assertStringIncludes(answer.body, '"reason":"own_listener"');
      assertStringIncludes(answer.body, '"source":"proxy_state"');
    }
    assertEquals(world.dialled, []);
    assertEquals(world.blocked.length, 2);
  });
}

Deno.test("self connection: other ports of this machine are not ours", async () => {
  await using world = makeWorld({ policy: OPEN });
  const { port } = world.origin.address;
  const answer = await world.ask(
    `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
  );
  assertEquals(answer.body, "hello");
});

Deno.test("self connection: a proxy on every interface is not to be had by any of its addresses", async () => {
  await using world = makeWorld({ policy: OPEN, listen: "0.0.0.0" });
  const own = Deno.networkInterfaces().filter(({ family }) => family === "IPv4");
  for (const { address } of [{ address: "127.0.0.1" }, ...own]) {
    for (const answer of await askBoth(world, address)) {
      assertStringIncludes(answer.body, '"reason":"own_listener"');
    }
  }
  assertEquals(world.dialled, []);
});

// A request that comes back. The dialer leads to ourselves, as a NAT or another proxy might.
Deno.test("self connection: a loop ends at its second pass with 508", async () => {
  const { promise: address, resolve: started } = Promise.withResolvers<{ port: number }>();
  await using world = makeWorld({
    policy: { allow: ["allowed.test"] },
    dial: async (to, signal) => {
      assertEquals(formatSocketAddress(to), "93.184.216.34:80");
      return await tcpDialer({ ip: ip("127.0.0.1"), port: (await address).port }, signal);
    },
  });
  started(world.proxy.address);
  const answer = await world.ask("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  assertEquals(answer.start, "HTTP/1.1 508 Loop Detected");
  assertStringIncludes(answer.body, "it has passed here before");
  assertEquals(world.dialled.length, 1);
});

Deno.test("self connection: our own Via in a request is a loop, however it is written", async () => {
  await using world = makeWorld();
  await world.ask("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  const ours = /Via: 1\.1 (doorward-[0-9a-f]+)/.exec(world.origin.received)![1]!;
  const lines = [
    `Via: 1.1 ${ours}`,
    `via: 1.0 fred, HTTP/1.1 ${ours.toUpperCase()} (x)`,
    `Via: 1.1 other\r\nVia: 1.1 ${ours}`,
    // To nominate Via is to strip it, not to hide it.
    `Connection: via\r\nVia: 1.1 ${ours}`,
  ];
  for (const line of lines) {
    const answer = await world.ask(
      `GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n${line}\r\n\r\n`,
    );
    assertEquals(statusOf(answer), 508, line);
  }
  assertEquals(world.dialled.length, 1);
});

Deno.test("self connection: another proxy's Via is none of our business", async () => {
  await using world = makeWorld();
  const answer = await world.ask(
    "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nVia: 1.1 doorward-0, 1.1 doorward\r\n\r\n",
  );
  assertEquals(statusOf(answer), 200);
});

// RFC 9110 section 7.6.2.
Deno.test("self connection: Max-Forwards ends OPTIONS and TRACE here, and nothing else", async () => {
  await using world = makeWorld({ origin: answering(ok()), via: false });
  const ask = (method: string, hops: string) =>
    world.ask(
      `${method} http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nMax-Forwards: ${hops}\r\n\r\n`,
    );
  assertEquals(statusOf(await ask("OPTIONS", "0")), 200);
  assertEquals(statusOf(await ask("TRACE", "0")), 405);
  assertEquals(statusOf(await ask("OPTIONS", "-1")), 400);
  assertEquals(world.origin.received, "");
  await ask("OPTIONS", "3");
  await ask("GET", "0");
  assertMatch(world.origin.received, /Max-Forwards: 2\r\n[^]*Max-Forwards: 0\r\n/);
});
