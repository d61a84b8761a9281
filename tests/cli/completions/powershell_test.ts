// No PowerShell runs here: this is about the text alone.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { configKeys } from "../../../src/cli/completions/config_keys.ts";
import { grammar } from "../../../src/cli/completions/grammar.ts";
import { powershellCompletion } from "../../../src/cli/completions/powershell.ts";
import { SMALL_GRAMMAR } from "./small_grammar.ts";

const SCRIPT = powershellCompletion(SMALL_GRAMMAR);
const WHOLE = powershellCompletion(grammar(configKeys()));

Deno.test("powershellCompletion() knows the table", () => {
  const tables = SCRIPT.split("\n").filter((line) => /^ {4,8}(\$letters\[)?'/.test(line));
  assertEquals(tables.map((line) => line.trim()), [
    "'--mode' = 'what''s [allowed]: all\\most'",
    "'--set' = 'set one key ...'",
    "'--quiet' = 'say nothing'",
    "$letters['-m'] = '--mode'",
    "$letters['-q'] = '--quiet'",
    "'go' = 'it''s the first: go'",
    "'with' = 'run a command'",
    "'' = @('--quiet')",
    "'go' = @('--mode', '--set', '--quiet')",
    "'with' = @('--quiet')",
    "'--mode' = @{ kind = 'words'; words = @('full', 'git:read') }",
    "'--set' = @{ kind = 'settings'; words = @('a.b=', 'a.b=c') }",
    "'go 1' = @{ kind = 'words'; words = @('here', 'there') }",
  ]);
  assertStringIncludes(SCRIPT, "\n    $takesValue = @('--mode', '--set')\n");
  assertStringIncludes(SCRIPT, "\n    $prefixes = @('with')\n");
});

Deno.test("powershellCompletion() closes what it opens, in the right order", () => {
  const bare = WHOLE.replaceAll(/'(?:[^']|'')*'|#.*$/gm, "");
  const open: string[] = [];
  const closes: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
  for (const [bracket] of bare.matchAll(/[()[\]{}]/g)) {
    if (!(bracket in closes)) open.push(bracket);
    else assertEquals(open.pop(), closes[bracket]);
  }
  assertEquals(open, []);
  assertEquals(bare.includes("'"), false);
});

Deno.test("powershellCompletion() is ASCII, which every PowerShell reads alike", () => {
  assertMatch(WHOLE, /^[\n\x20-\x7e]*$/);
});

Deno.test("powershellCompletion() says nothing that Windows PowerShell 5.1 does not know", () => {
  const bare = WHOLE.replaceAll(/'(?:[^']|'')*'|#.*$/gm, "");
  for (const later of ["??", "?.", "&&", "||", " ? "]) assertEquals(bare.includes(later), false);
});
