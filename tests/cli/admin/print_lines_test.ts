import { assertEquals } from "@std/assert";
import { printLines } from "../../../src/cli/admin/print_lines.ts";
import { makeTerminal } from "../../../src/cli/printed/terminal.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemorySink } from "../fake_surroundings.ts";

Deno.test("printLines() drops nothing of a list that is longer than what is held", async () => {
  const sink = new MemorySink(false, 64 * 1024);
  const { out } = makeTerminal(sink, new MemorySink(), false, new FakeClock());
  const line = "x".repeat(999);
  await printLines(out, Array.from({ length: 3000 }, () => [line]));
  assertEquals(sink.text.length, 3_000_000);
});
