import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import type { Protocol } from "../../src/policy/request.ts";
import { AdminError } from "../../src/proxy/admin_error.ts";
import type { Answer, Answerer, Question } from "../../src/proxy/asking/question.ts";
import { eventsOf } from "../support/feed.ts";
import { turn, until } from "../support/in_time.ts";
import { answering, ok, silent } from "../support/origin.ts";
import { domainAddress, GREETING, ipAddress, NO_AUTH, socksRequest } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { datagram } from "../support/udp_door.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { statusOf, type Wire } from "../support/wire.ts";
import { makeWorld, type World, type WorldOptions } from "../support/world.ts";

const HOLD_MS = 30_000;
const ASKED = "asked.test";
const ASKED_IP = "93.184.216.40";

/** A world in which everything is asked about that no rule names, and somebody may answer. */
function askingWorld(options: WorldOptions = {}): World {
  return makeWorld({
    ...options,
    policy: { allow: ["allowed.test"], ask: true, ...options.policy },
    ask: { holdMs: () => HOLD_MS, canBeAnswered: true, ...options.ask },
    resolve: { [ASKED]: [ASKED_IP], ...options.resolve },
  });
}

/** The question that waits, as soon as there is one. */
async function question({ proxy }: World, protocol?: Protocol): Promise<Question> {
  const found = () =>
    proxy.questions.pending.find((asked) => protocol === undefined || asked.protocol === protocol);
  await until(() => found() !== undefined, "there is a question");
  return found()!;
}

async function answer(world: World, parts: Partial<Answer> = {}): Promise<void> {
  const { id } = await question(world);
  const scope = { kind: "once" } as const;
  await world.proxy.questions.answer(id, { decision: "approve", scope, by: "admin", ...parts });
}

/** A way in for a stream: what a client sends, and how it learns what became of that. */
interface Entrance {
  readonly protocol: Protocol;
  readonly port: number;
  request(host: string): string;
  /** `passed`, or the refusal in short. */
  outcome(wire: Wire): Promise<string>;
}

const HTTP: Entrance = {
  protocol: "http",
  port: 80,
  request: (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  async outcome(wire: Wire): Promise<string> {
    const message = await wire.readMessage();
    if (statusOf(message) === 200) return "passed";
    const { decision, source, retryable } = JSON.parse(message.body);
    return `${statusOf(message)} ${decision} ${source}${retryable ? " retryable" : ""}`;
  },
};
const CONNECT: Entrance = {
  protocol: "https_connect",
  port: 443,
  request: (host) => `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`,
  async outcome(wire: Wire): Promise<string> {
    const head = await wire.readHead();
    if (head.startsWith("HTTP/1.1 200 ")) return "passed";
    const line = await wire.readUntil("\n");
    const { decision, source } = JSON.parse(line.slice(line.indexOf("{")));
    return `${head.slice(9, 12)} ${decision} ${source}${decision === "ask" ? " retryable" : ""}`;
  },
};
const SOCKS: Entrance = {
  protocol: "socks5_tcp",
  port: 443,
  request: (host) => GREETING + socksRequest(domainAddress(host, 443)),
  async outcome(wire: Wire): Promise<string> {
    assertEquals(await wire.readExactly(2), NO_AUTH);
    const code = (await wire.readExactly(10)).charCodeAt(1);
    return code === 0 ? "passed" : `reply ${code}`;
  },
};
const ENTRANCES = [HTTP, CONNECT, SOCKS];

/** A client that has asked for a host. */
async function asking(world: World, entrance: Entrance, host = ASKED): Promise<Wire> {
  const wire = await world.client();
  await wire.send(entrance.request(host));
  return wire;
}

for (const entrance of ENTRANCES) {
  const { protocol, port, outcome } = entrance;
  const refused = (words: string) => protocol === "socks5_tcp" ? "reply 2" : `403 ${words}`;

  Deno.test(`${protocol}: what is asked about waits, and passes once it is approved`, async () => {
    await using world = askingWorld();
    const client = await asking(world, entrance);
    const asked = await question(world);
    assertEquals([asked.host, asked.port, asked.protocol], [ASKED, port, protocol]);
    await world.pass(HOLD_MS / 2);
    assertEquals([world.lookups, world.dialled, world.blocked], [[], [], []]);
    await answer(world);
    assertEquals(await outcome(client), "passed");
    assertEquals([world.lookups, world.dialled], [[ASKED], [`${ASKED_IP}:${port}`]]);
    assertEquals([world.proxy.questions.pending, world.blocked], [[], []]);
    const decisions = await eventsOf(world.proxy.feed, "decision");
    assertEquals(
      decisions.map(({ decision, source, rule }) => [decision, source, rule]),
      [["allow", "decider", `${ASKED}:${port} over ${protocol}`]],
    );
  });

  Deno.test(`${protocol}: what is approved for a while is not asked about again`, async () => {
    await using world = askingWorld();
    const first = await asking(world, entrance);
    await answer(world, { scope: { kind: "minutes", minutes: 10 } });
    const second = await asking(world, entrance);
    assertEquals([await outcome(first), await outcome(second)], ["passed", "passed"]);
    assertEquals(world.proxy.questions.totals.asked, 1);
  });

  Deno.test(`${protocol}: what is denied is refused, and not asked about again so soon`, async () => {
    await using world = askingWorld();
    const first = await asking(world, entrance);
    await answer(world, { decision: "deny" });
    const second = await asking(world, entrance);
    for (const client of [first, second]) {
      assertEquals(await outcome(client), refused("deny decider"));
    }
    assertEquals(
      world.blocked.map(({ decision, source, reason }) => [decision, source, reason]),
      Array(2).fill(["deny", "decider", "not_allowed"]),
    );
    assertEquals([world.lookups, world.proxy.questions.totals.asked], [[], 1]);
  });

  Deno.test(`${protocol}: what nobody answers is refused as a question after its time`, async () => {
    await using world = askingWorld();
    const client = await asking(world, entrance);
    await question(world);
    await world.pass(HOLD_MS - 500);
    assertEquals(world.proxy.questions.pending.length, 1);
    const settled = outcome(client);
    await world.pass(1000);
    assertEquals(await settled, refused("ask decider retryable"));
    assertEquals(world.blocked.map(({ decision }) => decision), ["ask"]);
    assertEquals([world.lookups, world.dialled], [[], []]);
  });

  Deno.test(`${protocol}: no other limit cuts short a client that waits, or what comes after`, async () => {
    await using world = askingWorld({
      limits: { dnsMs: 1000, connectMs: 1000, headMs: 1000, idleMs: 1000, responseMs: 5000 },
    });
    const client = await asking(world, entrance);
    await question(world);
    await world.pass(HOLD_MS - 500);
    assertEquals([client.ending, world.proxy.questions.pending.length], [null, 1]);
    await answer(world);
    assertEquals(await outcome(client), "passed");
  });

  Deno.test(`${protocol}: a client that goes away takes its question along`, async () => {
    await using world = askingWorld();
    const client = await asking(world, entrance);
    await question(world);
    client.close();
    await until(() => world.proxy.questions.pending.length === 0, "the question is over");
    assertEquals(world.proxy.questions.totals.cancelled, 1);
    assertEquals(world.dialled, []);
    await until(() => world.proxy.connections === 0, "the client is gone");
  });

  Deno.test(`${protocol}: clients that ask the same share a question, and the answer`, async () => {
    await using world = askingWorld();
    const clients = [await asking(world, entrance), await asking(world, entrance)];
    await until(() => world.proxy.questions.pending[0]?.waiting === 2, "both wait");
    await answer(world);
    for (const client of clients) assertEquals(await outcome(client), "passed");
    assertEquals([world.proxy.questions.totals.asked, world.dialled.length], [1, 2]);
  });

  Deno.test(`${protocol}: a client that leaves does not take another's question along`, async () => {
    await using world = askingWorld();
    const [leaving, staying] = [await asking(world, entrance), await asking(world, entrance)];
    await until(() => world.proxy.questions.pending[0]?.waiting === 2, "both wait");
    leaving.close();
    await until(() => world.proxy.questions.pending[0]?.waiting === 1, "one waits");
    await answer(world);
    assertEquals(await outcome(staying), "passed");
    assertEquals(world.dialled.length, 1);
  });

  Deno.test(`${protocol}: local addresses and denied hosts are never asked about`, async () => {
    await using world = askingWorld({ policy: { deny: ["denied.test"] } });
    const refusals = [];
    for (const host of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "localhost", "denied.test"]) {
      refusals.push(await outcome(await asking(world, entrance, host)));
    }
    assertEquals(refusals, Array(5).fill(refused("deny baseline_policy")));
    assertEquals([world.proxy.questions.totals.asked, world.lookups], [0, []]);
  });

  Deno.test(`${protocol}: an approval opens no way to a local address behind a name`, async () => {
    const addresses = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"];
    const cases = [true, false].flatMap((allowLocalBinding) =>
      addresses.map((address) => ({ address, policy: { allowLocalBinding } }))
    );
    for (const { address, policy } of cases) {
      await using world = askingWorld({ policy, resolve: { [ASKED]: [ASKED_IP, address] } });
      const client = await asking(world, entrance);
      await answer(world, { scope: { kind: "run" } });
      assertEquals(await outcome(client), refused("deny baseline_policy"), address);
      assertEquals(world.blocked.map(({ reason }) => reason), ["not_allowed_local"]);
      assertEquals(world.dialled, []);
    }
  });

  Deno.test(`${protocol}: a policy that comes to allow it lets it pass without an answer`, async () => {
    await using world = askingWorld();
    const client = await asking(world, entrance);
    await question(world);
    world.setPolicy({ allow: [ASKED] });
    assertEquals(await outcome(client), "passed");
    assertEquals(world.proxy.questions.totals.settled, 1);
  });

  Deno.test(`${protocol}: the end of the proxy ends those who wait`, async () => {
    const world = askingWorld();
    const client = await asking(world, entrance);
    await question(world);
    await world[Symbol.asyncDispose]();
    assertEquals([world.proxy.questions.pending, world.proxy.connections], [[], 0]);
    assert(client.ending !== null);
  });
}

Deno.test("where nobody can be asked, the refusal comes at once", async () => {
  await using world = askingWorld({ ask: { holdMs: () => 0 } });
  assertEquals(
    await HTTP.outcome(await asking(world, HTTP)),
    "403 ask decider retryable",
  );
});

Deno.test("limited mode asks nobody about a tunnel, and asks about reading", async () => {
  await using world = askingWorld({ policy: { mode: "limited" } });
  for (const entrance of [CONNECT, SOCKS]) {
    const refusal = await entrance.outcome(await asking(world, entrance));
    assertMatch(refusal, /^(403 deny mode_guard|reply 2)$/);
  }
  assertEquals(world.proxy.questions.totals.asked, 0);
  const reading = await asking(world, HTTP);
  await answer(world);
  assertEquals(await HTTP.outcome(reading), "passed");
});

Deno.test("what a client sends before it is answered is carried behind the question", async () => {
  const hello = "\x16\x03\x01 a ClientHello";
  for (const entrance of [CONNECT, SOCKS]) {
    for (const isTogether of [true, false]) {
      await using world = askingWorld({ origin: silent });
      const client = await world.client();
      await client.send(entrance.request(ASKED) + (isTogether ? hello : ""));
      await question(world);
      if (!isTogether) await client.send(hello);
      await turn();
      await answer(world);
      assertEquals(await entrance.outcome(client), "passed");
      await client.send(", and more");
      const origin = await world.origin.connection();
      assertEquals(await origin.readExactly(hello.length + 10), `${hello}, and more`);
    }
  }
});

Deno.test("the body of a request that waits reaches the origin whole", async () => {
  for (const isTogether of [true, false]) {
    await using world = askingWorld();
    const client = await world.client();
    const head = `POST http://${ASKED}/ HTTP/1.1\r\nHost: ${ASKED}\r\nContent-Length: 10\r\n\r\n`;
    await client.send(isTogether ? `${head}01234` : head);
    await question(world);
    await client.send(isTogether ? "56789" : "0123456789");
    await turn();
    await answer(world);
    assertEquals(statusOf(await client.readMessage()), 200);
    assert(world.origin.received.endsWith("\r\n\r\n0123456789"), world.origin.received);
    await client.send(HTTP.request("allowed.test"));
    assertEquals(statusOf(await client.readMessage()), 200);
  }
});

Deno.test("requests that came behind one that waits are answered in order", async () => {
  await using world = askingWorld({ origin: answering(ok("one")) });
  const client = await world.client();
  await client.send(HTTP.request(ASKED) + HTTP.request("allowed.test"));
  await answer(world, { decision: "deny" });
  assertEquals(await HTTP.outcome(client), "403 deny decider");
  assertEquals(await HTTP.outcome(client), "passed");
});

Deno.test("a client that has finished sending does not wait for a person", async () => {
  await using world = askingWorld();
  const client = await asking(world, HTTP);
  await question(world);
  await client.closeWrite();
  assertEquals(await HTTP.outcome(client), "403 ask decider retryable");
  assertEquals(world.proxy.questions.totals.cancelled, 1);
});

Deno.test("a client that leaves while a request that waited is carried is noticed", async () => {
  await using world = askingWorld({
    origin: silent,
    limits: { responseMs: 3_600_000, bodyIdleMs: 3_600_000 },
  });
  const client = await world.client();
  await client.send(
    `POST http://${ASKED}/ HTTP/1.1\r\nHost: ${ASKED}\r\nContent-Length: 4\r\n\r\n`,
  );
  await question(world);
  await client.send("body");
  await turn();
  await answer(world);
  await (await world.origin.connection()).readUntil("body");
  await client.closeWrite();
  await turn();
  await world.pass(31_000);
  assertEquals(statusOf(await client.readMessage()), 504);
});

Deno.test("each way in is asked about by itself", async () => {
  await using world = askingWorld();
  const clients = [];
  for (const entrance of ENTRANCES) clients.push(await asking(world, entrance));
  await until(() => world.proxy.questions.pending.length === 3, "three questions wait");
  const { id } = await question(world, "socks5_tcp");
  await world.proxy.questions.answer(id, {
    decision: "approve",
    scope: { kind: "run" },
    by: "admin",
  });
  assertEquals(await SOCKS.outcome(clients[2]!), "passed");
  assertEquals(world.proxy.questions.pending.length, 2);
});

Deno.test("whoever is asked sees the question, and their answer counts", async () => {
  const seen: Question[] = [];
  const answerer: Answerer = (asked) => {
    seen.push(asked);
    return Promise.resolve({ decision: "approve", scope: { kind: "run" }, by: "terminal" });
  };
  await using world = askingWorld({
    ask: { answerers: () => [answerer], canBeAnswered: false },
    attribution: { ...UNATTRIBUTED, command: "npm install" },
  });
  assertEquals(await CONNECT.outcome(await asking(world, CONNECT)), "passed");
  const [asked] = seen;
  assertEquals([asked!.method, asked!.command, asked!.host], ["CONNECT", "npm install", ASKED]);
  assertMatch(asked!.client, /^127\.0\.0\.1:\d+$/);
  assertEquals(world.proxy.policy.rules.map(({ origin }) => origin), ["config", "approval"]);
});

Deno.test("an answer that comes too late is told so", async () => {
  await using world = askingWorld();
  const client = await asking(world, HTTP);
  const { id } = await question(world);
  client.close();
  await until(() => world.proxy.questions.pending.length === 0, "the question is over");
  const late = world.proxy.questions.answer(id, {
    decision: "approve",
    scope: { kind: "run" },
    by: "admin",
  });
  assertEquals((await assertRejects(() => late, AdminError)).code, "not_pending");
  assertEquals(world.proxy.policy.counts.runtime, 0);
});

Deno.test("datagrams wait for a person, and go where that is approved", async () => {
  await using network = makeUdpNetwork();
  await using world = askingWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  for (const data of ["one", "two"]) await client.send(domainAddress(ASKED, 53), data);
  const asked = await question(world);
  assertEquals([asked.protocol, asked.method, asked.port], ["socks5_udp", "UDP", 53]);
  await until(() => client.received.length === 0, "nothing came back");
  assertEquals([world.lookups, network.sent], [[], []]);
  await answer(world);
  for (const data of ["one", "two"]) {
    assertEquals(await client.receive(), datagram(ipAddress(ASKED_IP, 53), data));
  }
  await client.send(domainAddress(ASKED, 53), "three");
  await client.receive();
  assertEquals(world.proxy.questions.totals.asked, 1);
});

Deno.test("datagrams that are denied, or not answered, go nowhere", async () => {
  await using network = makeUdpNetwork();
  await using world = askingWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  await client.send(domainAddress("a.test", 53), "one");
  await answer(world, { decision: "deny" });
  await until(() => world.blocked.length === 1, "the denial is recorded");
  await client.send(domainAddress("b.test", 53), "two");
  await question(world);
  await world.pass(HOLD_MS + 500);
  await until(() => world.blocked.length === 2, "the question is recorded");
  assertEquals(
    world.blocked.map(({ host, decision, source, protocol }) => [host, decision, source, protocol]),
    [
      ["a.test", "deny", "decider", "socks5-udp"],
      ["b.test", "ask", "decider", "socks5-udp"],
    ],
  );
  assertEquals([network.sent, world.lookups], [[], []]);
});

Deno.test("an association that ends takes its questions along", async () => {
  await using network = makeUdpNetwork();
  await using world = askingWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  await client.send(domainAddress(ASKED, 53), "one");
  await question(world);
  client.control.close();
  await until(() => world.proxy.questions.pending.length === 0, "the question is over");
  assertEquals(world.proxy.questions.totals.cancelled, 1);
});

Deno.test("questions about datagrams hold up no other datagrams of the same client", async () => {
  await using network = makeUdpNetwork();
  await using world = askingWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  for (let index = 0; index < 8; index++) {
    await client.send(domainAddress(`h${index}.test`, 53), "asked");
    await until(() => world.proxy.questions.pending.length === index + 1, "one more waits");
  }
  await client.send(domainAddress("allowed.test", 53), "allowed");
  assert((await client.receive()).endsWith("allowed"));
});
