import { assertEquals, assertStringIncludes } from "@std/assert";
import { zshCompletion } from "../../../src/cli/completions/zsh.ts";
import { SMALL_GRAMMAR } from "./small_grammar.ts";

const SCRIPT = zshCompletion(SMALL_GRAMMAR);

Deno.test("zshCompletion() is a file of fpath, and a script", () => {
  assertEquals(SCRIPT.split("\n")[0], "#compdef doorward");
  assertEquals(SCRIPT.split("\n").at(-7), "if [[ ${funcstack[1]-} == _doorward ]]; then");
});

Deno.test("zshCompletion() writes each option as _arguments reads it", () => {
  const [, go] = SCRIPT.split("    go)\n");
  assertEquals(
    go!.split("      ;;")[0],
    String.raw`      _arguments -s -S \
        '(-m --mode)-m+[what'\''s [allowed\]: all\\most]:MODE:(full git\:read)' \
        '(-m --mode)--mode=[what'\''s [allowed\]: all\\most]:MODE:(full git\:read)' \
        '*--set=[set one key …]:KEY=VALUE:_doorward_settings' \
        '(-q --quiet)-q[say nothing]' \
        '(-q --quiet)--quiet[say nothing]' \
        ':word:(here there)' \
        '*:word:_files'
`,
  );
});

Deno.test("zshCompletion() tells what each command does", () => {
  assertStringIncludes(
    SCRIPT,
    String.raw`    'go:it'\''s the first: go'
    'with:run a command'
`,
  );
});

Deno.test("zshCompletion() leaves the words of a command to that command", () => {
  const [, prefix] = SCRIPT.split("    with)\n");
  assertStringIncludes(prefix!.split(";;")[0]!, "'(-):command:_command_names -e'");
});
