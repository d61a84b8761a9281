import { assert, assertEquals } from "@std/assert";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { inTime, until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { askSocks, domainAddress, ipAddress, socksRequest } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { datagram } from "../support/udp_door.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { ALLOWED_IP, makeWorld } from "../support/world.ts";

const TO_ALLOWED = domainAddress("allowed.test", 443);
const ANYWHERE = socksRequest(ipAddress("0.0.0.0", 0), "udpAssociate");

Deno.test("datagrams go to a name that is allowed, which is looked up once, and come back", async () => {
  await using network = makeUdpNetwork((data) => data.toUpperCase());
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  for (const data of ["hello", "", "again"]) {
    await client.send(TO_ALLOWED, data);
    const answer = datagram(ipAddress(ALLOWED_IP, 443), data.toUpperCase());
    assertEquals(await client.receive(), answer);
  }
  assertEquals(network.sent.map(([to]) => to), Array(3).fill(`${ALLOWED_IP}:443`));
  assertEquals([world.lookups, world.dialled, world.blocked], [["allowed.test"], [], []]);
});

Deno.test("DNS, DNS over QUIC and HTTP/3 are destinations like any other", async () => {
  await using network = makeUdpNetwork((data, address) => `${address} got ${data}`);
  await using world = makeWorld({
    bindUdp: network.bind,
    policy: { allow: ["9.9.9.9:53", "allowed.test:853", "allowed.test:443"] },
  });
  await using client = await openUdp(world);
  const destinations = [
    [ipAddress("9.9.9.9", 53), "9.9.9.9"],
    [domainAddress("allowed.test", 853), ALLOWED_IP],
    [domainAddress("allowed.test", 443), ALLOWED_IP],
  ] as const;
  for (const [address, server] of destinations) {
    await client.send(address, "x");
    const answer = await client.receive();
    assert(answer.includes(`${server}:`) && answer.endsWith("got x"), answer);
  }
  for (const port of [53, 443, 853]) await client.send(ipAddress("8.8.8.8", port), "x");
  await until(() => world.blocked.length === 3, "three datagrams are blocked");
  assertEquals(
    world.blocked.map(({ host, port, method, protocol }) => [host, port, method, protocol]),
    [
      ["8.8.8.8", 53, "UDP", "socks5-udp"],
      ["8.8.8.8", 443, "UDP", "socks5-udp"],
      ["8.8.8.8", 853, "UDP", "socks5-udp"],
    ],
  );
  assertEquals(network.sent.length, 3);
});

Deno.test("a client of IPv6 gets a relay of IPv6, and each server its own family", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    listen: "::1",
    bindUdp: network.bind,
    policy: { allow: ["[2606:2800:220:1::1]", ALLOWED_IP] },
  });
  await using client = await openUdp(world, { announces: true });
  assertEquals(client.relay.ip, ip("::1"));
  for (const address of [ipAddress("2606:2800:220:1::1", 53), ipAddress(ALLOWED_IP, 53)]) {
    await client.send(address, "hello");
    assertEquals(await client.receive(), datagram(address, "hello"));
  }
  assertEquals(network.sent.map(([to]) => to), ["[2606:2800:220:1::1]:53", `${ALLOWED_IP}:53`]);
});

Deno.test("a proxy on every interface binds a relay where its client came in", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ listen: "0.0.0.0", bindUdp: network.bind });
  await using client = await openUdp(world);
  assertEquals(client.relay.ip, ip("127.0.0.1"));
  await client.send(TO_ALLOWED, "hello");
  assert((await client.receive()).endsWith("hello"));
});

Deno.test("the longest datagrams go both ways, and a longer answer is lost alone", async () => {
  // With the header of an answer: 65,507 bytes, which is all that fits into one.
  const longest = "x".repeat(65_507 - 10);
  await using network = makeUdpNetwork((data) => data === "more" ? longest + "x" : data);
  await using world = makeWorld({ bindUdp: network.bind, policy: { allow: [ALLOWED_IP] } });
  await using client = await openUdp(world);
  const to = ipAddress(ALLOWED_IP, 53);
  for (const data of ["more", longest]) await client.send(to, data);
  assertEquals(await client.receive(), datagram(to, longest));
  assertEquals(client.received.length, 1);
});

Deno.test("UDP ASSOCIATE is answered 0x07 where it is off, and 0x02 in limited mode", async () => {
  await using off = makeWorld({ socksUdp: false, troubled: true });
  await using client = await off.client();
  assertEquals(await askSocks(client, ANYWHERE), 7);
  await client.readEnd();
  await using limited = makeWorld({ policy: { allow: ["allowed.test"], mode: "limited" } });
  await using other = await limited.client();
  assertEquals(await askSocks(other, ANYWHERE), 2);
  await other.readEnd();
  assertEquals(limited.blocked.map(({ host, port, method, mode }) => [host, port, method, mode]), [
    ["0.0.0.0", 0, "UDP_ASSOCIATE", "limited"],
  ]);
});

Deno.test("a policy that is replaced counts for an association that stands", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  await client.send(TO_ALLOWED, "one");
  await client.receive();
  world.setPolicy({ allow: ["allowed.test"], deny: ["93.184.216.0/24"] });
  await client.send(TO_ALLOWED, "two");
  await until(() => world.blocked.length === 1, "the datagram is blocked");
  world.setPolicy({ allow: ["allowed.test"] });
  await client.send(TO_ALLOWED, "three");
  assert((await client.receive()).endsWith("three"));
  assertEquals(network.sent.map(([, data]) => data), ["one", "three"]);
});

Deno.test("what is blocked is said in the log, since the client cannot be told", async () => {
  await using world = makeWorld();
  await using client = await openUdp(world);
  await client.send(ipAddress("8.8.8.8", 53), "x");
  await until(() => world.unsaid.length > 0, "the block is told");
  assert(world.unsaid[0]!.startsWith("CODEX_NETWORK_POLICY_DECISION "));
  assert(world.unsaid[0]!.includes('"protocol":"socks5_udp","host":"8.8.8.8","port":53'));
});

Deno.test("an association ends with its control connection: closed, half closed or reset", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  const closed = await openUdp(world);
  await closed.send(TO_ALLOWED, "x");
  await closed.receive();
  assertEquals(network.open, 2);
  closed.control.close();
  await until(() => network.open === 0, "a closed connection ends it");
  await closed[Symbol.asyncDispose]();

  const half = await openUdp(world);
  await half.control.closeWrite();
  await until(() => network.open === 0, "a half-closed connection ends it");
  await half.control.readEnd();
  await half[Symbol.asyncDispose]();

  // A socket that is closed with unread data in it is reset.
  const reset = await world.client({ paused: true });
  await reset.send(`\x05\x01\x00${ANYWHERE}`);
  await until(() => network.open === 1, "the relay is bound");
  reset.close();
  await until(() => network.open === 0, "a reset connection ends it");
  await until(() => world.proxy.connections === 0, "no client is left");
});

Deno.test("an association in which nobody speaks ends", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind, limits: { udpIdleMs: 10_000 } });
  await using client = await openUdp(world);
  const ended = client.control.readEnd();
  await world.pass(9000);
  assertEquals(network.open, 1);
  await client.send(TO_ALLOWED, "x");
  await client.receive();
  await world.pass(9000);
  assertEquals(network.open, 2);
  await world.pass(2000, ended);
  await inTime(ended, "the control connection to be closed");
  await until(() => network.open === 0, "every socket is closed");
});

Deno.test("a shutdown ends the associations that are open", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  const clients = await Promise.all(Array.from({ length: 5 }, () => openUdp(world)));
  for (const client of clients) {
    await client.send(TO_ALLOWED, "x");
    await client.receive();
  }
  const shutdown = world.proxy.shutdown(5000);
  await world.pass(6000, shutdown);
  await inTime(shutdown, "the shutdown");
  assertEquals(network.open, 0);
  for (const client of clients) {
    await client.control.readEnd();
    await client[Symbol.asyncDispose]();
  }
});

Deno.test("200 associations move datagrams both ways, and leave nothing behind", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    bindUdp: network.bind,
    policy: { allow: ["allowed.test", "[2606:2800:220:1::1]"] },
  });
  // Elsewhere the sanitiser of the test, and `network.open`, have to do.
  const isLinux = Deno.build.os === "linux";
  const descriptors = () => isLinux ? [...Deno.readDirSync("/proc/self/fd")].length : 0;
  // What is made once and kept, by the runtime and by the network of the test, is made before.
  const first = await openUdp(world);
  const v6 = ipAddress("2606:2800:220:1::1", 53);
  for (const address of [TO_ALLOWED, v6]) {
    await first.send(address, "x");
    await first.receive();
  }
  await first[Symbol.asyncDispose]();
  await until(() => world.proxy.connections === 0, "the first client is gone");
  const before = descriptors();

  const clients = await Promise.all(Array.from({ length: 200 }, () => openUdp(world)));
  const ports = new Set(clients.map(({ relay }) => relay.port));
  assertEquals(ports.size, 200);
  await Promise.all(clients.map(async (client, index) => {
    for (let round = 0; round < 5; round++) {
      const data = `${index}/${round}`;
      await client.send(TO_ALLOWED, data);
      assertEquals(await client.receive(), datagram(ipAddress(ALLOWED_IP, 443), data));
      await client.send(v6, data);
      assertEquals(await client.receive(), datagram(v6, data));
    }
  }));
  assertEquals(network.open, 600);
  for (const { control } of clients) control.close();
  await until(() => network.open === 0, "every socket is closed");
  for (const client of clients) await client[Symbol.asyncDispose]();
  await until(() => world.proxy.connections === 0, "every client is gone");
  assertEquals(descriptors(), before);
});

Deno.test("one association more than the limit is refused, and those that stand go on", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    bindUdp: network.bind,
    limits: { udpAssociations: 3 },
    troubled: true,
  });
  const clients = await Promise.all(Array.from({ length: 3 }, () => openUdp(world)));
  await using one = await world.client();
  assertEquals(await askSocks(one, ANYWHERE), 1);
  assertEquals(world.diagnosed.length, 1);
  for (const client of clients) {
    await client.send(TO_ALLOWED, "x");
    assert((await client.receive()).endsWith("x"));
    await client[Symbol.asyncDispose]();
  }
  await until(() => network.open === 0, "they have ended");
  await using another = await openUdp(world);
  assertEquals(formatSocketAddress(another.relay).startsWith("127.0.0.1:"), true);
});
