// What we have written ourselves, and nobody has changed since. It is no protection from whoever can read the key.

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

/** Makes the key of these bytes. */
export async function signingKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", bytes, HMAC, false, ["sign", "verify"]);
}

/** Signs text by HMAC-SHA-256, in base64url. */
export async function sign(key: CryptoKey, text: string): Promise<string> {
  const signature = await crypto.subtle.sign(HMAC, key, new TextEncoder().encode(text));
  return new Uint8Array(signature).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Whether that is what {@linkcode sign} has made of the text. It takes as long whatever the answer is. */
export async function isSigned(key: CryptoKey, text: string, signature: string): Promise<boolean> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(signature, { alphabet: "base64url" });
  } catch (error) {
    if (error instanceof SyntaxError) return false; // it is no base64url
    throw error;
  }
  return await crypto.subtle.verify(HMAC, key, bytes, new TextEncoder().encode(text));
}
