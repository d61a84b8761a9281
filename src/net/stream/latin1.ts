// Bytes 0 to 255 to characters U+0000 to U+00FF and back: the only text that HTTP heads are made of.
// `TextDecoder("latin1")` is windows-1252 and changes 0x80 to 0x9F.
import { Buffer } from "node:buffer";

/** The bytes as text, a character each. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The text as bytes. Characters above U+00FF must not be in it. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = pooledBytes(text.length);
  // Heads are ASCII nearly always: then a character is one byte in UTF-8 too, and that the runtime writes fast.
  const { read, written } = UTF8.encodeInto(text, bytes);
  if (read !== text.length || written !== text.length) {
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).write(text, "latin1");
  }
  return bytes;
}

/**
 * Bytes to be written over, all of them and at once: they hold whatever was there before. Small ones are cut
 * from the runtime's pool, since an allocation of its own costs more than all else that is done with a head.
 */
export function pooledBytes(length: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length);
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}

const UTF8 = new TextEncoder();
