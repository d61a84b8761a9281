import { BASH_ENGINE, BASH_REGISTRATION } from "./bash_engine.ts";
import type { Choice, Grammar, GrammarOption } from "./grammar.ts";

/** Completion for bash: what reads the line, then the tables that are all it knows. */
export function bashCompletion(grammar: Grammar): string {
  const { options, before, commands } = grammar;
  const valued = options.filter(({ value }) => value !== null);
  const lettered = options.filter(({ short }) => short !== null);
  const prefixes = commands.filter(({ isPrefix }) => isPrefix).map(({ name }) => name);
  return [
    BASH_ENGINE,
    "# The long name of an option.",
    "_doorward_long() {",
    "  case $1 in",
    ...lettered.map(({ short, long }) => `    ${short}) long=${long} ;;`),
    "    *) long=$1 ;;",
    "  esac",
    "}",
    "",
    "# Whether an option takes a value.",
    "_doorward_takes_value() {",
    "  case $1 in",
    `    ${valued.map(({ long }) => long).join(" | ")}) return 0 ;;`,
    "  esac",
    "  return 1",
    "}",
    "",
    "# Whether the words of a command are a command line of their own.",
    "_doorward_is_prefix() {",
    "  case $1 in",
    `    ${prefixes.join(" | ")}) return 0 ;;`,
    "  esac",
    "  return 1",
    "}",
    "",
    "# The options of a command, and of the line before there is one.",
    "_doorward_options() {",
    "  case $1 in",
    `    '') list='${longNames(before)}' ;;`,
    ...commands.map(({ name, options }) => `    ${name}) list='${longNames(options)}' ;;`),
    "  esac",
    "}",
    "",
    "# What is offered for an option's value, and for each word of a command.",
    "_doorward_offered() {",
    "  case $1 in",
    `    ' 1') kind=words list='${commands.map(({ name }) => name).join(" ")}' ;;`,
    ...valued.flatMap(({ long, choice }) => offer(long, choice)),
    ...commands.flatMap(({ name, words, goesOn }) =>
      words.flatMap((choice, at) =>
        offer(goesOn && at === words.length - 1 ? `'${name} '*` : `'${name} ${at + 1}'`, choice)
      )
    ),
    "  esac",
    "}",
    "",
    BASH_REGISTRATION,
  ].join("\n");
}

function longNames(options: readonly GrammarOption[]): string {
  return options.map(({ long }) => long).join(" ");
}

/** A branch of `_doorward_offered`; none where there is nothing to offer. */
function offer(place: string, choice: Choice): readonly string[] {
  switch (choice.kind) {
    case "nothing":
      return [];
    case "words":
    case "list":
      return [`    ${place}) kind=${choice.kind} list='${choice.words.join(" ")}' ;;`];
    case "files":
    case "profiles":
      return [`    ${place}) kind=${choice.kind} ;;`];
    case "settings":
      return [
        `    ${place})`,
        "      kind=settings",
        `      list='${choice.settings.join(" ")}'`,
        `      keys='${choice.keys.join(" ")}'`,
        "      ;;",
      ];
  }
}
