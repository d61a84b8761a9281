import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import type { UdpSocket } from "../../src/net/ports.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { bindUdp, DatagramSocket } from "../../src/net/udp_socket.ts";
import { inTime } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { at } from "../support/udp_sockets.ts";

/** The longest datagram that IPv4 carries. */
const LONGEST = 65_507;

/** A socket on a free port of `ip`, closed at the end of the test. */
function bound(text: string): UdpSocket & Disposable {
  const socket = bindUdp({ ip: ip(text), port: 0 });
  return Object.assign(socket, { [Symbol.dispose]: () => socket.close() });
}

/** Receives one datagram: who sent it, and its bytes. */
async function receive(socket: UdpSocket): Promise<readonly [string, string]> {
  const into = new Uint8Array(70_000);
  const received = await inTime(socket.receive(into), "a datagram");
  if (received === null) throw new Error("Expected a datagram: the socket is closed");
  return [formatSocketAddress(received.from), latin1(into.subarray(0, received.count))];
}

/** A socket of the runtime that answers each call in turn. */
function fakeConn(receives: readonly (Error | readonly [string, number])[]): Deno.DatagramConn {
  const left = [...receives];
  const conn: Partial<Deno.DatagramConn> = {
    receive: () => {
      const next = left.shift();
      if (next === undefined) return Promise.reject(new Error("Nothing is left to receive"));
      if (next instanceof Error) return Promise.reject(next);
      const [hostname, port] = next;
      return Promise.resolve([new Uint8Array(1), { transport: "udp", hostname, port }]);
    },
    send: () => Promise.reject(new TypeError("Invalid argument (os error 22)")),
    close: () => {},
  };
  return conn as Deno.DatagramConn;
}

function failing(...receives: readonly (Error | readonly [string, number])[]): DatagramSocket {
  return new DatagramSocket(fakeConn(receives), at("127.0.0.1:1"));
}

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`bindUdp() takes a free port, and datagrams go both ways, on ${address}`, async () => {
    using here = bound(address);
    using there = bound(address);
    assertEquals(here.address.ip, there.address.ip);
    assertEquals(await here.send(latin1Bytes("ping"), there.address), true);
    assertEquals(await receive(there), [formatSocketAddress(here.address), "ping"]);
    assertEquals(await there.send(latin1Bytes("pong"), here.address), true);
    assertEquals(await receive(here), [formatSocketAddress(there.address), "pong"]);
  });
}

Deno.test("bindUdp() throws what the system says", () => {
  using taken = bound("127.0.0.1");
  assertThrows(() => bindUdp(taken.address), Deno.errors.AddrInUse);
  // TEST-NET-1 is no address of any machine.
  assertThrows(() => bindUdp(at("192.0.2.1:9")), Deno.errors.AddrNotAvailable);
});

Deno.test("receive() keeps the bounds of datagrams, the empty one and the longest included", async () => {
  using here = bound("127.0.0.1");
  using there = bound("127.0.0.1");
  const sender = formatSocketAddress(here.address);
  for (const text of ["", "a", "x".repeat(LONGEST)]) {
    assertEquals(await here.send(latin1Bytes(text), there.address), true);
    assertEquals(await receive(there), [sender, text]);
  }
});

Deno.test("receive() loses what does not fit", async () => {
  using here = bound("127.0.0.1");
  using there = bound("127.0.0.1");
  await here.send(latin1Bytes("abcdef"), there.address);
  const into = new Uint8Array(4);
  const received = await inTime(there.receive(into), "a datagram");
  assertEquals([received?.count, latin1(into)], [4, "abcd"]);
});

Deno.test("receive() names each sender, also when they take turns", async () => {
  using here = bound("127.0.0.1");
  using one = bound("127.0.0.1");
  using other = bound("127.0.0.1");
  for (const sender of [one, one, other, one, other]) {
    await sender.send(latin1Bytes("."), here.address);
    assertEquals(await receive(here), [formatSocketAddress(sender.address), "."]);
  }
});

Deno.test("send() reaches each receiver, also when they take turns", async () => {
  using here = bound("127.0.0.1");
  using one = bound("127.0.0.1");
  using other = bound("127.0.0.1");
  for (const receiver of [one, other, other, one]) {
    await here.send(latin1Bytes("."), receiver.address);
    assertEquals((await receive(receiver))[1], ".");
  }
});

Deno.test("an IPv4 peer of a socket for both families counts as IPv4", async () => {
  using both = bound("::");
  using peer = bound("127.0.0.1");
  await peer.send(latin1Bytes("ping"), { ip: peer.address.ip, port: both.address.port });
  assertEquals(await receive(both), [formatSocketAddress(peer.address), "ping"]);
});

Deno.test("send() is false for what the system does not take, and the socket goes on", async () => {
  using here = bound("127.0.0.1");
  using there = bound("127.0.0.1");
  assertEquals(await here.send(new Uint8Array(LONGEST + 1), there.address), false);
  assertEquals(await here.send(latin1Bytes("x"), at("[::1]:9")), false);
  assertEquals(await here.send(latin1Bytes("x"), { ...there.address, port: 0 }), false);
  assertEquals(await here.send(latin1Bytes("on"), there.address), true);
  assertEquals((await receive(there))[1], "on");
});

Deno.test("a port where nobody listens does not disturb the socket", async () => {
  const gone = bindUdp({ ip: ip("127.0.0.1"), port: 0 });
  gone.close();
  using here = bound("127.0.0.1");
  using there = bound("127.0.0.1");
  for (let count = 0; count < 3; count++) await here.send(latin1Bytes("x"), gone.address);
  await there.send(latin1Bytes("still here"), here.address);
  assertEquals((await receive(here))[1], "still here");
});

Deno.test("close() ends a receive that waits, may be called twice, and nothing goes on after it", async () => {
  const socket = bindUdp({ ip: ip("127.0.0.1"), port: 0 });
  const waiting = socket.receive(new Uint8Array(10));
  socket.close();
  socket.close();
  assertEquals(await inTime(waiting, "the receive to end"), null);
  assertEquals(await socket.receive(new Uint8Array(10)), null);
  assertEquals(await socket.send(latin1Bytes("x"), socket.address), false);
  // The port is free again.
  bindUdp(socket.address).close();
});

Deno.test("receive() passes over what peers did, and over a sender without an address", async () => {
  const unreachable = Object.assign(new Error("No route to host"), { code: "EHOSTUNREACH" });
  const reset = Object.assign(new Error("Reset by the network"), { code: "ENETRESET" });
  const tooLong = Object.assign(new Error("Message too long"), { code: "EMSGSIZE" });
  const socket = failing(
    new Deno.errors.ConnectionReset(),
    new Deno.errors.ConnectionRefused(),
    new Deno.errors.ConnectionAborted(),
    new Deno.errors.NetworkUnreachable(),
    new Deno.errors.TimedOut(),
    unreachable,
    reset,
    tooLong,
    ["no address", 1],
    ["192.0.2.1", 53],
  );
  const received = await socket.receive(new Uint8Array(10));
  assertEquals(received, { count: 1, from: at("192.0.2.1:53") });
});

Deno.test("receive() rejects for a fault that is no peer's", async () => {
  const fault = new Deno.errors.NotCapable("Requires net access");
  await assertRejects(() => failing(fault).receive(new Uint8Array(10)), Deno.errors.NotCapable);
});

Deno.test("receive() gives one sender one address object, so that nothing is read twice", async () => {
  const socket = failing(
    ["192.0.2.1", 53],
    ["192.0.2.1", 53],
    ["192.0.2.1", 54],
    ["192.0.2.2", 54],
  );
  const into = new Uint8Array(10);
  const first = await socket.receive(into);
  assertStrictEquals((await socket.receive(into))!.from, first!.from);
  assertEquals((await socket.receive(into))!.from, at("192.0.2.1:54"));
  assertEquals((await socket.receive(into))!.from, at("192.0.2.2:54"));
});

Deno.test("receive() drops what came in the moment of closing", async () => {
  const socket = failing(["192.0.2.1", 53]);
  const waiting = socket.receive(new Uint8Array(10));
  socket.close();
  assertEquals(await waiting, null);
});

Deno.test("send() is false whatever the system says", async () => {
  assertEquals(await failing().send(latin1Bytes("x"), at("192.0.2.1:53")), false);
});
