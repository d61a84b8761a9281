// What we have written ourselves, and nobody has changed since. It is no protection from whoever can read the key.
import { fromBase64Url, toBase64Url } from "../../net/binary_text.ts";

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

/** Makes the key of these bytes. */
export async function signingKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign", "verify"]);
}

/** Signs text by HMAC-SHA-256, in base64url. */
export async function sign(key: CryptoKey, text: string): Promise<string> {
  const signature = await crypto.subtle.sign(HMAC, key, new TextEncoder().encode(text));
  return toBase64Url(new Uint8Array(signature));
}

/** Whether that is what {@linkcode sign} has made of the text. It takes as long whatever the answer is. */
export async function isSigned(key: CryptoKey, text: string, signature: string): Promise<boolean> {
  const bytes = fromBase64Url(signature);
  if (bytes === null) return false;
  return await crypto.subtle.verify(HMAC, key, bytes, new TextEncoder().encode(text));
}
