import { assertEquals } from "@std/assert";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

Deno.test("latin1() makes each byte the character of the same number", () => {
  assertEquals([...latin1(EVERY_BYTE)].map((character) => character.charCodeAt(0)), [
    ...EVERY_BYTE,
  ]);
});

Deno.test("latin1() reads a view and nothing beside it", () => {
  assertEquals(latin1(EVERY_BYTE.subarray(0x61, 0x64)), "abc");
});

Deno.test("latin1Bytes() is its inverse", () => {
  assertEquals(latin1Bytes(latin1(EVERY_BYTE)), EVERY_BYTE);
  assertEquals(latin1Bytes(""), new Uint8Array(0));
});
