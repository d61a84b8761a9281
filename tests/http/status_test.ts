import { assertEquals } from "@std/assert";
import { isFinal } from "../../src/http/status.ts";

Deno.test("isFinal() tells the last response to a request from those before it", () => {
  assertEquals([100, 102, 103, 199].filter(isFinal), []);
  assertEquals([101, 200, 304, 407, 502, 999].filter((status) => !isFinal(status)), []);
});
