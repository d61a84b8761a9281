// What several isolates serve on one port besides plain requests, and the limits that hold for all of them together.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { bindUdp } from "../../src/net/udp_socket.ts";
import { callAdmin, readAdmin, untilAdmin } from "../support/admin_calls.ts";
import { closesOf, decisionsOf } from "../support/audit_records.ts";
import { until } from "../support/in_time.ts";
import { NO_POSIX } from "../support/machine.ts";
import { answering, ok, silent } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { makeScratch } from "../support/scratch.ts";
import { askSocks, ipAddress, socksRequest } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { startUnixServer } from "../support/unix_server.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorkerScene } from "../support/worker_scene.ts";

Deno.test("SOCKS5 is spoken by every isolate", async () => {
  await using scene = await makeWorkerScene({ workers: 1 });
  const port = scene.origin.address.port;
  for (const isolate of [0, 1]) {
    const client = await scene.clientOf(isolate, true);
    assertEquals(await askSocks(client, socksRequest(ipAddress("127.0.0.1", port))), 0);
    await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertEquals((await client.readMessage()).body, "hello");
  }
  await until(() => decisionsOf(scene.records).length === 2, "both are recorded");
  assertEquals(
    decisionsOf(scene.records).map((record) => record["network.transport.protocol"]),
    ["socks5_tcp", "socks5_tcp"],
  );
});

Deno.test("datagrams go through every isolate, and to the relay of none", async () => {
  await using scene = await makeWorkerScene({ workers: 1 });
  const server = bindUdp({ ip: ip("127.0.0.1"), port: 0 });
  const echo = (async () => {
    const buffer = new Uint8Array(1024);
    for (;;) {
      const next = await server.receive(buffer);
      if (next === null) return;
      await server.send(buffer.subarray(0, next.count), next.from);
    }
  })();
  const associations = [];
  for (const isolate of [0, 1]) {
    const association = await openUdp({
      client: () => scene.clientOf(isolate, true),
      authority: "127.0.0.1",
    });
    associations.push(association);
    await association.send(ipAddress("127.0.0.1", server.address.port), "word");
    assertStringIncludes(await association.receive(), "word");
  }
  const [here, there] = associations;
  // The relay of another isolate is no destination: a datagram could go round for ever.
  await there!.send(ipAddress("127.0.0.1", here!.relay.port), "round");
  await until(
    () =>
      decisionsOf(scene.records).some((record) =>
        record["network.policy.reason"] === "own_listener"
      ),
    "it is blocked",
  );
  for (const association of associations) await association[Symbol.asyncDispose]();
  server.close();
  await echo;
  await until(() => closesOf(scene.records).length === 2, "both have ended");
});

Deno.test({
  name: `unix sockets are reached from every isolate${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const path = `${scratch.folder}/a.sock`;
    await using _server = startUnixServer(path, answering(ok("from a socket")));
    const network = { allow_unix_sockets: [path] };
    await using scene = await makeWorkerScene({ workers: 1, network });
    for (const isolate of [0, 1]) {
      const client = await scene.clientOf(isolate);
      await client.send(
        `GET http://x/ HTTP/1.1\r\nHost: x\r\nx-unix-socket: ${path}\r\n\r\n`,
      );
      assertEquals((await client.readMessage()).body, "from a socket");
    }
    const denied = await scene.clientOf(1);
    await denied.send("GET http://x/ HTTP/1.1\r\nHost: x\r\nx-unix-socket: /run/other\r\n\r\n");
    assertEquals(statusOf(await denied.readMessage()), 403);
    await until(() => closesOf(scene.records).length === 2, "both have ended");
  },
});

Deno.test("connections are limited over all isolates", async () => {
  const limits = { connections: 4, connections_per_client: 4 };
  await using scene = await makeWorkerScene({ workers: 2, network: { limits } });
  for (const isolate of [0, 1, 2, 1]) await scene.clientOf(isolate);
  for (let count = 0; count < 4; count++) {
    const refused = await scene.refused();
    assertEquals(statusOf(await refused.readMessage()), 503);
  }
  const { connections } = await readAdmin(scene, "/health");
  assertEquals(connections, 4);
  const { text } = await callAdmin(scene, "GET", "/metrics");
  assertStringIncludes(text, 'limit="connections"} 4\n');
  assertEquals(scene.diagnosed.filter((line) => line.includes("Reached connections")).length, 1);
});

Deno.test("connections of one client are limited over all isolates", async () => {
  const limits = { connections: 100, connections_per_client: 3 };
  await using scene = await makeWorkerScene({ workers: 2, network: { limits } });
  const wires = [];
  for (const isolate of [0, 1, 2]) wires.push(await scene.clientOf(isolate));
  for (let count = 0; count < 4; count++) {
    const refused = await scene.refused();
    assertEquals(statusOf(await refused.readMessage()), 429);
  }
  wires[1]!.close();
  await untilAdmin(scene, "/health", ({ connections }) => connections === 2);
  await scene.client();
});

Deno.test("a worker that fails gives back what its clients held", async () => {
  const limits = { connections: 3, connections_per_client: 3 };
  await using scene = await makeWorkerScene({ workers: 1, origin: silent, network: { limits } });
  for (const isolate of [1, 1, 1]) await scene.clientOf(isolate);
  assertEquals(statusOf(await (await scene.refused()).readMessage()), 503);
  scene.break(1);
  await until(() => scene.ready === 2, "another accepts");
  for (let count = 0; count < 3; count++) await scene.client();
});
