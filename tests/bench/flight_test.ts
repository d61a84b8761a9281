import { assert, assertEquals } from "@std/assert";
import { Flight } from "./flight.ts";

Deno.test("isQuiet() is whether nothing has come since it was last asked", async () => {
  using closed = new DisposableStack();
  const socket = closed.adopt(bind(), (socket) => socket.close());
  // What it sends comes to itself.
  const flight = new Flight(socket, { to: socket.addr as Deno.NetAddr, header: new Uint8Array() });
  assertEquals([flight.isQuiet(), flight.isQuiet()], [false, true]);
  await flight.fill(1);
  await flight.next();
  assertEquals([flight.isQuiet(), flight.isQuiet()], [false, true]);
});

Deno.test("next() tells when each had left, and nothing of one that was given up", async () => {
  using closed = new DisposableStack();
  const socket = closed.adopt(bind(), (socket) => socket.close());
  const flight = new Flight(socket, { to: socket.addr as Deno.NetAddr, header: udpHeader });
  const start = performance.now();
  await flight.fill(2);
  assertEquals(flight.drop(), 2);
  await flight.fill(1);
  assertEquals([await flight.next(), await flight.next()], [null, null]);
  const left = await flight.next();
  assert(left !== null && left >= start && left <= performance.now());
  assertEquals(flight.drop(), 0);
});

/** Stands before the number, as an association's would. */
const udpHeader = new Uint8Array(10);

function bind(): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
}
