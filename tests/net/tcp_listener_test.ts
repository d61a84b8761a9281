import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { formatIp } from "../../src/net/address/ip.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { machineAddresses } from "../../src/net/address/machine_addresses.ts";
import { listenTcp } from "../../src/net/tcp_listener.ts";
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
