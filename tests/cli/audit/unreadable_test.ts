import { assertEquals } from "@std/assert";
import { unreadable } from "../../../src/cli/audit/unreadable.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

const CASES: readonly (readonly [unknown, string])[] = [
  [new Deno.errors.NotFound("x"), "it does not exist; check the path"],
  [
    new Deno.errors.NotCapable("x"),
    "Doorward runs without --allow-read for its folder; grant that",
  ],
  [new Error("it hurts"), "it hurts"],
  ["odd", "odd"],
];

for (const [error, why] of CASES) {
  Deno.test(`unreadable() says that ${why}`, async () => {
    const here = fakeSurroundings();
    assertEquals(unreadable("a.jsonl", error, here), 125);
    await here.terminal.err.flush();
    assertEquals(here.printed().err, `doorward: Cannot read a.jsonl: ${why}\n`);
  });
}
