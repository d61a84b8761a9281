// Bytes 0 to 255 to characters U+0000 to U+00FF and back: the only text that HTTP heads are made of.
// `TextDecoder("latin1")` is windows-1252 and changes 0x80 to 0x9F.
import { Buffer } from "node:buffer";

/** The bytes as text, a character each. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The text as bytes. Characters above U+00FF must not be in it. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  Buffer.from(bytes.buffer).write(text, "latin1");
  return bytes;
}
