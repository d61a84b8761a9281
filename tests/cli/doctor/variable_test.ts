import { assertEquals } from "@std/assert";
import { variableOf } from "../../../src/cli/doctor/variable.ts";

Deno.test("variableOf() reads a variable, on Windows in any case", () => {
  const env = { HTTPS_PROXY: " http://a.test:1 " };
  const read = (os: string) =>
    ["HTTPS_PROXY", "https_proxy", "x"].map((name) => variableOf(name, { env, os }));
  assertEquals(read("linux"), ["http://a.test:1", "", ""]);
  assertEquals(read("windows"), ["http://a.test:1", "http://a.test:1", ""]);
});
