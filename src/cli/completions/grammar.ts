// What shells need to know of the command table, in one form for all of them.
import { COMMAND_NAMES, type CommandRow, COMMANDS } from "../argv/commands.ts";
import {
  GLOBAL_OPTIONS,
  type Offered,
  type OptionName,
  type OptionRow,
  OPTIONS,
} from "../argv/options.ts";
import type { ConfigKeys } from "./config_keys.ts";

/** What a shell offers in one place. */
export type Choice =
  | { readonly kind: "nothing" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** Some of these words, with commas between them. */
  | { readonly kind: "list"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  /** The names of `NAME.config.toml` in the home folder. */
  | { readonly kind: "profiles" }
  /** `KEY=` each, and once a key is there `KEY=VALUE` each. */
  | ({ readonly kind: "settings" } & ConfigKeys);

/** One option, as written: with its dashes. */
export interface GrammarOption {
  readonly long: string;
  /** Null where it has no letter. */
  readonly short: string | null;
  /** What its value is called; null where it takes none. */
  readonly value: string | null;
  readonly many: boolean;
  readonly choice: Choice;
  readonly meaning: string;
}

/** One command. */
export interface GrammarCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly GrammarOption[];
  /** What its words may be, each in its turn. */
  readonly words: readonly Choice[];
  /** Whether the last of them goes for all that follow, too. */
  readonly goesOn: boolean;
  /** Whether its words are a command line, which the shell completes as it would without us. */
  readonly isPrefix: boolean;
}

/** The whole command line of Doorward. */
export interface Grammar {
  /** Every option of any command, each once. */
  readonly options: readonly GrammarOption[];
  /** Those that may stand where no command does yet, which is `start` then. */
  readonly before: readonly GrammarOption[];
  readonly commands: readonly GrammarCommand[];
}

/** Makes it out of the table. */
export function grammar(keys: ConfigKeys): Grammar {
  const option = (name: OptionName): GrammarOption => {
    const row: OptionRow = OPTIONS[name];
    return {
      long: `--${name}`,
      short: row.short === undefined ? null : `-${row.short}`,
      value: row.value ?? null,
      many: row.many ?? false,
      choice: choice(row.values, keys),
      meaning: row.meaning,
    };
  };
  return {
    options: (Object.keys(OPTIONS) as OptionName[]).map(option),
    before: [...COMMANDS.start.options, ...GLOBAL_OPTIONS, "version" as const].map(option),
    commands: COMMAND_NAMES.map((name) => {
      const row: CommandRow = COMMANDS[name];
      return {
        name,
        summary: row.summary,
        options: [...row.options, ...GLOBAL_OPTIONS].map(option),
        words: offeredTo(row).map((offered) => choice(offered, keys)),
        goesOn: row.operands === "many",
        isPrefix: row.operands === "command",
      };
    }),
  };
}

/** For words that nobody can know there is a place, too. */
function offeredTo({ operands, words }: CommandRow): readonly (Offered | undefined)[] {
  return words ?? (operands === "none" ? [] : [undefined]);
}

function choice(offered: Offered | undefined, keys: ConfigKeys): Choice {
  switch (offered) {
    case undefined:
      return { kind: "nothing" };
    case "file":
      return { kind: "files" };
    case "profile":
      return { kind: "profiles" };
    case "key":
      return { kind: "settings", ...keys };
    case "command":
      return { kind: "words", words: COMMAND_NAMES };
    default:
      return "list" in offered
        ? { kind: "list", words: offered.list }
        : { kind: "words", words: offered };
  }
}
