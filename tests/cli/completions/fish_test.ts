import { assertEquals, assertStringIncludes } from "@std/assert";
import { fishCompletion } from "../../../src/cli/completions/fish.ts";
import { SMALL_GRAMMAR } from "./small_grammar.ts";

const SCRIPT = fishCompletion(SMALL_GRAMMAR);

Deno.test("fishCompletion() says of each command and option where it may stand", () => {
  const [, lines] = SCRIPT.split("# Commands, and their words.\n");
  assertEquals(
    lines,
    String.raw`complete -c doorward -n '__doorward_at "" 1' -a go -d 'it\'s the first: go'
complete -c doorward -n '__doorward_at "" 1' -a with -d 'run a command'
complete -c doorward -n '__doorward_at go 1' -fa 'here there'
complete -c doorward -n '__doorward_at go 2 more' -F

# Options, each with the commands that take it.
complete -c doorward -n '__doorward_in go' -l mode -s m -r -fa 'full git:read' -d 'what\'s [allowed]: all\\most'
complete -c doorward -n '__doorward_in go' -l set -r -fa '(__doorward_settings a.b= a.b=c)' -d 'set one key …'
complete -c doorward -n '__doorward_in "" go with' -l quiet -s q -d 'say nothing'`,
  );
});

Deno.test("fishCompletion() tells its functions what takes a value, and what begins a command line", () => {
  assertStringIncludes(SCRIPT, "    set -l takes_value -m --mode --set\n");
  assertStringIncludes(SCRIPT, "    set -l prefixes with\n");
});
