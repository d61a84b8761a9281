import { assertEquals } from "@std/assert";
import { COMMAND_NAMES } from "../../../src/cli/argv/commands.ts";
import { helpText } from "../../../src/cli/argv/help.ts";
import { helpLines } from "../../../src/cli/printed/help_lines.ts";
import { wrap } from "../../../src/cli/printed/prose.ts";
import { paint } from "../../../src/cli/printed/terminal.ts";
import { plainText } from "../../support/plain_text.ts";

Deno.test("helpLines() puts sentences together, and leaves rows and examples apart", () => {
  const text = `doorward a: does it

It is said on
two lines.

Options:
  -a, --all  whatever there is

Examples:
  doorward a --all -- 'two spaces'`;
  assertEquals(helpLines(text), [
    ["doorward a: does it"],
    [""],
    ["It is said on two lines."],
    [""],
    ["Options:"],
    ["  -a, --all  whatever there is"],
    [""],
    ["Examples:"],
    ["  ", paint("copy", "doorward a --all -- 'two spaces'")],
  ]);
});

for (const columns of [40, 60, 80]) {
  Deno.test(`helpLines() of every command fit ${columns} columns, but for what is to be copied`, () => {
    const texts = [null, ...COMMAND_NAMES].map(helpText);
    const rows = texts.flatMap(helpLines).flatMap((line) => wrap(line, columns));
    const isCut = (text: string) => text.length > columns && /^ *\S+ /.test(text);
    const cut = rows.filter((row) => isCut(plainText(row)));
    assertEquals(cut.filter((row) => !row.some((part) => typeof part !== "string")), []);
  });
}
