import { assertEquals } from "@std/assert";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import type { Decoded } from "../../src/socks/decoded.ts";

/** Bytes as RFCs print them: `05 01 00`. Text in quotes is a byte a character: `03 06 "a.test"`. */
export function bytes(printed: string): Uint8Array<ArrayBuffer> {
  return latin1Bytes(wire(printed));
}

/** As {@linkcode bytes}, as text with a character a byte. */
export function wire(printed: string): string {
  const parts = printed.match(/"[^"]*"|[0-9a-f]{2}|\S/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith('"')) return part.slice(1, -1);
    if (part.length !== 2) throw new Error(`Expected bytes, found ${printed}`);
    return String.fromCharCode(parseInt(part, 16));
  }).join("");
}

/** Prints bytes as {@linkcode bytes} reads them. */
export function printed(data: Uint8Array | string): string {
  const text = typeof data === "string" ? data : latin1(data);
  return [...text].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
}

/** Makes sure that `whole` decodes to `message`, that no part of it does, and that no more is taken. */
export function assertDecodes<Message, Bad>(
  decode: (bytes: Uint8Array) => Decoded<Message, Bad>,
  whole: string,
  message: Message,
): void {
  const { length } = bytes(whole);
  for (const behind of ["", "00", "05 01 00", "ff".repeat(300)]) {
    assertEquals(decode(bytes(`${whole} ${behind}`)), { kind: "message", message, length }, whole);
  }
  assertMore(decode, whole);
}

/** Makes sure that the last of these bytes shows that they are no message, and none before it. */
export function assertBad<Message, Bad>(
  decode: (bytes: Uint8Array) => Decoded<Message, Bad>,
  whole: string,
  bad: Bad,
): void {
  for (const behind of ["", "00", "05 01 00", "ff".repeat(300)]) {
    assertEquals(decode(bytes(`${whole} ${behind}`)), bad, whole);
  }
  assertMore(decode, whole);
}

function assertMore(decode: (bytes: Uint8Array) => unknown, whole: string): void {
  const all = bytes(whole);
  for (let end = 0; end < all.length; end++) {
    assertEquals(decode(all.subarray(0, end)), { kind: "more" }, `${end} bytes of ${whole}`);
  }
}
