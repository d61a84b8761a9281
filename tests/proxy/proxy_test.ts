import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { policyCell } from "../../src/policy/policy.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { type RunningProxy, startProxy } from "../../src/proxy/proxy.ts";
import { ip, policyOf } from "../support/policy.ts";
import { GREETING, NO_AUTH } from "../support/socks.ts";
import { statusOf, Wire } from "../support/wire.ts";
import { makeWorld, NOBODY } from "../support/world.ts";

const GET = "GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n";

interface Variant {
  readonly socks?: SocketAddress | "shared" | null;
  readonly record?: () => void;
  readonly diagnose?: () => void;
}

function start(port: number, variant: Variant = {}): RunningProxy {
  return startProxy({
    listen: { ip: ip("127.0.0.1"), port },
    socks: variant.socks ?? null,
    socksUdp: false,
    upstream: () => null,
    upstreamProxies: [],
    policy: policyCell(policyOf({})),
    asking: NOBODY,
    decider: null,
    audit: { sinks: [], metadata: {} },
    attribution: UNATTRIBUTED,
    alsoOurs: [],
    interception: null,
    limits: DEFAULT_LIMITS,
    via: true,
    blockedCapacity: 2,
    outside: {
      dial: () => Promise.reject(new Error("This test dials nothing")),
      resolve: () => Promise.reject(new Error("This test looks nothing up")),
      clock: systemClock,
      startTls: () => Promise.reject(new Error("This test speaks no TLS")),
      bindUdp: () => {
        throw new Error("This test sends no datagrams");
      },
      unixSockets: null,
      record: variant.record ?? (() => {}),
    },
    diagnose: variant.diagnose ?? (() => {}),
  });
}

Deno.test("startProxy() tells the port that it got", async () => {
  await using proxy = start(0);
  assert(proxy.address.port > 0);
  assertEquals(proxy.connections, 0);
});

Deno.test("startProxy() throws what keeps it from listening", async () => {
  await using proxy = start(0);
  assertThrows(() => start(proxy.address.port), Deno.errors.AddrInUse);
});

Deno.test("shutdown() may be called again, and frees the port", async () => {
  const proxy = start(0);
  await Promise.all([proxy.shutdown(1000), proxy.shutdown(0)]);
  await proxy.shutdown(0);
  await using _again = start(proxy.address.port);
});

Deno.test("startProxy() keeps the newest blocked requests, and counts them all", async () => {
  await using world = makeWorld({ blockedCapacity: 2 });
  for (const host of ["a.test", "b.test", "c.test"]) {
    await world.ask(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  }
  const kept = world.proxy.blocked.after().map(({ host, seq }) => [host, seq]);
  assertEquals(kept, [["b.test", 2], ["c.test", 3]]);
  assertEquals(world.proxy.blocked.total, 3);
});

Deno.test("startProxy() answers a block even where it cannot be recorded", async () => {
  await using world = makeWorld({
    record: () => {
      throw new Error("disk full");
    },
    troubled: true,
  });
  assertEquals(statusOf(await world.ask(GET)), 403);
  assertEquals(world.diagnosed, ["Cannot record a blocked request: Error: disk full"]);
});

Deno.test("startProxy() tells of a bug in one printable line, and lives on", async () => {
  await using world = makeWorld({
    policy: { allow: ["bug.test"] },
    resolve: {
      "bug.test": () => {
        throw new TypeError("bug\n\x1b[2J\u202e");
      },
    },
    troubled: true,
  });
  const request = "GET http://bug.test/ HTTP/1.1\r\nHost: bug.test\r\n\r\n";
  assertEquals(statusOf(await world.ask(request)), 500);
  assertEquals(statusOf(await world.ask(GET)), 403);
  assertEquals(world.diagnosed.length, 1);
  assertMatch(world.diagnosed[0]!, /^Cannot serve 127\.0\.0\.1:\d+: TypeError: bug \| [ -~]*$/);
});

Deno.test("startProxy() outlives a listener to its troubles that has troubles", async () => {
  await using proxy = start(0, {
    record: () => {
      throw new Error("disk full");
    },
    diagnose: () => {
      throw new Error("standard error is closed");
    },
  });
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: proxy.address.port });
  await conn.write(new TextEncoder().encode(GET));
  const buffer = new Uint8Array(1024);
  const count = await conn.read(buffer) ?? 0;
  assertStringIncludes(new TextDecoder().decode(buffer.subarray(0, count)), "HTTP/1.1 403 ");
});

Deno.test("startProxy() speaks SOCKS5 on a port of its own, beside HTTP, or nowhere", async () => {
  await using apart = start(0, { socks: { ip: ip("127.0.0.1"), port: 0 } });
  assert(apart.socksAddress !== null && apart.socksAddress.port !== apart.address.port);
  await using shared = start(0, { socks: "shared" });
  assertEquals(shared.socksAddress, shared.address);
  await using alone = start(0);
  assertEquals(alone.socksAddress, null);

  const greet = async ({ port }: SocketAddress) => {
    await using wire = new Wire(await tcpDialer({ ip: ip("127.0.0.1"), port }, NEVER));
    await wire.send(GREETING);
    await wire.closeWrite();
    return (await wire.readAll()).slice(0, 12);
  };
  assertEquals(await greet(apart.socksAddress), NO_AUTH);
  assertEquals(await greet(shared.address), NO_AUTH);
  assertEquals(await greet(apart.address), "HTTP/1.1 400");
  assertEquals(await greet(alone.address), "HTTP/1.1 400");
});

Deno.test("startProxy() listens nowhere when it cannot listen for SOCKS5", async () => {
  await using other = start(0);
  const { port } = other.address;
  const free = start(0);
  await free.shutdown(0);
  const socks = { ip: ip("127.0.0.1"), port };
  const error = assertThrows(() => start(free.address.port, { socks }), Error);
  assert(error.cause instanceof Deno.errors.AddrInUse);
  await using _still = start(free.address.port);
});

Deno.test("startProxy() knows its SOCKS5 listener for its own address", async () => {
  const policy = { allow: ["127.0.0.1"], allowLocalBinding: true };
  await using world = makeWorld({ policy, socks: { ip: ip("127.0.0.1"), port: 0 } });
  const { port } = world.proxy.socksAddress!;
  const answer = await world.ask(
    `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
  );
  assertStringIncludes(answer.body, '"reason":"own_listener"');
  assertEquals(world.dialled, []);
});

Deno.test("shutdown() ends those who read events, once all connections are over", async () => {
  const world = makeWorld();
  await world.ask(GET);
  const reader = world.proxy.feed.read(0)!;
  await world.proxy.shutdown(0);
  await world[Symbol.asyncDispose]();
  assertEquals([await reader.next(), world.proxy.feed.readers], [null, 0]);
});

Deno.test("startProxy() takes other listeners of the program for its own addresses", async () => {
  const others = [{ ip: ip("127.0.0.1"), port: 4711 }];
  const policy = { allow: ["127.0.0.1"], allowLocalBinding: true };
  await using world = makeWorld({ policy, alsoOurs: others });
  const answer = await world.ask(
    "GET http://127.0.0.1:4711/ HTTP/1.1\r\nHost: 127.0.0.1:4711\r\n\r\n",
  );
  assertStringIncludes(answer.body, '"reason":"own_listener"');
  assertEquals(world.dialled, []);
});

/** Sends one request by a listener that came later, and takes the answer. */

const NEVER = new AbortController().signal;
