import { assertEquals } from "@std/assert";
import { isSigned, sign, signingKey } from "../../../src/config/requirements/signature.ts";

Deno.test("sign() is HMAC-SHA-256 (RFC 4231, case 2)", async () => {
  const key = await signingKey(new TextEncoder().encode("Jefe"));
  const signature = await sign(key, "what do ya want for nothing?");
  const hex = Uint8Array.fromBase64(signature, { alphabet: "base64url" }).toHex();
  assertEquals(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

Deno.test("isSigned() knows a changed text, another key, and what is no signature", async () => {
  const key = await signingKey(new Uint8Array(32));
  const signature = await sign(key, "text");
  assertEquals(await isSigned(key, "text", signature), true);
  assertEquals(await isSigned(key, "Text", signature), false);
  assertEquals(
    await isSigned(await signingKey(new Uint8Array(32).fill(1)), "text", signature),
    false,
  );
  for (const none of ["", "!", signature.slice(1), `${signature}AAAA`]) {
    assertEquals(await isSigned(key, "text", none), false);
  }
});
