import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { listenTcp } from "../../src/net/tcp_listener.ts";
import { type ListenAt, openListeners } from "../../src/proxy/listening.ts";
import { ip } from "../support/policy.ts";

const FREE: SocketAddress = { ip: ip("127.0.0.1"), port: 0 };

/** What is spoken on how many ports. */
function opened(socks: ListenAt["socks"]): { speaks: string[]; ports: number } {
  const listening = openListeners({ listen: FREE, socks });
  const ports = new Set(listening.map(({ listener }) => listener.address.port));
  for (const { listener } of listening) listener.close();
  assert(!ports.has(0));
  return { speaks: listening.map(({ speaks }) => speaks), ports: ports.size };
}

Deno.test("openListeners() listens for HTTP first, and for SOCKS5 where that has a place", () => {
  assertEquals(opened(null), { speaks: ["http"], ports: 1 });
  assertEquals(opened("shared"), { speaks: ["both"], ports: 1 });
  assertEquals(opened(FREE), { speaks: ["http", "socks5"], ports: 2 });
});

Deno.test("openListeners() throws what keeps it from listening", () => {
  const taken = listenTcp(FREE);
  const listen = taken.address;
  assertThrows(() => openListeners({ listen, socks: null }), Deno.errors.AddrInUse);
  taken.close();
});

Deno.test("openListeners() listens nowhere when it cannot listen for SOCKS5, and says which", () => {
  const taken = listenTcp(FREE);
  const free = listenTcp(FREE);
  free.close();
  const listen = free.address;
  const error = assertThrows(
    () => openListeners({ listen, socks: taken.address }),
    Error,
    "Cannot listen for SOCKS5",
  );
  assertInstanceOf(error.cause, Deno.errors.AddrInUse);
  // The port of HTTP is free again.
  listenTcp(listen).close();
  taken.close();
});
