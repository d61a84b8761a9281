import { assertEquals, assertThrows } from "@std/assert";
import { eventReader } from "../../../src/admin/dashboard/sse.js";

const STREAM = ': hello\n\nid: 7\nevent: blocked\ndata: {"a":1}\n\n' +
  "data: one\r\ndata:two\r\n\r\nid: 8\rdata\r\r\n";

const EVENTS = [
  { type: "blocked", id: "7", data: '{"a":1}' },
  { type: "message", id: "7", data: "one\ntwo" },
  { type: "message", id: "8", data: "" },
];

function read(pieces: readonly string[]) {
  const events: unknown[] = [];
  const take = eventReader((event) => events.push(event));
  for (const piece of pieces) take(piece);
  return events;
}

Deno.test("eventReader() reads types, ids, and data of several lines", () => {
  assertEquals(read([STREAM]), EVENTS);
});

Deno.test("eventReader() reads the same in pieces cut anywhere", () => {
  for (let at = 1; at < STREAM.length; at++) {
    assertEquals(read([STREAM.slice(0, at), STREAM.slice(at)]), EVENTS, `cut at ${at}`);
  }
  assertEquals(read([...STREAM]), EVENTS);
});

Deno.test("eventReader() tells nothing of an event without data, or without its end", () => {
  assertEquals(read(["event: mode\n\n", "data: half\n"]), []);
});

Deno.test("eventReader() takes no id with a null in it", () => {
  assertEquals(read(["id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n"]), [
    { type: "message", id: "1", data: "a" },
    { type: "message", id: "1", data: "b" },
  ]);
});

Deno.test("eventReader() takes a line of a mebibyte, and throws at a longer one", () => {
  const take = eventReader(() => {});
  take("x".repeat(1024 * 1024));
  assertThrows(() => take("x"), Error, "a line is too long");
});

Deno.test("eventReader() throws at an event of many lines that is too long", () => {
  const take = eventReader(() => {});
  const line = `data:${"x".repeat(1024 * 1024 / 2)}\n`;
  take(line);
  take(line);
  assertThrows(() => take("data:x\n"), Error, "one is too long");
});
