import { assertEquals } from "@std/assert";
import { faultsOf, noticesOf } from "./load.ts";

/** A base that says nothing on its own. */
const QUIET = '[network]\nallowed_domains = ["x.test"]\n';

const REFUSED: readonly (readonly [string, string])[] = [
  ["workers = 2", '3:11 "workers" is not available in this version: write 1, or remove it'],
  ["workers = 0", '3:11 "workers" is 0: expected a whole number from 1 to 1024'],
];

for (const [line, expected] of REFUSED) {
  Deno.test(`refuseLaterKey() refuses ${line}`, async () => {
    assertEquals(await faultsOf(QUIET + line), [expected]);
  });
}

Deno.test("refuseLaterKey() lets be what changes nothing", async () => {
  assertEquals(await noticesOf(`${QUIET}workers = 1\n`), []);
});
