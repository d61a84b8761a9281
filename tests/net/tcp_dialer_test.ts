import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError } from "../../src/net/errors.ts";
import { formatIp } from "../../src/net/address/ip.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { machineAddresses } from "../../src/net/address/machine_addresses.ts";
import { connectFault, tcpDialer } from "../../src/net/tcp_dialer.ts";
import { ip } from "../support/policy.ts";

const NEVER = new AbortController().signal;

function listen(hostname: string): { listener: Deno.TcpListener; address: SocketAddress } {
  const listener = Deno.listen({ hostname, port: 0 });
  return { listener, address: { ip: ip(hostname), port: (listener.addr as Deno.NetAddr).port } };
}

for (const hostname of ["127.0.0.1", "::1"]) {
  const ignore = !machineAddresses().map(formatIp).includes(hostname);
  Deno.test(`tcpDialer() connects to ${hostname}`, { ignore }, async () => {
    const { listener, address } = listen(hostname);
    const [stream, accepted] = await Promise.all([tcpDialer(address, NEVER), listener.accept()]);
    await stream.write(latin1Bytes("hello"));
    await stream.closeWrite();
    const into = new Uint8Array(10);
    assertEquals([await accepted.read(into), latin1(into.subarray(0, 5))], [5, "hello"]);
    assertEquals(await accepted.read(into), null);
    stream.close();
    stream.close();
    accepted.close();
    listener.close();
  });
}

Deno.test("tcpDialer() rejects with connection_refused where nobody listens", async () => {
  const { listener, address } = listen("127.0.0.1");
  listener.close();
  const error = await assertRejects(() => tcpDialer(address, NEVER), ConnectError);
  assertEquals(error.code, "connection_refused");
  assertEquals(error.message, `Cannot connect to 127.0.0.1:${address.port}`);
  assertInstanceOf(error.cause, Deno.errors.ConnectionRefused);
});

Deno.test("tcpDialer() rejects with the reason when the signal is aborted", async () => {
  const { listener, address } = listen("127.0.0.1");
  const controller = new AbortController();
  const reason = new RangeError("enough");
  const dialling = tcpDialer(address, controller.signal);
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => dialling), reason);
  assertStrictEquals(await assertRejects(() => tcpDialer(address, controller.signal)), reason);
  listener.close();
});

Deno.test("connectFault() tells errors of the system apart", () => {
  const coded = (code: string) => Object.assign(new Error("os error"), { code });
  const table: readonly [unknown, string][] = [
    [new Deno.errors.ConnectionRefused(), "connection_refused"],
    [new Deno.errors.TimedOut(), "connection_timeout"],
    [new Deno.errors.NetworkUnreachable(), "network_unreachable"],
    [coded("ENETUNREACH"), "network_unreachable"],
    [coded("EHOSTUNREACH"), "host_unreachable"],
    [coded("EADDRNOTAVAIL"), "connection_failed"],
    [new Deno.errors.NotCapable(), "connection_failed"],
    [new TypeError(), "connection_failed"],
  ];
  for (const [error, fault] of table) assertEquals(connectFault(error), fault, String(error));
});
