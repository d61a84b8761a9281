// The options of all commands: one table, from which argv is read, and help, completions and the manual page are made.
import { PRESET_NAMES } from "../../config/presets/presets.ts";
import { POSTURES } from "../../config/starter/starter_text.ts";

/**
 * What a shell offers in a place: one of these words, some of them with commas between, or what goes by that name.
 * `key` is KEY=VALUE of the configuration, `profile` the name of a file in the home folder, `command` one of ours.
 */
export type Offered =
  | readonly string[]
  | { readonly list: readonly string[] }
  | "file"
  | "profile"
  | "key"
  | "command";

/** One option. Its name is its key in {@linkcode OPTIONS}. */
export interface OptionRow {
  readonly short?: string;
  /** What its value is called; absent when it takes none. */
  readonly value?: string;
  /** What its value may be, or often is; absent where nobody can know. */
  readonly values?: Offered;
  /** Whether each is kept that is given; of others the last. */
  readonly many?: boolean;
  readonly meaning: string;
}

/** Every option of every command. An option means the same wherever it is taken. */
export const OPTIONS = {
  config: {
    value: "FILE",
    values: "file",
    meaning: "read this configuration instead of the one in the home folder",
  },
  requirements: {
    value: "FILE",
    values: "file",
    many: true,
    meaning: "obey this file, or https URL, too: what an administrator requires",
  },
  profile: {
    value: "NAME",
    values: "profile",
    meaning: "read NAME.config.toml of the home folder, too, above its config.toml",
  },
  "trust-project": { meaning: "read .doorward/config.toml of the project, too, above both" },
  set: {
    short: "c",
    value: "KEY=VALUE",
    values: "key",
    many: true,
    meaning: "set one key, as in -c network.mode=limited (may be repeated)",
  },
  allow: { value: "HOST", many: true, meaning: "allow a host pattern, too (may be repeated)" },
  deny: { value: "HOST", many: true, meaning: "deny a host pattern, too (may be repeated)" },
  mode: {
    value: "MODE",
    values: ["full", "limited"],
    meaning: "full, or limited: only requests that read",
  },
  method: {
    short: "X",
    value: "METHOD",
    values: ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "CONNECT"],
    meaning: "the method of the request (default: GET)",
  },
  "no-lookup": { meaning: "do not look the name up: answer from the rules alone" },
  proxy: {
    value: "URL",
    meaning: "the proxy to go through, as in --proxy http://127.0.0.1:3128",
  },
  shell: {
    value: "SHELL",
    values: ["sh", "bash", "zsh", "fish", "powershell"],
    meaning: "sh (bash, zsh …), fish or powershell",
  },
  preset: {
    value: "NAME",
    values: POSTURES,
    meaning: "open, balanced (the default) or locked-down",
  },
  add: {
    value: "NAMES",
    values: { list: PRESET_NAMES },
    many: true,
    meaning: "presets to allow, as in --add npm,pypi (may be repeated)",
  },
  out: {
    value: "FILE",
    values: "file",
    meaning: "write the policy into this file, which must not be there yet",
  },
  stdout: { meaning: "print it instead of writing it" },
  follow: { short: "f", meaning: "go on with what happens, until Ctrl-C" },
  after: { value: "NUMBER", meaning: "leave out those up to this number" },
  for: {
    value: "TIME",
    values: ["once", "10m", "2h", "run", "always"],
    meaning: "how long it holds: once, 10m, 2h, run (until the proxy ends), always",
  },
  remove: { meaning: "take a rule back" },
  close: { value: "ID", meaning: "close the connection of this number" },
  admin: {
    value: "URL",
    meaning: "the proxy that is meant, as in --admin http://127.0.0.1:8080",
  },
  label: {
    value: "TEXT",
    meaning: "the name of a run: for its records, or of those that are meant",
  },
  attempt: {
    value: "ID",
    meaning: "mark the command's requests, in the user name of its proxy URL",
  },
  "exec-policy-hint": {
    value: "TEXT",
    meaning: "what another policy said of the command, for records and deciders",
  },
  expect: {
    value: "VALUE",
    meaning: "the chain value that verify printed earlier: it has to be there still",
  },
  format: {
    value: "FORMAT",
    values: ["text", "markdown", "json"],
    meaning: "text (the default), markdown or json",
  },
  since: { value: "TIME", meaning: "leave out what was before: 2026-01-02, 30m, 2h, 7d" },
  json: { meaning: "print JSON, for programs" },
  quiet: { short: "q", meaning: "leave out banners, warnings and summaries" },
  help: { short: "h", meaning: "print this help" },
  version: { short: "V", meaning: "print the version" },
} as const satisfies Record<string, OptionRow>;

/** The name of an option, without its dashes. */
export type OptionName = keyof typeof OPTIONS;

/** What every command takes, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionName[] = [
  "config",
  "requirements",
  "profile",
  "trust-project",
  "set",
  "quiet",
  "help",
];

/** Whether `text` is the long name of an option. */
export function isOptionName(text: string): text is OptionName {
  return Object.hasOwn(OPTIONS, text);
}
