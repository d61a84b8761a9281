import { assertEquals } from "@std/assert";
import { inFront } from "../../../src/cli/ask/in_front.ts";
import { fakeHelpers } from "./fake_helper.ts";

/** What `ps` says, and whether it is in front. */
const STATES: readonly (readonly [readonly string[], boolean])[] = [
  [["Sl+\n"], true],
  [["S", "+\n"], true],
  [["Sl\n"], false],
  [[], false],
  [["+".repeat(65)], false],
];

for (const [said, expected] of STATES) {
  Deno.test(`inFront() is ${expected} for ${JSON.stringify(said)}`, async () => {
    const start = fakeHelpers();
    const answer = inFront(42, start);
    const [ps] = start.started;
    assertEquals(ps!.words, ["ps", "-o", "stat=", "-p", "42"]);
    said.forEach((text) => ps!.say(text));
    ps!.say(null);
    assertEquals(await answer, expected);
  });
}

Deno.test("inFront() is false where it cannot be told", async () => {
  const missing = () => {
    throw new Deno.errors.NotFound("No such file or directory");
  };
  assertEquals(await inFront(42, missing), false);
});
