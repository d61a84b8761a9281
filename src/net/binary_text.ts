// Bytes as letters. The runtime's own `toHex` and `toBase64` are newer than the Nodes that the package is for.
import { latin1 } from "./stream/latin1.ts";

/** Two lower-case digits a byte. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Base64 with its padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return btoa(latin1(bytes));
}

/** Base64 for names and URLs, without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes that {@linkcode toBase64} was given; null when the text is no base64. White space is passed over. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (error) {
    if (error instanceof DOMException) return null; // the one way in which it fails
    throw error;
  }
}

/** The bytes that {@linkcode toBase64Url} was given; null when the text is no base64 of that alphabet. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (/[+/]/.test(text)) return null;
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
