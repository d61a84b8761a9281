import { assertEquals, assertMatch } from "@std/assert";
import { never } from "../../support/door.ts";
import { inTime, until } from "../../support/in_time.ts";
import { ip, policyOf } from "../../support/policy.ts";
import { domainAddress, ipAddress } from "../../support/socks.ts";
import {
  type AssociateOptions,
  datagram,
  makeUdpDoor,
  openAssociation,
  settle,
} from "../../support/udp_door.ts";

/** Where the client of most tests sends from; its control connection is from port 50000. */
const CLIENT = "127.0.0.1:5000";
/** Where `allowed.test` is. */
const SERVER = "93.184.216.34:53";
const NAME = domainAddress("allowed.test", 53);
const HELLO = datagram(NAME, "hello");

/** A datagram as the client gets it. */
function answer(address: string, port: number, data: string): string {
  return datagram(ipAddress(address, port), data);
}

Deno.test("a datagram goes out without its header, and the answer comes back with one", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  const outward = world.socket(1);
  assertEquals(outward.address, { ip: ip("0.0.0.0"), port: 40_001 });
  assertEquals(outward.sent, [[SERVER, "hello"]]);
  outward.inject(SERVER, "hello yourself");
  await settle();
  assertEquals(relay.sent, [[CLIENT, answer("93.184.216.34", 53, "hello yourself")]]);
  assertEquals(world.base.lookups, ["allowed.test"]);
});

Deno.test("each family has a socket of its own, made when it is needed and then kept", async () => {
  const policy = policyOf({ allow: ["93.184.216.34", "[2606:2800:220:1::1]"] });
  await using world = makeUdpDoor({ policy });
  const { relay } = await openAssociation(world);
  assertEquals(world.udp.sockets.length, 1);
  const v4 = datagram(ipAddress("93.184.216.34", 443), "four");
  const v6 = datagram(ipAddress("2606:2800:220:1::1", 853), "six");
  for (const bytes of [v6, v4, v6, v4]) relay.inject(CLIENT, bytes);
  await settle();
  const [, six, four, ...more] = world.udp.sockets;
  assertEquals([six!.address.ip, four!.address.ip, more], [ip("::"), ip("0.0.0.0"), []]);
  const to6 = ["[2606:2800:220:1::1]:853", "six"] as const;
  const to4 = ["93.184.216.34:443", "four"] as const;
  assertEquals([six!.sent, four!.sent], [[to6, to6], [to4, to4]]);
  six!.inject("[2606:2800:220:1::1]:853", "back");
  await settle();
  assertEquals(relay.sent, [[CLIENT, answer("2606:2800:220:1::1", 853, "back")]]);
});

Deno.test("empty datagrams, and the longest, go both ways", async () => {
  await using world = makeUdpDoor({ policy: policyOf({ allow: ["93.184.216.34"] }) });
  const { relay } = await openAssociation(world);
  const to = ipAddress("93.184.216.34", 53);
  // What a datagram over IPv4 can carry, without the header of this one.
  const longest = "x".repeat(65_507 - 10);
  for (const data of ["", longest]) relay.inject(CLIENT, datagram(to, data));
  await settle();
  const outward = world.socket(1);
  assertEquals(outward.sent, [[SERVER, ""], [SERVER, longest]]);
  for (const data of ["", longest]) outward.inject(SERVER, data);
  await settle();
  assertEquals(relay.sent.map(([, data]) => data.length), [10, 65_507]);
  assertEquals(relay.sent[1]![1], datagram(to, longest));
});

Deno.test("an answer that is too long with its header is dropped", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  const outward = world.socket(1);
  outward.inject(SERVER, "x".repeat(65_507 - 10 + 1));
  outward.inject(SERVER, "x".repeat(65_507));
  outward.inject(SERVER, "short");
  await settle();
  assertEquals(relay.sent, [[CLIENT, answer("93.184.216.34", 53, "short")]]);
});

Deno.test("answers of several servers each name their own", async () => {
  const policy = policyOf({ allow: ["93.184.216.34", "[2606:2800:220:1::1]", "93.184.216.35"] });
  await using world = makeUdpDoor({ policy });
  const { relay } = await openAssociation(world);
  for (const server of ["93.184.216.34", "93.184.216.35"]) {
    relay.inject(CLIENT, datagram(ipAddress(server, 53), "?"));
  }
  await settle();
  const outward = world.socket(1);
  for (const server of ["93.184.216.35", "93.184.216.34"]) outward.inject(`${server}:53`, server);
  await settle();
  assertEquals(relay.sent.map(([, data]) => data), [
    answer("93.184.216.35", 53, "93.184.216.35"),
    answer("93.184.216.34", 53, "93.184.216.34"),
  ]);
});

// What is bound to the control connection's client.
Deno.test("only the client that holds the control connection may send", async () => {
  const table: readonly (readonly [AssociateOptions, string, readonly string[]])[] = [
    [{ peer: "127.0.0.1:50000" }, "127.0.0.1:7", ["127.0.0.2:7", "192.168.1.5:50000", "[::1]:7"]],
    [{ peer: "[::1]:50000" }, "[::1]:7", ["127.0.0.1:7", "[::2]:7", "0.0.0.1:7"]],
    [{ peer: "[::ffff:192.168.1.7]:50000" }, "192.168.1.7:7", ["192.168.1.8:7"]],
  ];
  for (const [options, client, strangers] of table) {
    await using world = makeUdpDoor();
    const { relay } = await openAssociation(world, options);
    for (const stranger of strangers) relay.inject(stranger, HELLO);
    await settle();
    assertEquals([relay.waiting, world.base.lookups, world.udp.sockets.length], [0, [], 1]);
    relay.inject(client, HELLO);
    await settle();
    for (const stranger of strangers) relay.inject(stranger, datagram(NAME, "spoofed"));
    await settle();
    assertEquals(world.socket(1).sent, [[SERVER, "hello"]]);
    assertEquals(relay.sent, []);
  }
});

Deno.test("the port of the first datagram is the client's from then on", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  relay.inject("127.0.0.1:5001", datagram(NAME, "spoofed"));
  await settle();
  const outward = world.socket(1);
  assertEquals(outward.sent, [[SERVER, "hello"]]);
  outward.inject(SERVER, "back");
  await settle();
  assertEquals(relay.sent.map(([to]) => to), [CLIENT]);
});

Deno.test("what is not a datagram of SOCKS does not make a port the client's", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world);
  for (const bytes of ["", "garbage", "\0\0\x01" + HELLO.slice(3)]) {
    relay.inject("127.0.0.1:5001", bytes);
  }
  relay.inject(CLIENT, HELLO);
  await settle();
  assertEquals(world.socket(1).sent, [[SERVER, "hello"]]);
});

Deno.test("an announced port is the client's from the start", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world, { port: 5000 });
  relay.inject("127.0.0.1:5001", datagram(NAME, "spoofed"));
  await settle();
  assertEquals([relay.waiting, world.base.lookups], [0, []]);
  relay.inject(CLIENT, HELLO);
  await settle();
  assertEquals(world.socket(1).sent, [[SERVER, "hello"]]);
});

Deno.test("nothing comes back but from where something was sent", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  const outward = world.socket(1);
  for (const stranger of ["93.184.216.34:54", "93.184.216.35:53", "127.0.0.1:53", "[::1]:53"]) {
    outward.inject(stranger, "spoofed");
  }
  await settle();
  assertEquals([outward.waiting, relay.sent], [0, []]);
});

Deno.test("a fragment, a malformed datagram and a name that is none end nothing", async () => {
  await using world = makeUdpDoor();
  const { relay, connection } = await openAssociation(world);
  const malformed = [
    "",
    "\0",
    "\0\0\0",
    "\0\0\0\x01\x7f",
    "\x01\0\0" + HELLO.slice(3),
    "\0\x01\0" + HELLO.slice(3),
    "\0\0\x01" + HELLO.slice(3),
    "\0\0\x80" + HELLO.slice(3),
    "\0\0\0\x05" + HELLO.slice(4),
    datagram(ipAddress("93.184.216.34", 0), "port 0"),
    datagram(domainAddress("", 53), "no name"),
    datagram(domainAddress("127.1", 53), "a spelling of loopback"),
    HELLO.slice(0, 15),
  ];
  for (const bytes of malformed) relay.inject(CLIENT, bytes);
  await settle();
  assertEquals([relay.waiting, world.udp.sockets.length], [0, 1]);
  assertEquals([world.base.lookups, world.base.blocked], [[], []]);
  relay.inject(CLIENT, HELLO);
  await settle();
  assertEquals(world.socket(1).sent, [[SERVER, "hello"]]);
  assertEquals([connection.closed, world.diagnosed], [false, []]);
});

Deno.test("a datagram that is denied is dropped and recorded once, and the others go on", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world, { attempt: "42" });
  const denied = datagram(domainAddress("denied.test", 443), "x");
  for (const bytes of [denied, HELLO, denied, denied, HELLO]) {
    relay.inject(CLIENT, bytes);
    await settle();
  }
  assertEquals(world.socket(1).sent, [[SERVER, "hello"], [SERVER, "hello"]]);
  assertEquals(world.base.blocked.map(({ asker }) => [asker.method, asker.attempt()]), [[
    "UDP",
    "42",
  ]]);
  assertEquals([world.base.lookups, relay.sent], [["allowed.test"], []]);
});

Deno.test("a datagram that the system does not take ends nothing", async () => {
  await using world = makeUdpDoor({ sockets: { takes: (_, bytes) => bytes !== "too long" } });
  const { relay } = await openAssociation(world);
  for (const data of ["one", "too long", "two"]) relay.inject(CLIENT, datagram(NAME, data));
  await settle();
  assertEquals(world.socket(1).sent, [[SERVER, "one"], [SERVER, "two"]]);
  assertEquals(world.diagnosed, []);
});

Deno.test("a name goes to its first address that can be reached, and stays there", async () => {
  const addresses = ["2606:2800:220:1::1", "93.184.216.33", "93.184.216.34"].map(ip);
  await using world = makeUdpDoor({
    resolve: () => Promise.resolve(addresses),
    sockets: { takes: (to) => to.startsWith("127.0.0.1:") || to === SERVER },
  });
  const { relay } = await openAssociation(world);
  for (const data of ["one", "two"]) {
    relay.inject(CLIENT, datagram(NAME, data));
    await settle();
  }
  const [, six, four] = world.udp.sockets;
  assertEquals([six!.sent, four!.sent], [[], [[SERVER, "one"], [SERVER, "two"]]]);
  four!.inject(SERVER, "back");
  four!.inject("93.184.216.33:53", "not sent to");
  await settle();
  assertEquals(relay.sent, [[CLIENT, answer("93.184.216.34", 53, "back")]]);
});

Deno.test("a datagram is lost once every address of its name was tried", async () => {
  const tried: string[] = [];
  await using world = makeUdpDoor({
    resolve: () => Promise.resolve(["93.184.216.33", "93.184.216.34", "93.184.216.35"].map(ip)),
    sockets: { takes: (to) => tried.push(to) < 0 },
  });
  const { relay, connection } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  assertEquals(tried.sort(), ["93.184.216.33:53", "93.184.216.34:53", "93.184.216.35:53"]);
  assertEquals([connection.closed, world.diagnosed], [false, []]);
});

Deno.test("a system without IPv6 is told of once, and IPv4 goes on", async () => {
  await using world = makeUdpDoor({
    resolve: () => Promise.resolve([ip("2606:2800:220:1::1"), ip("93.184.216.34")]),
    policy: policyOf({ allow: ["allowed.test", "[2606:2800:220:1::1]"] }),
    sockets: {
      binding: (at) => {
        if (at.ip.family === 6) throw new Error("Address family not supported by protocol");
      },
    },
  });
  const { relay } = await openAssociation(world);
  const onlySix = datagram(ipAddress("2606:2800:220:1::1", 53), "lost");
  for (const bytes of [onlySix, HELLO, onlySix, HELLO]) {
    relay.inject(CLIENT, bytes);
    await settle();
  }
  assertEquals(world.socket(1).sent, [[SERVER, "hello"], [SERVER, "hello"]]);
  assertEquals(world.diagnosed, [
    "Cannot carry datagrams of SOCKS client 127.0.0.1:50000: " +
    "no socket for IPv6: Error: Address family not supported by protocol",
  ]);
});

Deno.test("the association ends with the control connection, however that ends", async () => {
  const table: Record<string, (association: Awaited<ReturnType<typeof openAssociation>>) => void> =
    {
      "the client closes it": ({ wire }) => wire.close(),
      "the client says that it is done": ({ wire }) => void wire.closeWrite(),
      "we close it": ({ connection }) => connection.close(),
    };
  for (const [how, end] of Object.entries(table)) {
    await using world = makeUdpDoor();
    const association = await openAssociation(world);
    association.relay.inject(CLIENT, HELLO);
    await settle();
    end(association);
    await inTime(association.session, `the association to end: ${how}`);
    assertEquals(world.udp.sockets.map(({ closed }) => closed), [true, true], how);
    assertEquals([world.relayPorts.size, association.connection.closed], [0, true], how);
  }
});

Deno.test("what is said on the control connection is ignored", async () => {
  await using world = makeUdpDoor();
  const { relay, wire, connection } = await openAssociation(world);
  for (let count = 0; count < 100; count++) await wire.send("GET / HTTP/1.1\r\n\r\n".repeat(50));
  await settle();
  relay.inject(CLIENT, HELLO);
  await settle();
  assertEquals(world.socket(1).sent, [[SERVER, "hello"]]);
  assertEquals([connection.closed, wire.received.length], [false, 10]);
});

Deno.test("an association in which nobody speaks ends; each datagram of either side puts that off", async () => {
  await using world = makeUdpDoor({ limits: { udpIdleMs: 60_000 } });
  const { relay, session, wire, connection } = await openAssociation(world);
  const pass = async (ms: number) => {
    world.base.clock.advance(ms);
    await settle();
  };
  await pass(59_000);
  relay.inject(CLIENT, HELLO);
  await settle();
  await pass(59_000);
  world.socket(1).inject(SERVER, "back");
  await settle();
  await pass(59_000);
  assertEquals(connection.closed, false);
  // What is no part of it does not keep it: another sender, another server, talk on the control connection.
  relay.inject("127.0.0.1:5001", HELLO);
  relay.inject(CLIENT, "garbage");
  world.socket(1).inject("93.184.216.35:53", "spoofed");
  await wire.send("are you there?");
  await settle();
  await pass(1000);
  await inTime(session, "the association to end");
  await wire.readEnd();
  assertEquals(world.udp.sockets.map(({ closed }) => closed), [true, true]);
});

Deno.test("a new policy counts for the next datagram of an association that stands", async () => {
  await using world = makeUdpDoor();
  const { relay } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  const outward = world.socket(1);
  world.base.cell.replace(policyOf({ allow: ["allowed.test"] }, { mode: "limited" }));
  outward.inject(SERVER, "not any more");
  relay.inject(CLIENT, HELLO);
  await settle();
  assertEquals([outward.sent.length, relay.sent], [1, []]);
  assertEquals(world.base.blocked.map(({ decision }) => decision.reason), ["method_not_allowed"]);
  world.base.cell.replace(policyOf({ allow: ["allowed.test"] }));
  relay.inject(CLIENT, datagram(NAME, "again"));
  await settle();
  assertEquals(outward.sent[1], [SERVER, "again"]);
});

Deno.test("the association is over when its last look-up is", async () => {
  const slow = Promise.withResolvers<void>();
  await using world = makeUdpDoor({
    resolve: () => slow.promise.then(() => [ip("93.184.216.34")]),
  });
  const { relay, connection, session } = await openAssociation(world);
  let over = false;
  session.then(() => {
    over = true;
  });
  relay.inject(CLIENT, HELLO);
  await settle();
  connection.close();
  await settle();
  assertEquals([over, relay.closed], [false, true]);
  slow.resolve();
  await inTime(session, "the association to end");
});

Deno.test("a bug of ours ends the association, and is not taken for a look-up that failed", async () => {
  const bug = new TypeError("Cannot read properties of undefined");
  await using world = makeUdpDoor({ resolve: () => Promise.reject(bug) });
  const { relay, session } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  relay.inject(CLIENT, datagram(domainAddress("ALLOWED.test", 53), "the same bug"));
  await inTime(session, "the association to end");
  assertEquals(world.diagnosed.length, 1);
  assertMatch(world.diagnosed[0]!, /: TypeError: Cannot read properties/);
});

Deno.test("a look-up that ends with the association is no trouble", async () => {
  await using world = makeUdpDoor({ resolve: (_, signal) => never(signal) });
  const { relay, connection, session } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  connection.close();
  await inTime(session, "the association to end");
  assertEquals([world.diagnosed, world.base.lookups], [[], ["allowed.test"]]);
});

Deno.test("an address that cannot be reached any more gives way to the next", async () => {
  const reachable = new Set(["93.184.216.33:53", "93.184.216.34:53"]);
  await using world = makeUdpDoor({
    resolve: () => Promise.resolve(["93.184.216.33", "93.184.216.34"].map(ip)),
    sockets: { takes: (to) => reachable.has(to) || to === CLIENT },
  });
  const { relay } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  reachable.delete("93.184.216.33:53");
  relay.inject(CLIENT, HELLO);
  await settle();
  assertEquals(world.socket(1).sent.map(([to]) => to), ["93.184.216.33:53", "93.184.216.34:53"]);
});

Deno.test("a new policy counts between two addresses of a name", async () => {
  const tried: string[] = [];
  const slow = Promise.withResolvers<boolean>();
  await using world = makeUdpDoor({
    resolve: () => Promise.resolve(["93.184.216.33", "93.184.216.34"].map(ip)),
    sockets: {
      takes: (to) => {
        tried.push(to);
        return slow.promise;
      },
    },
  });
  const { relay } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  world.base.cell.replace(policyOf({ allow: ["allowed.test"], deny: ["93.184.216.34"] }));
  slow.resolve(false);
  await settle();
  assertEquals(tried, ["93.184.216.33:53"]);
});

Deno.test("nothing is opened for a datagram that was being sent when the association ended", async () => {
  const slow = Promise.withResolvers<boolean>();
  await using world = makeUdpDoor({
    resolve: () => Promise.resolve([ip("93.184.216.34"), ip("2606:2800:220:1::1")]),
    sockets: { takes: () => slow.promise },
  });
  const { relay, connection, session } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  connection.close();
  await settle();
  slow.resolve(false);
  await inTime(session, "the association to end");
  assertEquals(world.udp.sockets.length, 2);
});

Deno.test("nothing is opened for a look-up that ends after the association", async () => {
  const slow = Promise.withResolvers<void>();
  await using world = makeUdpDoor({
    resolve: async () => {
      await slow.promise;
      return [ip("93.184.216.34")];
    },
  });
  const { relay, connection, session } = await openAssociation(world);
  relay.inject(CLIENT, HELLO);
  await settle();
  connection.close();
  slow.resolve();
  await inTime(session, "the association to end");
  assertEquals(world.udp.sockets.length, 1);
});

Deno.test("a socket that breaks ends its association, and says why", async () => {
  for (const index of [0, 1]) {
    await using world = makeUdpDoor();
    const { relay, session } = await openAssociation(world);
    relay.inject(CLIENT, HELLO);
    await settle();
    world.socket(index).break(new Error("The network stack is on fire"));
    await inTime(session, "the association to end");
    assertMatch(world.diagnosed.join("\n"), /127\.0\.0\.1:50000: Error: .* is on fire/);
    assertEquals(world.udp.sockets.map(({ closed }) => closed), [true, true]);
  }
});

Deno.test("one association does not see another's datagrams", async () => {
  await using world = makeUdpDoor();
  const first = await openAssociation(world, { peer: "127.0.0.1:50001" });
  first.relay.inject(CLIENT, HELLO);
  await settle();
  const secondSession = world.ask({ peer: "127.0.0.1:50002" });
  await until(() => world.udp.sockets.length === 3, "the second relay is bound");
  await secondSession.wire.readExactly(10);
  const second = world.socket(2);
  second.inject("127.0.0.1:6000", datagram(NAME, "second"));
  await settle();
  world.socket(3).inject(SERVER, "for the second");
  await settle();
  assertEquals(first.relay.sent, []);
  assertEquals(second.sent, [["127.0.0.1:6000", answer("93.184.216.34", 53, "for the second")]]);
});
