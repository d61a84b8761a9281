import { assertEquals, assertMatch } from "@std/assert";
import { COMMAND_NAMES } from "../../../src/cli/argv/commands.ts";
import { helpText } from "../../../src/cli/argv/help.ts";
import { assertGolden } from "../../support/golden.ts";

/** One file a help text; that of the program is the first. */
const GOLDEN = new URL("./help/", import.meta.url);

const TEXTS = [null, ...COMMAND_NAMES].map((name) => ({
  name: name ?? "doorward",
  text: `${helpText(name)}\n`,
}));

for (const { name, text } of TEXTS) {
  // A change here is a change for users: it belongs in the changelog.
  Deno.test(`helpText() prints what help/${name}.golden.txt holds`, async () => {
    await assertGolden(text, new URL(`${name}.golden.txt`, GOLDEN));
  });
}

Deno.test("help/ holds no text of a command that is gone", async () => {
  const files = await Array.fromAsync(Deno.readDir(GOLDEN), ({ name }) => name);
  assertEquals(files.sort(), TEXTS.map(({ name }) => `${name}.golden.txt`).sort());
});

Deno.test("helpText() shows each command with an example", () => {
  for (const { text } of TEXTS) assertMatch(text, /\nExamples?:\n {2}[^ ]/);
});

Deno.test("helpText() fits a terminal of a hundred columns", () => {
  const lines = TEXTS.flatMap(({ text }) => text.split("\n"));
  assertEquals(lines.filter((line) => line.length > 100), []);
});
