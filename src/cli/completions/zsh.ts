import type { ConfigKeys } from "./config_keys.ts";
import type { Choice, Grammar, GrammarCommand, GrammarOption } from "./grammar.ts";

/**
 * Completion for zsh: a file for a folder of `fpath`, which the shell reads when it is first needed, and a script to
 * be sourced.
 */
export function zshCompletion(grammar: Grammar): string {
  const { before, commands } = grammar;
  return [
    "#compdef doorward",
    "# Completion of doorward for zsh, made by: doorward completions zsh",
    "",
    "_doorward() {",
    "  local curcontext=$curcontext state line",
    "  typeset -A opt_args",
    "  _arguments -s -S -C \\",
    ...before.flatMap(optionSpecs).map((spec) => `    ${spec} \\`),
    "    '(-): :_doorward_commands' \\",
    "    '(-)*:: :->words' && return",
    "  [[ $state == words ]] || return 1",
    "  case $words[1] in",
    ...commands.flatMap(branch),
    "    *) return 1 ;;",
    "  esac",
    "}",
    "",
    "_doorward_commands() {",
    "  local -a commands=(",
    ...commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`),
    "  )",
    '  _describe -t commands command commands "$@"',
    "}",
    "",
    ...grammar.options.flatMap(({ choice }) => choice.kind === "settings" ? settings(choice) : []),
    COMMAND_LINE,
    PROFILES,
    START,
  ].join("\n");
}

function branch({ name, options, words, goesOn, isPrefix }: GrammarCommand): readonly string[] {
  const operands = isPrefix
    ? ["'(-):command:_command_names -e'", "'*::argument:_doorward_command_line'"]
    : words.map((choice, at) =>
      quoted(`${goesOn && at === words.length - 1 ? "*" : ""}:word:${action(choice)}`)
    );
  const specs = [...options.flatMap(optionSpecs), ...operands];
  return [
    `    ${name})`,
    "      _arguments -s -S \\",
    ...specs.map((spec, at) => `        ${spec}${at === specs.length - 1 ? "" : " \\"}`),
    "      ;;",
  ];
}

/** One for the letter and one for the name; each rules the other out unless it may be repeated. */
function optionSpecs(option: GrammarOption): readonly string[] {
  const { long, short, value, many, choice, meaning } = option;
  const names = short === null ? [long] : [short, long];
  const isLast = long === "--help" || long === "--version";
  return names.map((name) => {
    const head = isLast ? "(- *)" : many ? "*" : names.length > 1 ? `(${names.join(" ")})` : "";
    const takes = value === null ? "" : name === long ? "=" : "+";
    const values = value === null ? "" : `:${value}:${action(choice)}`;
    const explained = meaning.replaceAll(/[\\\]]/g, "\\$&");
    return quoted(`${head}${name}${takes}[${explained}]${values}`);
  });
}

/** What `_arguments` is to do in a place. It takes a blank for: nothing that anybody could know. */
function action(choice: Choice): string {
  switch (choice.kind) {
    case "nothing":
      return " ";
    case "words":
      return `(${escaped(choice.words)})`;
    case "files":
      return "_files";
    case "list":
      return `_sequence compadd - ${escaped(choice.words)}`;
    case "profiles":
      return "_doorward_profiles";
    case "settings":
      return "_doorward_settings";
  }
}

/** A colon would end the action. */
function escaped(words: readonly string[]): string {
  return words.map((word) => word.replaceAll(":", "\\:")).join(" ");
}

function settings({ keys, settings }: ConfigKeys): readonly string[] {
  return [
    "_doorward_settings() {",
    "  if [[ $PREFIX == *=* ]]; then",
    `    compadd "$@" - ${settings.join(" ")}`,
    "  else",
    `    compadd "$@" -S '' - ${keys.join(" ")}`,
    "  fi",
    "}",
    "",
  ];
}

const COMMAND_LINE = `_doorward_command_line() {
  # _arguments leaves it there.
  if [[ $words[1] == -- ]]; then
    shift words
    CURRENT=$((CURRENT - 1))
  fi
  _normal
}
`;

const PROFILES = `_doorward_profiles() {
  local home=\${DOORWARD_HOME:-\${CODEX_HOME:-$HOME/.config/doorward}}
  local -a files=($home/*.config.toml(N:t))
  compadd "$@" - \${files%.config.toml}
}
`;

/** Read by way of fpath the script is the body of the function, and called at once. */
const START = `if [[ \${funcstack[1]-} == _doorward ]]; then
  _doorward "$@"
elif (( $+functions[compdef] )); then
  compdef _doorward doorward
else
  print -u2 'doorward: Cannot complete before this: autoload -Uz compinit && compinit'
fi`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
