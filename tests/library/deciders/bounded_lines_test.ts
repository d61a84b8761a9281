import { assertEquals } from "@std/assert";
import { BoundedLines, LINES_A_MINUTE } from "../../../src/library/deciders/bounded_lines.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("line() passes on so many lines a minute, and then says how many more there were", () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const lines = new BoundedLines((line) => told.push(line), clock);
  for (let at = 0; at < LINES_A_MINUTE + 2; at++) lines.line(`line ${at}`);
  assertEquals([told.length, told.at(-1)], [LINES_A_MINUTE, `line ${LINES_A_MINUTE - 1}`]);
  clock.advance(60_000);
  lines.line("next");
  assertEquals(told.slice(LINES_A_MINUTE), ["Not shown: 2 lines more about the decider", "next"]);
});

Deno.test("flush() says what was not told, once", () => {
  const told: string[] = [];
  const lines = new BoundedLines((line) => told.push(line), new FakeClock());
  lines.flush();
  for (let at = 0; at < LINES_A_MINUTE + 1; at++) lines.line("x");
  lines.flush();
  lines.flush();
  assertEquals(told.slice(LINES_A_MINUTE), ["Not shown: 1 line more about the decider"]);
});
