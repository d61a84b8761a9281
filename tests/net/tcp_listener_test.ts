import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { formatIp } from "../../src/net/address/ip.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { machineAddresses } from "../../src/net/address/machine_addresses.ts";
import {
  joinListener,
  listenForSeveral,
  listenTcp,
  type TcpListener,
} from "../../src/net/tcp_listener.ts";
import { ip } from "../support/policy.ts";

const LOOPBACK: SocketAddress = { ip: ip("127.0.0.1"), port: 0 };

function connect({ ip, port }: SocketAddress): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: formatIp(ip), port });
}

Deno.test("listenTcp() says where it really listens", () => {
  const listener = listenTcp(LOOPBACK);
  assertEquals(formatIp(listener.address.ip), "127.0.0.1");
  assertNotEquals(listener.address.port, 0);
  listener.close();
});

Deno.test("listenTcp() throws where somebody listens already", () => {
  const listener = listenTcp(LOOPBACK);
  assertThrows(() => listenTcp(listener.address), Deno.errors.AddrInUse);
  listener.close();
});

Deno.test("accept() resolves to the next client, and who it is", async () => {
  const listener = listenTcp(LOOPBACK);
  const [accepted, conn] = await Promise.all([listener.accept(), connect(listener.address)]);
  assertEquals(accepted?.peer, {
    ip: ip("127.0.0.1"),
    port: (conn.localAddr as Deno.NetAddr).port,
  });
  assertEquals(accepted?.local, listener.address);
  await conn.write(latin1Bytes("hello"));
  const into = new Uint8Array(5);
  assertEquals([await accepted?.stream.read(into), latin1(into)], [5, "hello"]);
  accepted?.stream.close();
  conn.close();
  listener.close();
});

const ignore = !machineAddresses().map(formatIp).includes("::1");

Deno.test("accept() puts an IPv6 client in brackets", { ignore }, async () => {
  const listener = listenTcp({ ip: ip("::1"), port: 0 });
  const [accepted, conn] = await Promise.all([listener.accept(), connect(listener.address)]);
  assertEquals(accepted?.peer, { ip: ip("::1"), port: (conn.localAddr as Deno.NetAddr).port });
  accepted?.stream.close();
  conn.close();
  listener.close();
});

Deno.test("close() ends an accept() that is waiting, and those to come", async () => {
  const listener = listenTcp(LOOPBACK);
  const waiting = listener.accept();
  listener.close();
  assertEquals(await waiting, null);
  assertEquals(await listener.accept(), null);
});

Deno.test("close() is safe to call twice", () => {
  const listener = listenTcp(LOOPBACK);
  listener.close();
  listener.close();
});

Deno.test("accept() rejects when the system cannot accept", async () => {
  const listener = listenTcp(LOOPBACK);
  const first = listener.accept();
  // One accept at a time is all the runtime allows: as good a failure as EMFILE.
  await assertRejects(() => listener.accept());
  listener.close();
  assertEquals(await first, null);
});

Deno.test("joinListener() accepts on the same socket, each client once", async () => {
  const first = listenForSeveral({ ip: LOOPBACK.ip, port: 0 });
  const second = joinListener(first.address);
  const taken: string[] = [];
  const take = async (name: string, listener: TcpListener) => {
    for (let next; (next = await listener.accept()) !== null;) {
      taken.push(name);
      next.stream.close();
    }
  };
  const taking = [take("first", first), take("second", second)];
  for (let count = 1; count <= 20; count++) {
    const client = await Deno.connect({ hostname: "127.0.0.1", port: first.address.port });
    // It is closed once somebody has taken it.
    await client.read(new Uint8Array(1));
    client.close();
    assertEquals(taken.length, count);
  }
  first.close();
  const client = await Deno.connect({ hostname: "127.0.0.1", port: first.address.port });
  await client.read(new Uint8Array(1));
  client.close();
  assertEquals([taken.length, taken.at(-1)], [21, "second"]);
  second.close();
  await Promise.all(taking);
});

Deno.test("listenForSeveral() takes no port that somebody has, in this process or another", () => {
  const first = listenForSeveral({ ip: LOOPBACK.ip, port: 0 });
  try {
    assertThrows(() => listenForSeveral(first.address), Deno.errors.AddrInUse);
    assertThrows(() => listenTcp(first.address), Deno.errors.AddrInUse);
  } finally {
    first.close();
  }
  const alone = listenTcp({ ip: LOOPBACK.ip, port: 0 });
  try {
    assertThrows(() => listenForSeveral(alone.address), Deno.errors.AddrInUse);
    assertThrows(() => joinListener(alone.address), Deno.errors.AddrInUse);
  } finally {
    alone.close();
  }
});
