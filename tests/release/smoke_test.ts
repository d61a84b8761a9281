import { assertEquals, assertMatch } from "@std/assert";
import { runProgram } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { smoke } from "./smoke.ts";

Deno.test("smoke() names the first thing that an executable does not do, and stops there", async () => {
  const told: string[] = [];
  const code = await smoke([Deno.execPath(), "eval", "--quiet", "0"], (line) => told.push(line));
  assertEquals([code, told.length], [1, 1]);
  assertMatch(told[0]!, /^not ok {2}--version prints the version: Expected 0 and "doorward /);
});

Deno.test("deno task smoke says that a program is not there, and how it is called", async () => {
  await using scratch = await makeScratch();
  const words = [Deno.execPath(), "run", "--quiet", "-A", `${import.meta.dirname}/smoke.ts`];
  const run = (...args: string[]) => runProgram([...words, ...args], scratch);
  const { code, stdout, stderr } = await run("./not-there");
  assertEquals([code, stderr], [1, ""]);
  assertMatch(stdout, /^not ok {2}--version prints the version: .*not-there.*\n$/);
  assertEquals((await run()).code, 2);
  assertMatch((await run("--help")).stdout, /^deno task smoke BINARY/);
});
