import { assertEquals } from "@std/assert";
import { isTorn, readTail, wholeLinesEnd } from "../../../src/audit/file/tail.ts";
import { makeScratch } from "../../support/scratch.ts";

/** Does something with a file that holds this. */
async function withFile<T>(text: string, work: (file: Deno.FsFile, size: number) => Promise<T>) {
  await using scratch = await makeScratch();
  using file = await Deno.open(await scratch.write("log", text));
  return await work(file, new TextEncoder().encode(text).length);
}

const TAILS: readonly (readonly [string, number, readonly string[], boolean])[] = [
  ["", 10, [], true],
  ["a\nb\n", 10, ["a", "b"], true],
  ["a\nb\n", 4, ["a", "b"], true],
  ["a\nb\n", 3, ["b"], false],
  ["long\nb\n", 4, ["b"], false],
  ["long\nb\n", 1, [], false],
  ["a\nhalf", 10, ["a"], true],
];

for (const [text, max, lines, isAll] of TAILS) {
  Deno.test(`readTail() reads ${max} bytes of ${JSON.stringify(text)}`, async () => {
    assertEquals(await withFile(text, (file, size) => readTail(file, size, max)), { lines, isAll });
  });
}

const ENDS: readonly (readonly [string, boolean, number])[] = [
  ["", false, 0],
  ["a\n", false, 2],
  ["a\nb", true, 2],
  ["ab", true, 0],
];

for (const [text, torn, end] of ENDS) {
  Deno.test(`isTorn() and wholeLinesEnd() of ${JSON.stringify(text)}`, async () => {
    assertEquals(await withFile(text, isTorn), torn);
    assertEquals(await withFile(text, wholeLinesEnd), end);
  });
}

Deno.test("wholeLinesEnd() looks only so far", async () => {
  assertEquals(await withFile("x".repeat(4 * 1024 * 1024 + 1), wholeLinesEnd), null);
});
