import { assertEquals } from "@std/assert";
import {
  fromBase64,
  fromBase64Url,
  toBase64,
  toBase64Url,
  toHex,
} from "../../src/net/binary_text.ts";

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

Deno.test("toHex(), toBase64() and toBase64Url() write as the runtime does", () => {
  for (const bytes of [EVERY_BYTE, EVERY_BYTE.subarray(250), new Uint8Array()]) {
    assertEquals(toHex(bytes), bytes.toHex());
    assertEquals(toBase64(bytes), bytes.toBase64());
    const url = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    assertEquals(toBase64Url(bytes), url);
  }
});

Deno.test("fromBase64() and fromBase64Url() read what was written", () => {
  for (const bytes of [EVERY_BYTE, EVERY_BYTE.subarray(250), new Uint8Array()]) {
    assertEquals(fromBase64(toBase64(bytes)), bytes);
    assertEquals(fromBase64Url(toBase64Url(bytes)), bytes);
  }
  assertEquals(fromBase64(" -_ "), null);
  assertEquals(fromBase64("AAA\nA"), new Uint8Array(3));
});

Deno.test("fromBase64() and fromBase64Url() read nothing else", () => {
  for (const text of ["A", "AA=A", "é", "A===", "-_-_"]) assertEquals(fromBase64(text), null, text);
  for (const text of ["A", "+/+/", "é"]) assertEquals(fromBase64Url(text), null, text);
});
