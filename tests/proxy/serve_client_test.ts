import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Doors, serveClient } from "../../src/proxy/serve_client.ts";
import { type DoorClient, makeDoor, type TestDoor } from "../support/door.ts";
import { domainAddress, GREETING, NO_AUTH, replyOf, socksRequest } from "../support/socks.ts";

const GET = "GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\nConnection: close\r\n\r\n";
const SOCKS = GREETING + socksRequest(domainAddress("denied.test", 443));

function serve(made: TestDoor, speaks: "http" | "socks5" | "both") {
  const doors = {
    http: speaks === "socks5" ? null : made.door,
    socks: speaks === "http" ? null : made.socks,
  } as Doors;
  const client: DoorClient = made.client();
  return { ...client, ended: serveClient(client.connection, doors) };
}

for (const speaks of ["http", "both"] as const) {
  Deno.test(`serveClient() serves HTTP where ${speaks} is spoken`, async () => {
    await using made = makeDoor();
    const { wire, ended } = serve(made, speaks);
    await wire.send(GET);
    assertStringIncludes((await wire.readMessage()).start, "HTTP/1.1 403 ");
    await wire.closeWrite();
    await ended;
  });
}

for (const speaks of ["socks5", "both"] as const) {
  Deno.test(`serveClient() serves SOCKS5 where ${speaks} is spoken`, async () => {
    await using made = makeDoor();
    const { wire, ended } = serve(made, speaks);
    await wire.send(SOCKS);
    assertEquals(await wire.readExactly(12), NO_AUTH + replyOf(2));
    await wire.closeWrite();
    await ended;
  });
}

Deno.test("serveClient() refuses SOCKS5 where HTTP alone is spoken", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made, "http");
  await wire.send(SOCKS);
  await wire.closeWrite();
  assertStringIncludes(await wire.readAll(), "HTTP/1.1 400 ");
  await ended;
});

Deno.test("serveClient() refuses HTTP where SOCKS5 alone is spoken, in the words of HTTP", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made, "socks5");
  await wire.send(GET);
  await wire.closeWrite();
  const answer = await wire.readAll();
  assertStringIncludes(answer, "HTTP/1.1 400 ");
  assertStringIncludes(answer, "SOCKS5");
  await ended;
  assertEquals(made.blocked, []);
});

Deno.test("serveClient() refuses SOCKS4 in its own words, on a shared port too", async () => {
  for (const speaks of ["socks5", "both"] as const) {
    await using made = makeDoor();
    const { wire, ended } = serve(made, speaks);
    await wire.send("\x04\x01\x00\x50\x5d\xb8\xd8\x22user\0");
    await wire.closeWrite();
    assertEquals(await wire.readAll(), "\x00\x5b\0\0\0\0\0\0");
    await ended;
    assertEquals([made.blocked, made.dialled], [[], []]);
  }
});

Deno.test("serveClient() lets a client go that says nothing", async () => {
  for (const speaks of ["http", "socks5", "both"] as const) {
    await using made = makeDoor();
    const { wire, connection, ended } = serve(made, speaks);
    await wire.closeWrite();
    await wire.readEnd();
    await ended;
    assertEquals(connection.closed, true, speaks);
  }
});

Deno.test("serveClient() drops a client that says nothing for too long, and says so where it can", async () => {
  for (const speaks of ["http", "socks5", "both"] as const) {
    await using made = makeDoor({ limits: { firstByteMs: 1000 } });
    const { wire, connection, ended } = serve(made, speaks);
    made.clock.advance(1250);
    const said = await wire.readAll();
    assertEquals(said.slice(0, 13), speaks === "socks5" ? "" : "HTTP/1.1 408 ", speaks);
    assertEquals(made.reached, ["firstByteMs"]);
    await ended.catch(() => {
      // The stream was closed under the read.
    });
    assertEquals(connection.closed, true, speaks);
  }
});
