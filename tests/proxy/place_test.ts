import { assertEquals } from "@std/assert";
import { placeOf } from "../../src/proxy/place.ts";
import { connectTo, httpTo, socketAt } from "../support/policy.ts";

Deno.test("placeOf() names hosts without brackets and ports", () => {
  assertEquals(placeOf(httpTo("a.test:8080")), { host: "a.test", port: 8080, words: "a.test" });
  const address = { host: "2001:db8::1", port: 443, words: "2001:db8::1" };
  assertEquals(placeOf(connectTo("[2001:db8::1]:443")), address);
});

Deno.test("placeOf() names every unix socket alike, and which one in words", () => {
  assertEquals(placeOf(socketAt("/run/a.sock")), {
    host: "unix-socket",
    port: 0,
    words: "unix socket /run/a.sock",
  });
});
