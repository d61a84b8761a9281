import { assertEquals } from "@std/assert";
import { bashCompletion } from "../../../src/cli/completions/bash.ts";
import { SMALL_GRAMMAR } from "./small_grammar.ts";

const SCRIPT = bashCompletion(SMALL_GRAMMAR);

Deno.test("bashCompletion() knows the table and nothing else", () => {
  const [, tables] = SCRIPT.split("# The long name of an option.\n");
  assertEquals(
    tables!.split("\nif type compopt")[0],
    `_doorward_long() {
  case $1 in
    -m) long=--mode ;;
    -q) long=--quiet ;;
    *) long=$1 ;;
  esac
}

# Whether an option takes a value.
_doorward_takes_value() {
  case $1 in
    --mode | --set) return 0 ;;
  esac
  return 1
}

# Whether the words of a command are a command line of their own.
_doorward_is_prefix() {
  case $1 in
    with) return 0 ;;
  esac
  return 1
}

# The options of a command, and of the line before there is one.
_doorward_options() {
  case $1 in
    '') list='--quiet' ;;
    go) list='--mode --set --quiet' ;;
    with) list='--quiet' ;;
  esac
}

# What is offered for an option's value, and for each word of a command.
_doorward_offered() {
  case $1 in
    ' 1') kind=words list='go with' ;;
    --mode) kind=words list='full git:read' ;;
    --set)
      kind=settings
      list='a.b=c'
      keys='a.b='
      ;;
    'go 1') kind=words list='here there' ;;
    'go '*) kind=files ;;
  esac
}
`,
  );
});
