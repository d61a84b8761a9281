import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMAND_NAMES } from "../../../src/cli/argv/commands.ts";
import { helpText } from "../../../src/cli/argv/help.ts";

/** The help of the program and of every command, as one page. */
function allHelp(): string {
  return [null, ...COMMAND_NAMES].map((name) =>
    `$ doorward${name === null ? "" : ` ${name}`} --help\n${helpText(name)}\n`
  )
    .join("\n");
}

Deno.test("helpText() prints what help.golden.txt holds", async () => {
  // A change here is a change for users: it belongs in the changelog.
  const golden = new URL("./help.golden.txt", import.meta.url);
  assertEquals(allHelp(), await Deno.readTextFile(golden));
});

Deno.test("helpText() shows each command with an example", () => {
  for (const name of COMMAND_NAMES) assertStringIncludes(helpText(name), "Example");
});

Deno.test("helpText() fits a terminal of a hundred columns", () => {
  assertEquals(allHelp().split("\n").filter((line) => line.length > 100), []);
});
