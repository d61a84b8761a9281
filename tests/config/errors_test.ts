import { assertEquals, assertInstanceOf } from "@std/assert";
import { ConfigError } from "../../src/config/errors.ts";

Deno.test("ConfigError says every fault on a line of its own", () => {
  const error = new ConfigError([
    { origin: { file: "/c.toml", line: 2, column: 3 }, message: "one" },
    { origin: { file: "-c", line: null, column: null }, message: "two" },
  ]);
  assertInstanceOf(error, Error);
  assertEquals([error.name, error.message], ["ConfigError", "/c.toml:2:3: one\n-c: two"]);
});

Deno.test("ConfigError keeps its cause", () => {
  const cause = new Error("x");
  assertEquals(new ConfigError([], { cause }).cause, cause);
});
