import { assertEquals, assertThrows } from "@std/assert";
import { EventParser, type SentEvent } from "../../../src/cli/admin/sse.ts";
import { ProtocolError } from "../../../src/net/errors.ts";
import { cuts } from "../../support/scripted_stream.ts";

function parse(...pieces: readonly (string | Uint8Array)[]): SentEvent[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) =>
    parser.push(typeof piece === "string" ? new TextEncoder().encode(piece) : piece)
  );
}

/** Streams, and their events. */
const STREAMS: readonly (readonly [string, readonly SentEvent[]])[] = [
  ["data: a\n\n", [{ type: "message", data: "a" }]],
  ["event: blocked\ndata: {}\nid: 7\n\n", [{ type: "blocked", data: "{}" }]],
  ["data:a\ndata:  b\n\n", [{ type: "message", data: "a\n b" }]],
  ["data\n\n", [{ type: "message", data: "" }]],
  ["data: a\r\n\r\ndata: b\r\rdata: c\n\n", [
    { type: "message", data: "a" },
    { type: "message", data: "b" },
    { type: "message", data: "c" },
  ]],
  ["data: a\r\ndata: b\r\n\r\n", [{ type: "message", data: "a\nb" }]],
  [": keep-alive\n\n: keep-alive\n\ndata: a\n\n", [{ type: "message", data: "a" }]],
  // Without data it is no event, and its type is not the next one's.
  ["event: x\n\ndata: a\n\n", [{ type: "message", data: "a" }]],
  ["retry: 1\nunknown: 2\ndata: a: b\n\n", [{ type: "message", data: "a: b" }]],
  // What is not ended is not there.
  ["data: a\n\ndata: b\n", [{ type: "message", data: "a" }]],
];

for (const [text, expected] of STREAMS) {
  Deno.test(`push() reads ${JSON.stringify(text)}, however it is cut`, () => {
    for (const pieces of cuts(text)) assertEquals(parse(...pieces), [...expected]);
  });
}

Deno.test("push() reads a character that is cut in two", () => {
  const bytes = new TextEncoder().encode("data: ä€😀\n\n");
  for (let at = 0; at <= bytes.length; at++) {
    assertEquals(parse(bytes.subarray(0, at), bytes.subarray(at)), [
      { type: "message", data: "ä€😀" },
    ]);
  }
});

Deno.test("push() reads a line of 256 Ki characters, and no longer one", () => {
  const fits = `:${"x".repeat(256 * 1024 - 1)}`;
  assertEquals(parse(fits, "\ndata: a\n\n"), [{ type: "message", data: "a" }]);
  assertThrows(() => parse(`${fits}x`), ProtocolError, "one is longer than 262144 characters");
});

Deno.test("push() refuses an event whose lines have no end", () => {
  const line = `data:${"x".repeat(1023)}\n`;
  assertEquals(parse(line.repeat(256), "\n").length, 1);
  assertEquals(parse(line.repeat(256), "\n", line.repeat(256), "\n").length, 2);
  assertThrows(() => parse(line.repeat(257)), ProtocolError, "one is longer");
});
