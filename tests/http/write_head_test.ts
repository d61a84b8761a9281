import { assertEquals, assertThrows } from "@std/assert";
import { field } from "../../src/http/fields.ts";
import { fieldLines, requestHeadBytes, responseHeadBytes } from "../../src/http/write_head.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";

const FIELDS = [field("Host", "a.test"), field("X-b", ""), field("x-B", "\xe9\tc")];
const LINES = "Host: a.test\r\nX-b: \r\nx-B: \xe9\tc\r\n";

Deno.test("requestHeadBytes() writes the request line, the fields as they are, an empty line", () => {
  assertEquals(
    latin1(requestHeadBytes("GET", "/a?b", FIELDS)),
    `GET /a?b HTTP/1.1\r\n${LINES}\r\n`,
  );
  assertEquals(latin1(requestHeadBytes("OPTIONS", "*", [])), "OPTIONS * HTTP/1.1\r\n\r\n");
});

Deno.test("responseHeadBytes() writes the status line, the fields as they are, an empty line", () => {
  assertEquals(
    latin1(responseHeadBytes(404, "Not Found", FIELDS)),
    `HTTP/1.1 404 Not Found\r\n${LINES}\r\n`,
  );
});

Deno.test("responseHeadBytes() keeps the space before a reason that is empty", () => {
  assertEquals(latin1(responseHeadBytes(200, "", [])), "HTTP/1.1 200 \r\n\r\n");
});

Deno.test("responseHeadBytes() writes obs-text byte for byte", () => {
  assertEquals(latin1(responseHeadBytes(200, "\x80\xff", [])), "HTTP/1.1 200 \x80\xff\r\n\r\n");
});

Deno.test("a first line that would be two, or other bytes, is a bug: both throw", () => {
  for (const bad of ["a\r\nB: c", "a\rb", "a\nb", "a\0b", "a\x7fb", "a\u010ab"]) {
    assertThrows(() => requestHeadBytes(bad, "/", []), TypeError, "Cannot write");
    assertThrows(() => requestHeadBytes("GET", bad, []), TypeError, "Cannot write");
    assertThrows(() => responseHeadBytes(200, bad, []), TypeError, "Cannot write");
  }
});

Deno.test("fieldLines() ends each line", () => {
  assertEquals(fieldLines(FIELDS), LINES);
  assertEquals(fieldLines([]), "");
});
