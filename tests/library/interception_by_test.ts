import { assertEquals } from "@std/assert";
import { interceptionBy } from "../../src/library/interception_by.ts";
import { createAuthority } from "../../src/tls/authority.ts";
import { host } from "../support/host.ts";

Deno.test("interceptionBy() shows certificates of the authority", async () => {
  const authority = await createAuthority(() => Date.now());
  const { identityFor } = interceptionBy({ authority, roots: [] });
  const { chain } = await identityFor(host("a.test"), () => {});
  assertEquals(chain, (await authority.identityFor(host("a.test"))).chain);
});
