import { assertEquals } from "@std/assert";
import { x509 } from "../../src/tls/x509.ts";

Deno.test("x509() loads a library that can be used at once", async () => {
  const lib = await x509();
  assertEquals(new lib.KeyUsagesExtension(lib.KeyUsageFlags.keyCertSign, true).critical, true);
  assertEquals(await x509(), lib);
});
