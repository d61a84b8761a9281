import { assertEquals } from "@std/assert";
import { readOptions } from "./options.ts";
import { TARGETS } from "./targets.ts";

Deno.test("readOptions() feeds every parser with a million inputs when told nothing", () => {
  const parsers = TARGETS.map(({ name }) => name);
  const expected = { parsers, inputs: 1_000_000, seed: 7, seconds: 600, json: false };
  assertEquals(readOptions([], 7), expected);
});

Deno.test("readOptions() takes parsers, numbers and --json", () => {
  const args = "--parser ip --parser host --inputs 10 --seed 0 --seconds 5 --json".split(" ");
  const expected = { parsers: ["ip", "host"], inputs: 10, seed: 0, seconds: 5, json: true };
  assertEquals(readOptions(args, 7), expected);
});

Deno.test("readOptions() says what is wrong", () => {
  assertEquals(readOptions(["--inputs", "x"], 7), "--inputs takes a whole number up to 1000000000");
  assertEquals(readOptions(["--seed", "-1"], 7), "--seed takes a whole number up to 2147483647");
  assertEquals(readOptions(["--seconds"], 7), "--seconds takes a whole number up to 1000000000");
  assertEquals(readOptions(["--fast"], 7), 'unknown argument "--fast"');
  const names = TARGETS.map(({ name }) => name).join(", ");
  assertEquals(readOptions(["--parser", "x"], 7), `there is no parser "x": ${names}`);
});
