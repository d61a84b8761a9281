import { assertEquals, assertThrows } from "@std/assert";
import { field, type Fields } from "../../../src/http/fields.ts";
import { fromHttp2, toHttp2 } from "../../../src/http/http2/fields.ts";

function lines(fields: Fields): string[] {
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

Deno.test("fromHttp2() keeps fields in their order, doubled ones too", () => {
  const raw = ["a", "1", "b", "2", "a", "3"];
  assertEquals(lines(fromHttp2(raw)), ["a: 1", "b: 2", "a: 3"]);
});

Deno.test("fromHttp2() leaves out what is about the stream or the connection", () => {
  const gone = [":method", ":status", "connection", "host", "keep-alive", "proxy-connection"];
  const raw = [...gone, "transfer-encoding", "upgrade", "te", "http2-settings", "kept"].flatMap((
    name,
  ) => [name, "x"]);
  assertEquals(lines(fromHttp2(raw)), ["kept: x"]);
});

// RFC 9113 section 8.2.3.
Deno.test("fromHttp2() makes one cookie of its crumbs, and none of none", () => {
  const raw = ["cookie", "a=1", "x", "y", "cookie", "b=2"];
  assertEquals(lines(fromHttp2(raw)), ["x: y", "cookie: a=1; b=2"]);
});

Deno.test("fromHttp2() throws for what no line of a head holds", () => {
  for (const text of ["a\r\nb: c", "a\nb", "a\0b"]) {
    assertThrows(() => fromHttp2(["x", text]), TypeError);
    assertThrows(() => fromHttp2([text, "x"]), TypeError);
    assertThrows(() => fromHttp2(["cookie", text]), TypeError);
  }
});

Deno.test("toHttp2() writes names in lower case, every value of each", () => {
  const fields = [field("Set-Cookie", "a=1"), field("X-One", "1"), field("set-cookie", "b=2")];
  assertEquals(toHttp2(fields), { "set-cookie": ["a=1", "b=2"], "x-one": ["1"] });
});

Deno.test("toHttp2() leaves out what is about one connection", () => {
  const gone = ["Connection", "Host", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding"];
  const fields = [...gone, "Upgrade", "TE", "HTTP2-Settings"].map((name) => field(name, "x"));
  assertEquals(toHttp2(fields), {});
});
