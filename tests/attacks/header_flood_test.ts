import { assert, assertEquals } from "@std/assert";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { bytes } from "../support/hello.ts";
import { authorityFor, makeInside } from "../support/inside.ts";
import { until } from "../support/in_time.ts";
import type { Script } from "../support/origin.ts";
import { FRAME, frame, headerBlock, pseudo } from "../support/raw_http2.ts";
import { statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const START = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n";

/** What goes on for ever. Each is cut off at the limit, long before its end. */
const FLOODS: Record<string, { start: string; more: string }> = {
  "a method": { start: "", more: "A" },
  "a target": { start: "GET http://allowed.test/", more: "a" },
  "a field name": { start: START, more: "a" },
  "a field value": { start: `${START}X: `, more: "a" },
  "fields": { start: START, more: "a: b\r\n" },
  "empty fields": { start: START, more: "a:\r\n" },
  "cookies": { start: START, more: "Cookie: a=b\r\n" },
  "the lines of a fold": { start: `${START}X: a\r\n`, more: " b\r\n" },
  "a Connection list": { start: `${START}Connection: `, more: "a," },
};

for (const [what, { start, more }] of Object.entries(FLOODS)) {
  Deno.test(`header flood: ${what} without end is cut off`, async () => {
    await using world = makeWorld({ troubled: true });
    await using client = await world.client();
    const megabyte = more.repeat(Math.ceil(1024 * 1024 / more.length));
    // 16 MiB, unless we are cut off before.
    const sending = (async () => {
      await client.send(start);
      for (let round = 0; round < 16 && client.ending === null; round++) {
        await client.send(megabyte);
      }
    })().catch(() => {
      // It was.
    });
    await until(() => client.received !== "" || client.ending !== null, "it is answered");
    await sending;
    if (client.received !== "") assert(/^HTTP\/1\.1 (400|414|431) /.test(client.received));
    assertEquals(world.dialled, []);
    client.close();
    await until(() => world.proxy.connections === 0, "it is let go");
    // A flood of requests is not answered with a flood of lines.
    assert(world.diagnosed.length <= 1, world.diagnosed.join());
  });
}

Deno.test("header flood: a hundred thousand fields in one head are 431", async () => {
  await using world = makeWorld({ troubled: true });
  await using client = await world.client();
  client.send(`${START}${"a:\r\n".repeat(100_000)}\r\n`).catch(() => {});
  assertEquals(statusOf(await client.readMessage()), 431);
  assertEquals(world.dialled, []);
});

Deno.test("header flood: a nominated list of ten thousand names is work for a moment", async () => {
  await using world = makeWorld({ via: false });
  const names = Array.from({ length: 10_000 }, (_, at) => `x${at}`).join(",");
  assertEquals(statusOf(await world.ask(`${START}Connection: ${names}\r\nX9999: y\r\n\r\n`)), 200);
  assert(!world.origin.received.includes("9999"));
});

Deno.test("header flood: chunk extensions and trailers without end are cut off", async () => {
  const post = START.replace("GET", "POST") + "Transfer-Encoding: chunked\r\n\r\n";
  for (
    const flood of [
      `5;${"a".repeat(100_000)}`,
      `0\r\n${"a: b\r\n".repeat(50_000)}`,
      "0".repeat(50_000),
    ]
  ) {
    await using world = makeWorld();
    await using client = await world.client();
    client.send(post + flood).catch(() => {});
    assert([400, 431].includes(statusOf(await client.readMessage())));
    await until(() => world.upstreams === 0, "the origin is let go");
  }
});

// CVE-2023-39326: many small chunks with an extension each cost far more than they carry.
Deno.test("header flood: an upload of single bytes in chunks arrives in chunks of our own", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  const post = START.replace("GET", "POST") + "Transfer-Encoding: chunked\r\n\r\n";
  await client.send(`${post}${"1;x=y\r\na\r\n".repeat(1000)}0\r\n\r\n`);
  assertEquals(statusOf(await client.readMessage()), 200);
  assert(!world.origin.received.includes("x=y"));
});

Deno.test("header flood: an origin that floods is 502", async () => {
  const floods = [
    `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(200)}\r\n`,
    `HTTP/1.1 200 OK\r\nX: ${"a".repeat(100_000)}\r\n\r\n`,
    `HTTP/1.1 200 ${"O".repeat(100_000)}\r\n\r\n`,
  ];
  for (const flood of floods) {
    const script: Script = async (wire) => {
      await wire.readHead();
      await wire.send(flood);
    };
    await using world = makeWorld({ origin: script, troubled: true });
    assertEquals(statusOf(await world.ask(`${START}\r\n`)), 502);
    await until(() => world.upstreams === 0, "the origin is let go");
  }
});

/** An entry for the table of the receiver, and twelve thousand references to it (RFC 7541 section 6.1). */
function bomb(): Uint8Array<ArrayBuffer> {
  const length = 3_900;
  const rest = length - 127;
  const entry = bytes(0x40, 1, 0x78, 127, rest % 128 + 128, Math.floor(rest / 128));
  const references = new Uint8Array(12_000).fill(0x80 | 62);
  return bytes(headerBlock(pseudo()), entry, latin1Bytes("a".repeat(length)), references);
}

Deno.test("header flood: a head of HTTP/2 that unfolds to megabytes is no request", async () => {
  await using inside = await makeInside(await authorityFor("DNS:allowed.test"));
  const client = await inside.http2();
  await client.wire.send(frame(FRAME.headers, 5, 1, bomb()));
  const answer = await client.answerOf(1);
  assert(answer.reset !== null, JSON.stringify(answer));
  assertEquals([inside.world.lookups, inside.origin.connections], [[], 0]);
});

/** What a client of HTTP/2 sends first, and what again and again. */
const FLOODS_OF_HTTP2: Readonly<Record<string, readonly [Uint8Array, Uint8Array]>> = {
  "a head in frames without end": [
    frame(FRAME.headers, 0, 1, headerBlock(pseudo())),
    frame(FRAME.continuation, 0, 1, headerBlock([["x", "y".repeat(8_000)]])),
  ],
  "a head in empty frames without end": [
    frame(FRAME.headers, 0, 1, headerBlock(pseudo())),
    bytes(...Array(1_000).fill(frame(FRAME.continuation, 0, 1, new Uint8Array()))),
  ],
  "settings without end": [
    frame(FRAME.settings, 0, 0, new Uint8Array()),
    bytes(...Array(1_000).fill(frame(FRAME.settings, 0, 0, new Uint8Array()))),
  ],
};

for (const [what, [first, again]] of Object.entries(FLOODS_OF_HTTP2)) {
  Deno.test(`header flood: of HTTP/2 ${what} is cut off`, async () => {
    await using inside = await makeInside(await authorityFor("DNS:allowed.test"));
    const { wire } = await inside.http2();
    await wire.send(first);
    const flooding = (async () => {
      for (let count = 0; count < 2_000; count++) await wire.send(again);
    })().catch(() => {
      // It was cut off.
    });
    await until(() => inside.world.proxy.connections === 0, "the connection is closed");
    await flooding;
    assertEquals(inside.origin.connections, 0);
  });
}
