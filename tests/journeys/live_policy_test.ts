import { assert, assertEquals } from "@std/assert";
import type { ConnectionRecord } from "../../src/audit/event.ts";
import type { OpenConnections } from "../../src/proxy/live.ts";
import type { RuleScope } from "../../src/proxy/runtime_rule.ts";
import { eventsOf } from "../support/feed.ts";
import { inTime, turn, until } from "../support/in_time.ts";
import { rulePattern } from "../support/live_policy.ts";
import { answering, ok, type Script, silent } from "../support/origin.ts";
import { domainAddress, openSocks } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { statusOf, type Wire } from "../support/wire.ts";
import { makeWorld, type World, type WorldOptions } from "../support/world.ts";

const HOST = "runtime.test";
const GET = `GET http://${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

/** A world whose configuration allows one host, and whose names all resolve. */
function runningWorld(options: WorldOptions = {}): World {
  return makeWorld({
    origin: silent,
    ...options,
    resolve: { [HOST]: ["93.184.216.40"], "other.test": ["93.184.216.41"], ...options.resolve },
  });
}

function allow(world: World, text: string, scope: RuleScope = { kind: "run" }): void {
  world.proxy.policy.add({ list: "allow", pattern: rulePattern(text), scope, from: "runtime" });
}

/** A tunnel through CONNECT. */
async function connectTunnel(world: World, host = HOST): Promise<Wire> {
  const client = await world.client();
  await client.send(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  const head = await client.readHead();
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`Cannot connect: ${head}`);
  return client;
}

function socksTunnel(world: World, host = HOST): Promise<Wire> {
  return openSocks(world, domainAddress(host, 443));
}

/** Makes sure that bytes still go through the tunnel of that number. */
async function assertOpen(world: World, client: Wire, index = 0): Promise<void> {
  await client.send("still here");
  await (await world.origin.connection(index)).readUntil("still here");
  assertEquals(client.ending, null);
}

/** Sends the first half of a long body, and stays. */
const halfway: Script = async (wire) => {
  await wire.readHead();
  await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789");
};

/** A download of which the first half has come. */
async function download(world: World): Promise<Wire> {
  const client = await world.client();
  await client.send(GET);
  await client.readUntil("0123456789");
  return client;
}

/** How many connections a change has closed, wherever they were held. */
function everywhere(world: World, closed: number): Promise<number> {
  return world.proxy.policy.everywhere(closed);
}

/** Takes back the rule for the host. */
function withdraw(world: World): Promise<number> {
  return everywhere(world, world.proxy.policy.remove("allow", HOST).closed);
}

/** Waits until whoever holds connections tells that it is so. */
async function untilTold(
  { proxy: { live } }: World,
  isSo: (live: OpenConnections) => boolean,
  what: string,
): Promise<void> {
  let isNow = false;
  const look = async () => {
    while (!isNow) {
      await live.refresh();
      isNow = isSo(live);
      if (!isNow) await turn();
    }
  };
  await inTime(look(), what);
}

for (const [what, open] of [["CONNECT", connectTunnel], ["SOCKS5", socksTunnel]] as const) {
  Deno.test(`${what}: withdrawing a rule closes the tunnel it allowed, and no other`, async () => {
    await using world = runningWorld();
    allow(world, HOST);
    const other = await open(world, "allowed.test");
    const client = await open(world);
    const { closed, rules } = world.proxy.policy.remove("allow", HOST);
    assertEquals([await everywhere(world, closed), rules.map(({ pattern }) => pattern)], [1, [
      HOST,
    ]]);
    await client.readEnd();
    await (await world.origin.connection(1)).readEnd();
    await assertOpen(world, other);
  });

  Deno.test(`${what}: the end of a rule's time closes nothing, and stops the next`, async () => {
    await using world = runningWorld();
    allow(world, HOST, { kind: "minutes", minutes: 1 });
    const client = await open(world);
    world.clock.advance(60_250);
    await until(() => world.proxy.policy.counts.runtime === 0, "the rule has ended");
    await assertOpen(world, client);
    const next = await world.client();
    await next.send(GET);
    assertEquals(statusOf(await next.readMessage()), 403);
  });

  Deno.test(`${what}: a tunnel outlasts a rule that was renewed, and then ended`, async () => {
    await using world = runningWorld();
    allow(world, HOST, { kind: "minutes", minutes: 1 });
    const client = await open(world);
    allow(world, HOST, { kind: "minutes", minutes: 2 });
    await everywhere(world, 0);
    world.clock.advance(120_250);
    await until(() => world.proxy.policy.counts.runtime === 0, "the rule has ended");
    await assertOpen(world, client);
  });

  Deno.test(`${what}: a switch to limited mode closes tunnels, whatever allowed them`, async () => {
    await using world = runningWorld();
    allow(world, HOST, { kind: "minutes", minutes: 1 });
    const clients = [await open(world), await open(world, "allowed.test")];
    world.clock.advance(60_250);
    await until(() => world.proxy.policy.counts.runtime === 0, "the rule has ended");
    assertEquals(await everywhere(world, world.proxy.policy.setMode("limited")), 2);
    for (const client of clients) await client.readEnd();
  });

  Deno.test(`${what}: a reload that drops a host closes its tunnel, and leaves the others`, async () => {
    await using world = runningWorld({ policy: { allow: [HOST, "allowed.test"] } });
    const other = await open(world, "allowed.test");
    const client = await open(world);
    world.setPolicy({ allow: ["allowed.test"] });
    await client.readEnd();
    await assertOpen(world, other);
  });

  Deno.test(`${what}: a rule that denies closes the tunnels that it names`, async () => {
    for (const denied of [HOST, "93.184.216.40", "93.184.216.40/31"]) {
      await using world = runningWorld({ policy: { allow: ["*.test"] } });
      const client = await open(world);
      const { change } = world.proxy.policy.add({
        list: "deny",
        pattern: rulePattern(denied),
        scope: { kind: "run" },
        from: "runtime",
      });
      assertEquals(await everywhere(world, change.closed), 1, denied);
      await client.readEnd();
    }
  });

  Deno.test(`${what}: a rule whose place another takes in time closes nothing`, async () => {
    await using world = runningWorld();
    allow(world, HOST);
    const client = await open(world);
    world.setPolicy({ allow: [HOST, "allowed.test"] });
    assertEquals(await withdraw(world), 0);
    await assertOpen(world, client);
  });
}

Deno.test("withdrawing a rule ends a long download of plain HTTP that it allowed", async () => {
  await using world = runningWorld({ origin: halfway });
  allow(world, HOST);
  const client = await download(world);
  assertEquals(await withdraw(world), 1);
  await client.readEnd();
  await (await world.origin.connection()).readAll();
});

Deno.test("the end of a rule's time lets a long download of plain HTTP finish", async () => {
  await using world = runningWorld({ origin: halfway });
  allow(world, HOST, { kind: "minutes", minutes: 1 });
  const client = await download(world);
  world.clock.advance(60_250);
  await until(() => world.proxy.policy.counts.runtime === 0, "the rule has ended");
  await (await world.origin.connection()).send("abcdefghij");
  assertEquals(await client.readExactly(10), "abcdefghij");
});

Deno.test("limited mode lets a long download of plain HTTP go on: it only reads", async () => {
  await using world = runningWorld({ origin: halfway, policy: { allow: [HOST] } });
  const client = await download(world);
  assertEquals(world.proxy.policy.setMode("limited"), 0);
  await (await world.origin.connection()).send("abcdefghij");
  assertEquals(await client.readExactly(10), "abcdefghij");
});

Deno.test("a connection that is kept is asked about again at each request", async () => {
  await using world = runningWorld({ origin: answering(ok()) });
  allow(world, HOST, { kind: "minutes", minutes: 1 });
  const client = await world.client();
  const statuses: number[] = [];
  for (let index = 0; index < 2; index++) {
    await client.send(GET);
    statuses.push(statusOf(await client.readMessage()));
  }
  world.clock.advance(60_250);
  await until(() => world.proxy.policy.counts.runtime === 0, "the rule has ended");
  await client.send(GET);
  statuses.push(statusOf(await client.readMessage()));
  allow(world, HOST);
  await client.send(GET);
  statuses.push(statusOf(await client.readMessage()));
  assertEquals(statuses, [200, 200, 403, 200]);
  assertEquals(world.dialled.length, 2);
});

Deno.test("a connection without a request is closed by no change of the policy", async () => {
  await using world = runningWorld({ origin: answering(ok()), policy: { allow: [HOST] } });
  const [idle, between] = [await world.client(), await world.client()];
  await between.send(GET);
  await between.readMessage();
  await until(() => world.proxy.connections === 2, "both are held");
  world.setPolicy({});
  await turn();
  assertEquals([idle.ending, between.ending], [null, null]);
  await between.send(GET);
  assertEquals(statusOf(await between.readMessage()), 403);
});

Deno.test("a tunnel that is being made when its rule is withdrawn is never opened", async () => {
  const dialling = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await using world = runningWorld({
    dial: (_, signal) => {
      asked.resolve();
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => {
        dialling.resolve();
        reject(signal.reason);
      });
      return promise;
    },
  });
  allow(world, HOST);
  const client = await world.client();
  await client.send(`CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\n\r\n`);
  await asked.promise;
  assertEquals(await withdraw(world), 1);
  await dialling.promise;
  await client.readEnd();
});

Deno.test("datagrams are decided by each policy that comes", async () => {
  await using network = makeUdpNetwork();
  await using world = runningWorld({ bindUdp: network.bind });
  allow(world, HOST);
  await using client = await openUdp(world);
  await client.send(domainAddress(HOST, 53), "one");
  await client.receive();
  assertEquals(await withdraw(world), 0);
  await client.send(domainAddress(HOST, 53), "two");
  await until(() => world.blocked.length === 1, "the datagram is blocked");
  allow(world, HOST);
  await client.send(domainAddress(HOST, 53), "three");
  assert((await client.receive()).endsWith("three"));
  assertEquals(network.sent.map(([, data]) => data), ["one", "three"]);
});

Deno.test("records tell the generation of the policy that decided", async () => {
  await using world = runningWorld({ policy: {}, origin: answering(ok()) });
  const ask = () => world.ask(GET);
  await ask();
  allow(world, HOST);
  await ask();
  world.proxy.policy.remove("allow", HOST);
  await ask();
  assertEquals(world.blocked.map(({ generation }) => generation), [1, 3]);
  const decisions = await eventsOf(world.proxy.feed, "decision");
  assertEquals(
    decisions.map(({ decision, generation }) => [decision, generation]),
    [["deny", 1], ["allow", 2], ["deny", 3]],
  );
});

Deno.test("connections are listed with what they carry, and can be closed one by one", async () => {
  await using world = runningWorld();
  allow(world, HOST);
  const client = await connectTunnel(world);
  const other = await connectTunnel(world, "allowed.test");
  await client.send("up");
  await (await world.origin.connection()).readUntil("up");
  await (await world.origin.connection()).send("down!");
  await client.readExactly(5);
  const of = ({ host }: ConnectionRecord) => host === HOST;
  await world.proxy.live.refresh();
  const listed = world.proxy.live.list().find(of);
  assertEquals(
    [listed!.kind, listed!.rule, listed!.bytes_up, listed!.bytes_down, listed!.generation],
    ["tunnel", HOST, 2, 5, 2],
  );
  assertEquals(world.proxy.live.close(listed!.id), true);
  await client.readEnd();
  await assertOpen(world, other, 1);
  await untilTold(world, (live) => live.list().length === 1, "one is left");
  assertEquals([world.proxy.live.carried.down, world.proxy.live.opened], [5, 2]);
  const states = (await eventsOf(world.proxy.feed, "connection"))
    .filter(({ connection: { id } }) => id === listed!.id).map(({ state }) => state);
  assertEquals(states, ["opened", "tunnel", "closed"]);
});

Deno.test("an upgrade is listed as a tunnel, and closed as one", async () => {
  const script: Script = async (wire) => {
    await wire.readHead();
    await wire.send(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    );
  };
  await using world = runningWorld({ origin: script });
  allow(world, HOST);
  const client = await world.client();
  await client.send(
    GET.replace("\r\n\r\n", "\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
  );
  await client.readHead();
  await client.send("words");
  await (await world.origin.connection()).readUntil("words");
  await untilTold(world, ({ carried }) => carried.up === 5, "the words are counted");
  assertEquals(world.proxy.live.list().map(({ kind, host }) => [kind, host]), [["tunnel", HOST]]);
  const states = (await eventsOf(world.proxy.feed, "connection")).map(({ state }) => state);
  assertEquals(states, ["opened", "tunnel"]);
  assertEquals(await withdraw(world), 1);
  await client.readEnd();
});

Deno.test("an association is listed as one, with what it carries", async () => {
  await using network = makeUdpNetwork((data) => `${data}${data}`);
  await using world = runningWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  await client.send(domainAddress("allowed.test", 53), "word");
  await client.receive();
  await untilTold(world, ({ carried }) => carried.down === 8, "both ways are counted");
  const [listed] = world.proxy.live.list();
  assertEquals(
    [listed!.kind, listed!.protocol, listed!.host, listed!.bytes_up, listed!.bytes_down],
    ["udp", "socks5_udp", null, 4, 8],
  );
});

Deno.test("a client that is cut off amid many changes leaves nothing behind", async () => {
  await using world = runningWorld();
  for (let round = 0; round < 20; round++) {
    allow(world, HOST);
    const clients = [await connectTunnel(world), await socksTunnel(world)];
    assertEquals(await withdraw(world), 2);
    for (const client of clients) await client.readEnd();
  }
  await until(() => world.proxy.connections === 0, "all are gone");
  assertEquals([world.upstreams, world.proxy.policy.current.generation], [0, 41]);
});
