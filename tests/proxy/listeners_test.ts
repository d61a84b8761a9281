import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { listenTcp } from "../../src/net/tcp_listener.ts";
import type { AddedListener } from "../../src/proxy/listeners.ts";
import { closesOf } from "../support/audit_records.ts";
import { until } from "../support/in_time.ts";
import { silent } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { GREETING, NO_AUTH } from "../support/socks.ts";
import { statusOf, Wire, type WireMessage } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";

const GET = "GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n";

Deno.test("a full proxy turns away one client more than it may hold, and takes the next again", async () => {
  await using world = makeWorld({ limits: { connections: 1 }, troubled: true });
  const first = await world.client();
  await first.send(GET);
  await first.readMessage();
  await using second = await world.client();
  const refused = await second.readMessage();
  assertMatch(refused.start, /^HTTP\/1\.1 503 /);
  await second.readEnd();
  assertEquals(world.proxy.connections, 1);
  await first[Symbol.asyncDispose]();
  await until(() => world.proxy.connections === 0, "the first client is gone");
  assertEquals(statusOf(await world.ask(GET)), 403);
});

Deno.test("a full proxy turns a SOCKS5 client away in its own words", async () => {
  await using world = makeWorld({
    limits: { connections: 1 },
    troubled: true,
    socks: { ip: ip("127.0.0.1"), port: 0 },
  });
  const first = await world.client();
  await first.send(GET);
  await first.readMessage();
  await using second = new Wire(await tcpDialer(world.proxy.socksAddress!, NEVER));
  assertEquals(await second.readAll(), "\x05\xff");
});

Deno.test("one client that holds all it may leaves room at the other listeners", async () => {
  await using world = makeWorld({ limits: { connectionsPerClient: 1 }, troubled: true });
  await using added = world.proxy.addListener(UNATTRIBUTED);
  const first = await world.client();
  await first.send(GET);
  await first.readMessage();
  await using second = await world.client();
  assertEquals(statusOf(await second.readMessage()), 429);
  assertEquals(statusOf(await askAt(added, GET)), 403);
  await first[Symbol.asyncDispose]();
  await until(() => world.proxy.connections === 0, "the clients are gone");
  assertEquals(statusOf(await world.ask(GET)), 403);
});

async function askAt({ address }: AddedListener, request: string): Promise<WireMessage> {
  await using wire = new Wire(await tcpDialer(address, NEVER));
  await wire.send(request);
  return await wire.readMessage();
}

Deno.test("add() takes one more port, whose requests are known by it", async () => {
  await using world = makeWorld();
  const attribution = { label: "build", command: "npm ci", execPolicyHint: "allowed" };
  await using added = world.proxy.addListener(attribution);
  assert(added.address.port !== world.proxy.address.port);
  assertEquals(statusOf(await askAt(added, GET)), 403);
  assertEquals(statusOf(await world.ask(GET)), 403);
  const [first, second] = world.blocked;
  assertEquals([first!.listener, first!.label, first!.command, first!.exec_policy_hint], [
    formatSocketAddress(added.address),
    "build",
    "npm ci",
    "allowed",
  ]);
  assertEquals([second!.listener, second!.label, second!.command], [
    world.authority,
    undefined,
    undefined,
  ]);
  const ids = world.audit.map((record) => record["doorward.request.id"]);
  assertEquals(ids, [1, 2]);
});

Deno.test("add() speaks what is spoken on the others", async () => {
  await using both = makeWorld();
  await using alone = makeWorld({ socks: null, troubled: true });
  const greet = async (world: World) => {
    await using added = world.proxy.addListener(UNATTRIBUTED);
    await using wire = new Wire(await tcpDialer(added.address, NEVER));
    await wire.send(GREETING);
    await wire.closeWrite();
    return (await wire.readAll()).slice(0, 12);
  };
  assertEquals(await greet(both), NO_AUTH);
  assertEquals(await greet(alone), "HTTP/1.1 400");
});

Deno.test("a listener that was added is no destination, until it is closed", async () => {
  const policy = { allow: ["127.0.0.1"], allowLocalBinding: true };
  await using world = makeWorld({ policy });
  const added = world.proxy.addListener(UNATTRIBUTED);
  const place = formatSocketAddress(added.address);
  const request = `GET http://${place}/ HTTP/1.1\r\nHost: ${place}\r\n\r\n`;
  assertStringIncludes((await world.ask(request)).body, '"reason":"own_listener"');
  assertStringIncludes((await askAt(added, request)).body, '"reason":"own_listener"');
  assertEquals(world.dialled, []);
  await added[Symbol.asyncDispose]();
  await added[Symbol.asyncDispose]();
  assertEquals((await world.ask(request)).body, "hello");
  assertEquals(world.dialled, [place]);
});

Deno.test("a listener that is closed takes what came in there with it, and nothing else", async () => {
  await using world = makeWorld({ origin: silent });
  const added = world.proxy.addListener(UNATTRIBUTED);
  const connect = "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n";
  await using there = new Wire(await tcpDialer(added.address, NEVER));
  await using here = await world.client();
  for (const wire of [there, here]) {
    await wire.send(connect);
    assertStringIncludes(await wire.readHead(), " 200 ");
  }
  await added[Symbol.asyncDispose]();
  await there.readEnd();
  assertEquals([world.proxy.connections, here.ending], [1, null]);
  // All is recorded by then, and the port is free.
  assertEquals(closesOf(world.audit).map((record) => record["doorward.listener"]), [
    formatSocketAddress(added.address),
  ]);
  listenTcp(added.address).close();
  await here.send("on");
  assertEquals(await (await world.origin.connection(1)).readExactly(2), "on");
});

Deno.test("close() closes the listeners that were added, and no more can be", async () => {
  const world = makeWorld({ origin: silent });
  const { proxy } = world;
  const added = proxy.addListener(UNATTRIBUTED);
  await using idle = new Wire(await tcpDialer(added.address, NEVER));
  await until(() => proxy.connections === 1, "the client is there");
  await world[Symbol.asyncDispose]();
  await idle.readEnd();
  assertEquals(proxy.connections, 0);
  listenTcp(added.address).close();
  assertThrows(() => proxy.addListener(UNATTRIBUTED), Error, "the proxy is shut down");
  await added[Symbol.asyncDispose]();
});

const NEVER = new AbortController().signal;
