import { assertEquals } from "@std/assert";
import { fitsInLine, isTokenByte, isValueByte } from "../../src/http/characters.ts";

const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => byte);

function characters(bytes: readonly number[]): string {
  return String.fromCharCode(...bytes);
}

Deno.test("isTokenByte() takes the tchar of RFC 9110 section 5.6.2 and nothing else", () => {
  const tchar = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
  assertEquals(characters(EVERY_BYTE.filter(isTokenByte)), tchar);
});

Deno.test("isValueByte() refuses control characters, tab excepted, and nothing else", () => {
  const refused = EVERY_BYTE.filter((byte) => !isValueByte(byte));
  const controls = [...EVERY_BYTE.slice(0, 0x20).filter((byte) => byte !== 0x09), 0x7f];
  assertEquals(refused, controls);
});

Deno.test("fitsInLine() takes what isValueByte() takes, and nothing above U+00FF", () => {
  const taken = EVERY_BYTE.filter((byte) => fitsInLine(`a${String.fromCharCode(byte)}b`));
  assertEquals(taken, EVERY_BYTE.filter(isValueByte));
  for (const text of ["\u0100", "\u010a", "\u010d", "\u2028", "\u{1f600}"]) {
    assertEquals(fitsInLine(text), false, text);
  }
});
