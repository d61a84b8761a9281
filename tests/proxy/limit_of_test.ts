import { assertEquals } from "@std/assert";
import { ProtocolError } from "../../src/net/errors.ts";
import { limitOf } from "../../src/proxy/limit_of.ts";

Deno.test("limitOf() names the limit of what is too large, and none for other faults", () => {
  const limit = (code: ProtocolError["code"]) => limitOf(new ProtocolError("client", code, ""));
  assertEquals(limit("head_too_large"), "headBytes");
  assertEquals(limit("too_many_fields"), "headFields");
  assertEquals(limit("request_line_too_long"), "requestLineBytes");
  // Whoever sees a time pass counts it: there are several.
  assertEquals([limit("too_slow"), limit("bad_header")], [null, null]);
});
