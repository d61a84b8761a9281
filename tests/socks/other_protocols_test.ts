import { assertEquals, assertMatch } from "@std/assert";
import { parseResponseHead } from "../../src/http/parse_head.ts";
import { valueOf } from "../../src/http/fields.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { rebuff } from "../../src/socks/other_protocols.ts";
import { printed } from "./wire_format.ts";

Deno.test("rebuff() rejects SOCKS4 as SOCKS4 does, and names SOCKS5", () => {
  const { answer, why } = rebuff(4);
  assertEquals(printed(answer), "00 5b 00 00 00 00 00 00");
  assertMatch(why, /SOCKS5 is needed/);
});

Deno.test("rebuff() answers HTTP to what may be HTTP, with a length and an end", () => {
  for (const first of ["A", "C", "G", "Z", "a", "g", "z"]) {
    const text = latin1(rebuff(first.charCodeAt(0)).answer);
    const [head, body] = text.split("\r\n\r\n") as [string, string];
    assertEquals(text, `${head}\r\n\r\n${body}`);
    const bytes = new TextEncoder().encode(`${head}\r\n\r\n`);
    const { status, fields } = parseResponseHead(bytes, 10);
    assertEquals(status, 400);
    assertEquals(valueOf(fields, "content-type"), "text/plain; charset=utf-8");
    assertEquals(valueOf(fields, "content-length"), String(body.length));
    assertEquals(valueOf(fields, "connection"), "close");
    assertMatch(body, /^[ -~]*this port speaks SOCKS5 only[ -~]*HTTP proxy[ -~]*\n$/);
  }
});

Deno.test("rebuff() says nothing to all else", () => {
  for (let first = 0; first < 256; first++) {
    if (first === 4 || /[a-z]/i.test(String.fromCharCode(first))) continue;
    assertEquals(rebuff(first).answer.length, 0, `byte ${first}`);
  }
});

Deno.test("rebuff() says what it took the client for, never in the client's bytes", () => {
  assertEquals(rebuff(0x16).why, "it speaks TLS, and SOCKS5 comes first");
  assertMatch(rebuff(0x47).why, /HTTP/);
  assertEquals(rebuff(0).why, "its first byte is 0, which is not 5");
  for (let first = 0; first < 256; first++) assertMatch(rebuff(first).why, /^[ -~]+[^.]$/);
});

Deno.test("rebuff() makes an answer of its own for each client", () => {
  for (const first of [4, 0x47]) {
    const answer = rebuff(first).answer;
    const before = printed(answer);
    answer.fill(0xee);
    assertEquals(printed(rebuff(first).answer), before);
  }
});
