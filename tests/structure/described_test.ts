import { assertEquals } from "@std/assert";
import { sourceFiles } from "../support/source.ts";

/** A declaration that other files see. What only passes on names has none of its own. */
const EXPORT_REGEXP = /^export (?!\{|\*|type \{)/;

Deno.test("everything that a file exports is described", async () => {
  const bare = (await sourceFiles()).flatMap(({ path, text }) => {
    const lines = text.split("\n");
    return lines.flatMap((line, at) =>
      EXPORT_REGEXP.test(line) && !isEndOfDescription(lines[at - 1])
        ? [`${path}:${at + 1} ${line}`]
        : []
    );
  });
  assertEquals(bare, []);
});

function isEndOfDescription(line: string | undefined): boolean {
  return line?.trimEnd().endsWith("*/") ?? false;
}
