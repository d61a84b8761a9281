import { assertEquals } from "@std/assert";
import { briefly } from "../../../src/cli/printed/briefly.ts";

Deno.test("briefly() says why in a few words", () => {
  assertEquals(briefly("not_allowed", 443), "not in the allowlist");
  assertEquals(briefly("denied", 443), "a deny rule names it");
  assertEquals(briefly("own_listener", 3128), "Doorward's own address");
});

Deno.test("briefly() knows the list of a unix socket", () => {
  assertEquals(briefly("not_allowed", 0), "not in allow_unix_sockets");
  assertEquals(briefly("proxy_disabled", 0), "the proxy is disabled");
});

Deno.test("briefly() leaves a word that it does not know", () => {
  assertEquals(briefly("too_early", 443), "too_early");
  assertEquals(briefly("toString", 443), "toString");
});
