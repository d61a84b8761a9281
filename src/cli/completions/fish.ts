import type { Choice, Grammar, GrammarCommand, GrammarOption } from "./grammar.ts";

/** Completion for fish. It asks our functions where the cursor stands, and knows itself how options are written. */
export function fishCompletion(grammar: Grammar): string {
  const { options, before, commands } = grammar;
  const valued = options.filter(({ value }) => value !== null);
  const takingValue = valued.flatMap(({ long, short }) => short === null ? [long] : [short, long]);
  const prefixes = commands.filter(({ isPrefix }) => isPrefix).map(({ name }) => name);
  return [
    engine(takingValue, prefixes),
    "# The functions say what there is; files only where they are named.",
    "complete -c doorward -f",
    "complete -c doorward -n __doorward_at_command_line -a '(__doorward_command_line)'",
    "",
    "# Commands, and their words.",
    ...commands.map(({ name, summary }) =>
      `complete -c doorward -n '__doorward_at "" 1' -a ${name} -d ${quoted(summary)}`
    ),
    ...commands.flatMap(wordLines),
    "",
    "# Options, each with the commands that take it.",
    ...options.map((option) => optionLine(option, whoTakes(option, before, commands))),
  ].join("\n");
}

function wordLines({ name, words, goesOn }: GrammarCommand): readonly string[] {
  return words.flatMap((choice, at) => {
    const offer = offered(choice);
    if (offer === null) return [];
    const place = goesOn && at === words.length - 1 ? `${at + 1} more` : `${at + 1}`;
    return [`complete -c doorward -n '__doorward_at ${name} ${place}' ${offer}`];
  });
}

function whoTakes(
  { long }: GrammarOption,
  before: readonly GrammarOption[],
  commands: readonly GrammarCommand[],
): readonly string[] {
  const takes = (options: readonly GrammarOption[]): boolean =>
    options.some((option) => option.long === long);
  return [
    ...(takes(before) ? ['""'] : []),
    ...commands.filter(({ options }) => takes(options)).map(({ name }) => name),
  ];
}

function optionLine(option: GrammarOption, commands: readonly string[]): string {
  const { long, short, value, choice, meaning } = option;
  const names = `-l ${long.slice(2)}${short === null ? "" : ` -s ${short.slice(1)}`}`;
  const offer = offered(choice);
  const values = value === null ? "" : offer === null ? " -x" : ` -r ${offer}`;
  const condition = quoted(`__doorward_in ${commands.join(" ")}`);
  return `complete -c doorward -n ${condition} ${names}${values} -d ${quoted(meaning)}`;
}

/** The switches of `complete` that offer this; null for nothing. */
function offered(choice: Choice): string | null {
  switch (choice.kind) {
    case "nothing":
      return null;
    case "words":
      return `-fa ${quoted(choice.words.join(" "))}`;
    case "list":
      return `-fa ${quoted(`(__doorward_list ${choice.words.join(" ")})`)}`;
    case "files":
      return "-F";
    case "profiles":
      return "-fa '(__doorward_profiles)'";
    case "settings":
      return `-fa ${
        quoted(`(__doorward_settings ${[...choice.keys, ...choice.settings].join(" ")})`)
      }`;
  }
}

function engine(takingValue: readonly string[], prefixes: readonly string[]): string {
  return `# Completion of doorward for fish, made by: doorward completions fish

# Where the cursor is, from the words before it: the command ("" for none yet) and how many words that has. Where
# these are a command line, what of it is there follows: "line", and its words.
function __doorward_place
    set -l takes_value ${takingValue.join(" ")}
    set -l prefixes ${prefixes.join(" ")}
    set -l words (commandline -opc)
    # What is set for this command alone stands before it.
    while string match -q '*=*' -- $words[1]
        set -e words[1]
    end
    set -l command ''
    set -l count 0
    while set -e words[1]; and set -q words[1]
        switch $words[1]
            case --
                if contains -- "$command" $prefixes
                    printf '%s\\n' "$command" $count line $words[2..]
                else
                    printf '%s\\n' "$command" (math $count + (count $words) - 1)
                end
                return
            case '--*=*'
            case '--*'
                contains -- $words[1] $takes_value; and set -e words[1]
            case '-?*'
                # Letters in one word, and the value of the first that takes one behind it or in the next word.
                set -l letters (string split '' -- $words[1])[2..]
                while set -q letters[1]
                    if contains -- -$letters[1] $takes_value
                        set -q letters[2]; or set -e words[1]
                        break
                    end
                    set -e letters[1]
                end
            case '*'
                if test -z "$command"
                    set command $words[1]
                else if contains -- $command $prefixes
                    printf '%s\\n' $command $count line $words
                    return
                else
                    set count (math $count + 1)
                end
        end
    end
    printf '%s\\n' "$command" $count
    # The first word of a command line is the one at the cursor.
    if contains -- "$command" $prefixes; and not string match -q -- '-*' (commandline -ct)
        echo line
    end
end

# Whether options of these commands may stand here.
function __doorward_in
    set -l place (__doorward_place)
    not set -q place[3]; and contains -- "$place[1]" $argv
end

# Whether this is the word of that number of a command; with "more", or a later one.
function __doorward_at -a command number more
    set -l place (__doorward_place)
    test "$place[1]" = "$command"; or return
    test (math $place[2] + 1) = $number
    or test -n "$more" -a (math $place[2] + 1) -gt $number
end

function __doorward_at_command_line
    set -l place (__doorward_place)
    set -q place[3]
end

function __doorward_command_line
    set -l place (__doorward_place)
    set -l words (string escape -- $place[4..])
    complete -C (string join ' ' -- $words (commandline -ct))
end

# What of a value is there, without its option and without a quote before it.
function __doorward_value
    string replace -r -- '^(--[^=]*=)?["\\']?' '' (commandline -ct)
end

function __doorward_list
    set -l head (string replace -r -- '[^,]*$' '' (__doorward_value))
    printf '%s\\n' $head$argv
end

# Settings have a value; before there is one, the keys alone.
function __doorward_settings
    if string match -q -- '*=*' (__doorward_value)
        printf '%s\\n' $argv
    else
        string match -- '*=' $argv
    end
end

function __doorward_profiles
    # An empty variable counts as unset.
    set -l home (string match -r -- '.+' $DOORWARD_HOME $CODEX_HOME $HOME/.config/doorward)
    set -l files $home[1]/*.config.toml
    string replace -r -- '.*/(.*)\\.config\\.toml$' '$1' $files
end
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
