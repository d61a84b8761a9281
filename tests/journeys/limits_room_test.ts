// How many there may be at once: the last that fits is served, and one more is told why not.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LIMIT_KEYS } from "../../src/config/limits_table.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { tlsServing } from "../../src/net/tls_server.ts";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { IdentityCache } from "../../src/tls/identity_cache.ts";
import { trusting } from "../../src/net/tls_client.ts";
import { authorityFor, makeInside, requestRule } from "../support/inside.ts";
import { until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { reachedOf } from "../support/reached.ts";
import { askSocks, domainAddress, ipAddress, socksRequest } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { datagram } from "../support/udp_door.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { fieldOf, statusOf, Wire } from "../support/wire.ts";
import { ALLOWED_IP, makeWorld } from "../support/world.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const ASSOCIATE = socksRequest(ipAddress("0.0.0.0", 0), "udpAssociate");
const NEVER = new AbortController().signal;

/** Each limit of connections, what it is told with, and what the configuration calls it. */
const CONNECTIONS = [
  ["connections", "503 Too Many Connections", { connections: 3 }],
  [
    "connections_per_client",
    "429 Too Many Connections Of One Client",
    { connectionsPerClient: 3 },
  ],
] as const;

for (const [key, line, limits] of CONNECTIONS) {
  Deno.test(`${key}: the last that fits is served, the next is told ${line} and why`, async () => {
    await using world = makeWorld({ limits, troubled: true });
    const held = await Promise.all([world.client(), world.client(), world.client()]);
    await until(() => world.proxy.connections === 3, "three are held");
    for (let more = 0; more < 2; more++) {
      await using client = await world.client();
      const answer = await client.readMessage();
      assertEquals(answer.start, `HTTP/1.1 ${line}`);
      assertStringIncludes(answer.body, `${key} under [network.limits] is reached`);
      assertStringIncludes(fieldOf(answer, "Proxy-Status")!, `details="${key}"`);
      await client.readEnd();
    }
    for (const client of held) {
      await client.send(GET);
      assertEquals(statusOf(await client.readMessage()), 200);
    }
    held[0]!.close();
    await until(() => world.proxy.connections === 2, "one has left");
    assertEquals(statusOf(await world.ask(GET)), 200);
    assertEquals(reachedOf(world), { [key]: 2 });
    // Told once, however many come.
    assertEquals(world.diagnosed, [
      `Reached ${key} under [network.limits]: what is beyond 3 is refused`,
    ]);
  });

  Deno.test(`${key}: a client of SOCKS5 is told in its own words`, async () => {
    const at = { ip: ip("127.0.0.1"), port: 0 };
    await using world = makeWorld({ limits, troubled: true, socks: at });
    const open = async () => new Wire(await tcpDialer(world.proxy.socksAddress!, NEVER));
    const held = await Promise.all([open(), open(), open()]);
    await until(() => world.proxy.connections === 3, "three are held");
    await using more = await open();
    assertEquals(await more.readAll(), "\x05\xff");
    assertEquals(await askSocks(held[2]!, socksRequest(domainAddress("allowed.test", 443))), 0);
    for (const wire of held) await wire[Symbol.asyncDispose]();
    assertEquals(reachedOf(world), { [key]: 1 });
  });
}

Deno.test("connections_per_client: whoever takes all it may leaves room for others", async () => {
  await using world = makeWorld({ limits: { connectionsPerClient: 1 }, troubled: true });
  await using other = world.proxy.addListener(UNATTRIBUTED);
  await using greedy = await world.client();
  await until(() => world.proxy.connections === 1, "it is held");
  assertEquals(statusOf(await world.ask("")), 429);
  await using client = new Wire(await tcpDialer(other.address, NEVER));
  await client.send(GET);
  assertEquals(statusOf(await client.readMessage()), 200);
  await greedy.send(GET);
  assertEquals(statusOf(await greedy.readMessage()), 200);
});

Deno.test("dns_lookups: the last that fits waits, the next is told 503; in SOCKS5 0x01", async () => {
  const answers: PromiseWithResolvers<void>[] = [];
  const slow = async () => {
    const answer = Promise.withResolvers<void>();
    answers.push(answer);
    await answer.promise;
    return [ip(ALLOWED_IP)];
  };
  await using world = makeWorld({
    limits: { dnsLookups: 1 },
    resolve: { "allowed.test": slow },
    troubled: true,
  });
  await using first = await world.client();
  await first.send(GET);
  await until(() => answers.length === 1, "it is looked up");
  const refused = await world.ask(GET);
  const body = JSON.parse(refused.body);
  assertEquals([statusOf(refused), body.reason, body.retryable], [503, "too_many_lookups", true]);
  assertStringIncludes(body.message, "(dns_lookups under [network.limits])");
  assertStringIncludes(fieldOf(refused, "Proxy-Status")!, "error=dns_error");
  await using socks = await world.client();
  assertEquals(await askSocks(socks, socksRequest(domainAddress("allowed.test", 443))), 1);
  answers[0]!.resolve();
  assertEquals(statusOf(await first.readMessage()), 200);
  assertEquals([world.lookups.length, reachedOf(world)], [1, { dns_lookups: 2 }]);
});

Deno.test("dns_addresses: those beyond are not tried", async () => {
  const resolve = { "allowed.test": [ALLOWED_IP, "93.184.216.35", "93.184.216.36"] };
  await using world = makeWorld({
    limits: { dnsAddresses: 2 },
    resolve,
    dial: () => Promise.reject(new Deno.errors.ConnectionRefused("no")),
    troubled: true,
  });
  await world.ask(GET);
  assertEquals(world.dialled, [`${ALLOWED_IP}:80`, "93.184.216.35:80"]);
  assertEquals(reachedOf(world), { dns_addresses: 1 });
});

Deno.test("questions: the last that fits waits, the next is refused like nobody's", async () => {
  await using world = makeWorld({
    policy: { allow: [], ask: true },
    ask: { holdMs: () => 30_000, canBeAnswered: true, questionsMax: 1 },
    troubled: true,
  });
  const get = (host: string) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  await using first = await world.client();
  await first.send(get("a.test"));
  await until(() => world.proxy.questions.pending.length === 1, "somebody is asked");
  const refused = await world.ask(get("b.test"));
  assertEquals(statusOf(refused), 403);
  assertStringIncludes(refused.body, "(questions under [network.limits])");
  assertEquals([first.received, reachedOf(world)], ["", { questions: 1 }]);
});

Deno.test("udp_associations: the last that fits is given, the next is told 0x01", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    bindUdp: network.bind,
    limits: { udpAssociations: 1 },
    troubled: true,
  });
  await using first = await openUdp(world);
  await using second = await world.client();
  assertEquals(await askSocks(second, ASSOCIATE), 1);
  const to = domainAddress("allowed.test", 443);
  await first.send(to, "hello");
  assertEquals(await first.receive(), datagram(ipAddress(ALLOWED_IP, 443), "hello"));
  assertEquals(reachedOf(world), { udp_associations: 1 });
});

Deno.test("udp_destinations: the one unused for longest makes way, and nothing is lost", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind, limits: { udpDestinations: 1 } });
  await using client = await openUdp(world);
  for (const [port, reached] of [[443, {}], [853, { udp_destinations: 1 }]] as const) {
    await client.send(domainAddress("allowed.test", port), "hello");
    assertEquals(await client.receive(), datagram(ipAddress(ALLOWED_IP, port), "hello"));
    assertEquals(reachedOf(world), reached);
  }
});

Deno.test("udp_idle_seconds: an association in which nobody speaks ends", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind, limits: { udpIdleMs: 3_000 } });
  await using client = await openUdp(world);
  await world.pass(2_500);
  await client.send(domainAddress("allowed.test", 443), "hello");
  await client.receive();
  await world.pass(2_500);
  assertEquals(client.control.ending, null);
  await world.pass(1_000);
  await client.control.readEnd();
  assertEquals(reachedOf(world), { udp_idle_seconds: 1 });
});

Deno.test("event_readers: the last that fits reads, and there is no place for the next", async () => {
  await using world = makeWorld({ limits: { eventReaders: 1 } });
  const { feed } = world.proxy;
  const reader = feed.read();
  // What the admin API says then stands in tests/admin/event_routes_test.ts.
  assertEquals([reader === null, feed.read()], [false, null]);
  reader!.close();
  const next = feed.read();
  assert(next !== null);
  next.close();
});

Deno.test("intercepted_certificates: that of another host makes way, and is made again", async () => {
  const { ca, cert: chain, key } = await authorityFor("DNS:a.test", "DNS:b.test");
  const made: string[] = [];
  const cache = new IdentityCache(
    (host) => {
      made.push(host.kind === "name" ? host.name : "");
      return Promise.resolve({ identity: { chain, key }, renewAt: Infinity });
    },
    () => 0,
    1,
  );
  await using inside = await makeInside({ ca, cert: chain, key }, {
    policy: {
      allow: ["a.test", "b.test"],
      requestRules: [requestRule("a.test"), requestRule("b.test")],
    },
    world: {
      resolve: { "a.test": [ALLOWED_IP], "b.test": [ALLOWED_IP] },
      interception: {
        secureClient: tlsServing(),
        identityFor: (host, full) => cache.identityFor(host, full),
        secureServer: trusting([ca]),
      },
    },
  });
  const names = ["a.test", "a.test", "b.test", "a.test"];
  for (const name of names) {
    const wire = await inside.secure({ host: name });
    await wire.send(`GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
    assertEquals(statusOf(await wire.readMessage()), 200);
  }
  assertEquals(made, ["a.test", "b.test", "a.test"]);
  assertEquals(reachedOf(inside.world), { intercepted_certificates: 2 });
});

Deno.test("every limit has a journey that names it", async () => {
  const texts = await Promise.all(
    ["limits_test.ts", "limits_room_test.ts"].map((name) =>
      Deno.readTextFile(new URL(name, import.meta.url))
    ),
  );
  const keys = Object.values(LIMIT_KEYS).map(({ key }) => key);
  const untested = keys.filter((key) =>
    !new RegExp(`"(?:[a-z_]+ and )?${key}\\b`).test(texts.join())
  );
  assertEquals(untested, []);
});
