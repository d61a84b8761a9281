import { assert, assertEquals } from "@std/assert";
import { bindUdp } from "../../src/net/udp_socket.ts";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { never } from "../support/door.ts";
import { turn, until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { domainAddress, ipAddress } from "../support/socks.ts";
import { openUdp, type UdpClient } from "../support/udp_client.ts";
import { datagram } from "../support/udp_door.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { ALLOWED_IP, makeWorld } from "../support/world.ts";

const TO_ALLOWED = domainAddress("allowed.test", 53);

/** Sends what is allowed and takes the answer: all that was sent before has been looked at then. */
async function roundTrip(client: UdpClient, data: string): Promise<void> {
  await client.send(TO_ALLOWED, data);
  assertEquals(await client.receive(), datagram(ipAddress(ALLOWED_IP, 53), data));
}

// A name that is not allowed must not even be asked about.
Deno.test("names of a denied domain leave neither as datagrams nor as look-ups", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  for (const secret of ["mzxw6ytb", "oi", "allowed.test"]) {
    await client.send(domainAddress(`${secret}.evil.test`, 53), "x");
  }
  await roundTrip(client, "still here");
  assertEquals(world.lookups, ["allowed.test"]);
  assertEquals(network.sent.map(([, data]) => data), ["still here"]);
  assertEquals(world.blocked.length, 3);
});

// No port is special; a resolver is reached when it is allowed.
Deno.test("resolvers that are not allowed get nothing, on any port", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  for (const port of [53, 443, 784, 853, 5353]) {
    await client.send(ipAddress("1.1.1.1", port), "x");
    await client.send(ipAddress("2606:4700:4700::1111", port), "x");
    await client.send(domainAddress("dns.google", port), "x");
  }
  await roundTrip(client, "still here");
  assertEquals([network.sent.length, world.blocked.length, world.lookups.length], [1, 15, 1]);
});

Deno.test("addresses of this machine and its networks get nothing, however they are written", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    bindUdp: network.bind,
    policy: { dangerouslyAllowAllDomains: true },
    resolve: {
      "rebound.test": ["93.184.216.34", "127.0.0.1"],
      "metadata.test": ["169.254.169.254"],
    },
  });
  await using client = await openUdp(world);
  const table = [
    ipAddress("127.0.0.1", 53),
    ipAddress("127.9.9.9", 53),
    ipAddress("0.0.0.0", 53),
    ipAddress("10.0.0.1", 53),
    ipAddress("192.168.1.1", 1900),
    ipAddress("169.254.169.254", 80),
    ipAddress("224.0.0.251", 5353),
    ipAddress("239.255.255.250", 1900),
    ipAddress("255.255.255.255", 67),
    ipAddress("::1", 53),
    ipAddress("::", 53),
    ipAddress("::ffff:127.0.0.1", 53),
    ipAddress("64:ff9b::7f00:1", 53),
    ipAddress("fe80::1", 53),
    ipAddress("ff02::fb", 5353),
    ipAddress("fd00:ec2::254", 80),
    domainAddress("localhost", 53),
    domainAddress("127.0.0.1", 53),
    domainAddress("::1", 53),
    domainAddress("[::1]", 53),
    domainAddress("rebound.test", 53),
    domainAddress("metadata.test", 80),
  ];
  for (const address of table) await client.send(address, "x");
  await roundTrip(client, "still here");
  assertEquals(network.sent.map(([, data]) => data), ["still here"]);
  assertEquals(world.blocked.map(({ reason }) => reason), table.map(() => "not_allowed_local"));
});

Deno.test("neither a listener nor a relay of ours gets a datagram, whatever the policy says", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    bindUdp: network.bind,
    policy: {
      allow: ["127.0.0.1", "127.0.0.2", "localhost", "allowed.test"],
      allowLocalBinding: true,
    },
    resolve: { localhost: ["127.0.0.1"] },
  });
  await using client = await openUdp(world);
  await using other = await openUdp(world);
  const ports = [world.proxy.address.port, client.relay.port, other.relay.port];
  for (const port of ports) {
    await client.send(ipAddress("127.0.0.1", port), "x");
    await client.send(ipAddress("127.0.0.2", port), "x");
    await client.send(domainAddress("localhost", port), "x");
  }
  await roundTrip(client, "still here");
  assertEquals(network.sent.map(([, data]) => data), ["still here"]);
  assertEquals(world.blocked.map(({ reason }) => reason), Array(9).fill("own_listener"));
  // A port that is nobody's of ours is a destination, until a relay takes it.
  await client.send(ipAddress("127.0.0.1", 9), "allowed");
  assert((await client.receive()).endsWith("allowed"));
});

// Bound to the client of the control connection.
Deno.test({
  name: "what others send to a relay goes nowhere, and they are not answered",
  // Elsewhere 127.0.0.1 is the only address of loopback.
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  await using neighbour = await openUdp(world, { from: "127.0.0.2" });
  // From another address, before and after the client has sent.
  await neighbour.sendBytes(datagram(TO_ALLOWED, "spoofed"), client.relay);
  await roundTrip(client, "one");
  await neighbour.sendBytes(datagram(TO_ALLOWED, "spoofed"), client.relay);
  // From its address and another port.
  await using thief = await openUdp(world);
  await thief.sendBytes(datagram(TO_ALLOWED, "stolen"), client.relay);
  await roundTrip(client, "two");
  assertEquals(network.sent.map(([, data]) => data), ["one", "two"]);
  assertEquals([neighbour.received, thief.received, client.received.length], [[], [], 2]);
  assertEquals(world.blocked, []);
});

Deno.test("a client that announces its port is the only one there from the start", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world, { announces: true });
  await using thief = await openUdp(world);
  await thief.sendBytes(datagram(TO_ALLOWED, "stolen"), client.relay);
  await roundTrip(client, "mine");
  assertEquals(network.sent.map(([, data]) => data), ["mine"]);
});

Deno.test("what comes from outside unasked reaches nobody", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  await roundTrip(client, "one");
  const stranger = bindUdp({ ip: ip("127.0.0.1"), port: 0 });
  const [outward] = network.outward;
  for (let count = 0; count < 10; count++) {
    await stranger.send(latin1Bytes("spoofed"), outward!);
    await stranger.send(latin1Bytes(datagram(TO_ALLOWED, "spoofed")), outward!);
  }
  stranger.close();
  await roundTrip(client, "two");
  assertEquals([client.received.length, network.sent.length], [2, 2]);
});

Deno.test("fragments and malformed datagrams are dropped, and end nothing", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  const good = datagram(TO_ALLOWED, "bad");
  const malformed = [
    ...Array.from({ length: good.length - 3 }, (_, length) => good.slice(0, length)),
    `\0\0\x01${good.slice(3)}`,
    `\0\0\x81${good.slice(3)}`,
    `\0\x01\0${good.slice(3)}`,
    `\x05\0\0${good.slice(3)}`,
    `\0\0\0\x02${good.slice(4)}`,
    `\0\0\0\x03\xff${good.slice(5)}`,
    datagram(domainAddress("", 53), "x"),
    datagram(domainAddress("allowed.test", 0), "x"),
    datagram(domainAddress("allowed.test\0.evil.test", 53), "x"),
    datagram(domainAddress("allowed.test\r\n", 53), "x"),
    datagram(domainAddress("allowed.test ", 53), "x"),
    datagram(domainAddress("0x7f.1", 53), "x"),
    datagram(domainAddress("2130706433", 53), "x"),
    datagram(domainAddress("x".repeat(255), 53), "x"),
  ];
  for (const bytes of malformed) await client.sendBytes(bytes);
  await roundTrip(client, "still here");
  assertEquals(network.sent.map(([, data]) => data), ["still here"]);
  assertEquals([world.blocked, world.lookups], [[], ["allowed.test"]]);
});

Deno.test("a client that repeats what is denied does not fill the log", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  for (let count = 0; count < 100; count++) {
    await client.send(domainAddress("denied.test", 53), "x");
  }
  await roundTrip(client, "still here");
  assertEquals(world.blocked.length, 1);
});

// Recording is slower than sending: what is written of a flood may be more than the flood.
Deno.test("a client that makes up destinations without end does not fill the log", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind, troubled: true });
  await using client = await openUdp(world);
  for (let number = 0; number < 1000; number++) {
    await client.send(domainAddress(`n${number}.denied.test`, 53), "x");
    if (number % 100 === 99) await roundTrip(client, `${number}`);
  }
  assertEquals([world.blocked.length, world.diagnosed], [64, []]);
  world.clock.advance(1000);
  for (let number = 0; number < 20; number++) {
    await client.send(domainAddress(`later${number}.denied.test`, 53), "x");
  }
  await roundTrip(client, "still here");
  assertEquals([world.blocked.length, world.diagnosed.length], [64 + 16, 1]);
});

Deno.test("10,000 destinations cost one client its own memory of them, and nobody else anything", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    bindUdp: network.bind,
    limits: { udpDestinations: 16 },
    troubled: true,
  });
  await using client = await openUdp(world);
  await using neighbour = await openUdp(world);
  await roundTrip(neighbour, "before");
  await roundTrip(client, "before");
  for (let number = 0; number < 10_000; number++) {
    await client.send(ipAddress(`93.${number >> 8}.${number & 255}.1`, 53), "x");
    // What the system has no room for is lost: here everything is to arrive.
    if (number % 100 === 99) {
      await roundTrip(client, `${number}`);
      await roundTrip(neighbour, `${number}`);
    }
  }
  await roundTrip(client, "after");
  await roundTrip(neighbour, "after");
  // The flood has pushed out what the client knew, each time; what the neighbour knew is still known.
  assertEquals(world.lookups.length, 102);
  assert((await world.ask("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n")).body);
});

Deno.test("names that nobody answers for are asked about a few at a time", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({
    bindUdp: network.bind,
    policy: { dangerouslyAllowAllDomains: true },
    resolve: Object.fromEntries(
      Array.from(
        { length: 200 },
        (
          _,
          number,
        ) => [`n${number}.test`, (_: string, signal: AbortSignal) => never<never>(signal)],
      ),
    ),
  });
  await using client = await openUdp(world);
  for (let number = 0; number < 200; number++) {
    await client.send(domainAddress(`n${number}.test`, 53), "x".repeat(1000));
    await client.send(domainAddress(`n${number}.test`, 53), "x".repeat(1000));
    await turn();
  }
  assertEquals(world.lookups.length, 4);
  // The control connection ends the wait.
  client.control.close();
  await until(() => network.open === 0, "every socket is closed");
  assertEquals(network.sent, []);
});

Deno.test("bytes without end on the control connection are thrown away", async () => {
  await using network = makeUdpNetwork();
  await using world = makeWorld({ bindUdp: network.bind });
  await using client = await openUdp(world);
  for (let count = 0; count < 64; count++) await client.control.send("x".repeat(64 * 1024));
  await roundTrip(client, "still here");
  assertEquals(client.control.ending, null);
});
