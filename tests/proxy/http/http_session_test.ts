import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { HttpDoor } from "../../../src/proxy/http/http_door.ts";
import { httpSession } from "../../../src/proxy/http/http_session.ts";
import type { TunnelScope } from "../../../src/proxy/inside/tunnel_scope.ts";
import { type DoorClient, makeDoor, type TestDoor } from "../../support/door.ts";
import { host } from "../../support/host.ts";
import { turn, until } from "../../support/in_time.ts";
import { ok } from "../../support/origin.ts";
import { statusOf } from "../../support/wire.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";

/** A tunnel that HTTP is spoken in. */
const INSIDE: TunnelScope = {
  request: {
    kind: "tunnel",
    protocol: "https_connect",
    target: { host: host("allowed.test"), port: 80 },
  },
  scheme: "http",
  approved: undefined,
  attempt: () => null,
  protocols: ["http/1.1"],
};

/** Serves a client to its end. */
function serve(made: TestDoor): DoorClient & { ended: Promise<void> } {
  const client = made.client();
  return { ...client, ended: httpSession(client.connection, made.door) };
}

Deno.test("httpSession() answers requests in turn on one connection", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  await wire.send(GET + GET.replace("/ ", "/2 "));
  const origin = await made.upstream();
  assertStringIncludes(await origin.readHead(), "GET / ");
  await turn();
  assertEquals(origin.received.includes("GET /2"), false);
  await origin.send(ok("one"));
  assertStringIncludes(await origin.readHead(), "GET /2 ");
  await origin.send(ok("two"));
  assertEquals((await wire.readMessage()).body, "one");
  assertEquals((await wire.readMessage()).body, "two");
  await wire.closeWrite();
  await ended;
});

Deno.test("httpSession() ends without a word when the client does", async () => {
  await using made = makeDoor();
  const { wire, ended, connection } = serve(made);
  await wire.closeWrite();
  await ended;
  await wire.readEnd();
  assertEquals(connection.closed, true);
});

Deno.test("httpSession() answers what is no request, and ends", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  await wire.send(`GET /\r\n\r\n${GET}`);
  assertEquals(statusOf(await wire.readMessage()), 400);
  await wire.readEnd();
  wire.close();
  await ended;
  assertEquals(made.dialled, []);
});

Deno.test("httpSession() takes no new request once the door is closed", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  await wire.send(GET + GET);
  const origin = await made.upstream();
  await origin.readHead();
  made.open = false;
  await origin.send(ok());
  assertStringIncludes((await wire.readMessage()).fields.join(), "Connection: close");
  await wire.readEnd();
  wire.close();
  await ended;
});

Deno.test("httpSession() is idle between requests and from the first byte on no more", async () => {
  await using made = makeDoor();
  const { wire, connection } = serve(made);
  await turn();
  assertEquals(connection.idle, true);
  await wire.send("G");
  await until(() => !connection.idle, "a byte has come");
  await wire.send(GET.slice(1));
  const origin = await made.upstream();
  assertEquals(connection.idle, false);
  await origin.readHead();
  await origin.send(ok());
  await wire.readMessage();
  await until(() => connection.idle, "the exchange is over");
});

Deno.test("httpSession() is not idle while a request waits for its turn", async () => {
  await using made = makeDoor();
  while (made.door.turns.take() !== null);
  const client = serve(made);
  await client.wire.send("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  await until(() => !client.connection.idle, "it is no longer idle");
  assertEquals(made.dialled.length, 0);
  for (let look = 0; look < 2; look++) {
    await until(() => made.clock.sleeping > 0, "it waits");
    made.clock.advance(1);
    await turn();
  }
  await until(() => made.dialled.length === 1, "its turn has come");
});

Deno.test("httpSession() lets no tunnel, and nothing inside one, wait for a turn", async () => {
  const table: readonly (readonly [string, HttpDoor["scope"]])[] = [
    ["CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n", null],
    ["GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n", INSIDE],
  ];
  for (const [request, scope] of table) {
    await using made = makeDoor();
    while (made.door.turns.take() !== null);
    const { connection, wire } = made.client();
    const ended = httpSession(connection, { ...made.door, scope });
    await wire.send(request);
    const origin = await made.upstream();
    origin.close();
    await wire.closeWrite();
    await ended;
  }
});

Deno.test("httpSession() answers 408 to a head that does not end, and hangs up", async () => {
  await using made = makeDoor({ limits: { headMs: 1000 } });
  const { wire, ended } = serve(made);
  await wire.send("GET / HT");
  await turn();
  made.clock.advance(1500);
  assertEquals(statusOf(await wire.readMessage()), 408);
  await wire.readEnd();
  await ended;
});

Deno.test("httpSession() closes an idle connection without a word", async () => {
  await using made = makeDoor({ limits: { idleMs: 1000 } });
  const { wire, ended } = serve(made);
  await turn();
  made.clock.advance(1500);
  await wire.readEnd();
  await ended;
});

Deno.test("httpSession() drops a client that takes no answer, whatever the answer", async () => {
  const requests = ["GET /\r\n\r\n", GET.replaceAll("allowed", "denied"), "GET / HTTP/1.1\r\n"];
  for (const request of requests) {
    await using made = makeDoor({ limits: { headMs: 1000 } });
    const { connection, wire } = made.client();
    connection.stream.write = () => Promise.withResolvers<number>().promise;
    httpSession(connection, made.door).catch(() => {});
    await wire.send(request);
    await turn();
    made.clock.advance(1500);
    await turn();
    made.clock.advance(11_000);
    await turn();
    assertEquals(connection.closed, true, request);
  }
});

Deno.test("httpSession() throws what it does not know", async () => {
  await using made = makeDoor({
    resolve: () => {
      throw new TypeError("bug");
    },
  });
  const { wire, ended } = serve(made);
  const failed = assertRejects(() => ended, TypeError, "bug");
  await wire.send(GET);
  await failed;
});

Deno.test("httpSession() tells of SOCKS5 on its port: the client cannot read the answer", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  await wire.send("\x05\x01\x00");
  await wire.closeWrite();
  assertStringIncludes(await wire.readAll(), "HTTP/1.1 400 ");
  await ended;
  assertEquals(made.diagnosed, [
    "Refused client 127.0.0.1:50000: it speaks SOCKS5, and this port speaks HTTP",
  ]);
});

Deno.test("httpSession() tells of no other fault: the answer does", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  await wire.send("\x16\x03\x01");
  await wire.closeWrite();
  await wire.readAll();
  await ended;
  assertEquals(made.diagnosed, []);
});
