// The commands: one table, from which argv is read, and help, completions and the manual page are made.
import { PRESET_NAMES } from "../../config/presets/presets.ts";
import { ADMIN_COMMANDS } from "./admin_commands.ts";
import type { Offered, OptionName } from "./options.ts";

/** One command. Its name is its key in {@linkcode COMMANDS}. */
export interface CommandRow {
  /** What follows the name on the command line. */
  readonly usage: string;
  /** Half a line for the list of commands. */
  readonly summary: string;
  /** The sentences of its own help. */
  readonly about: readonly string[];
  /** Besides those of every command. */
  readonly options: readonly OptionName[];
  /**
   * Which words it takes; `target` is one or two, `many` one or more, `subject` none or two, `command` the rest of the
   * line as it is.
   */
  readonly operands:
    | "none"
    | "optional"
    | "required"
    | "target"
    | "many"
    | "subject"
    | "command";
  /** What those words may be, each in its turn; of `many` the last goes for all that follow. */
  readonly words?: readonly Offered[];
  readonly examples: readonly string[];
}

/** What is said of the program as a whole. */
export const PROGRAM = {
  summary: "the doorkeeper for outbound traffic of AI agents and other commands",
  usage: "[OPTION]… [COMMAND] [OPTION]…",
  examples: [
    "doorward run --allow example.com -- curl https://example.com",
    "doorward start",
    "doorward explain https://example.com",
  ],
} as const;

/** Every command, in the order of the help. */
export const COMMANDS = {
  start: {
    usage: "[--allow HOST]… [--deny HOST]… [--mode MODE]",
    summary: "run the proxy in the foreground (the default)",
    about: [
      "Listens for HTTP on network.proxy_url and for SOCKS5 on network.socks_url, tells of each",
      "request it blocks, and ends with Ctrl-C or SIGTERM; open connections then have five seconds",
      "to finish.",
    ],
    options: ["allow", "deny", "mode", "label"],
    operands: "none",
    examples: [
      "doorward start",
      "doorward start --allow registry.npmjs.org --allow '*.github.com'",
    ],
  },
  run: {
    usage: "[--allow HOST]… [--deny HOST]… [--mode MODE] [--] COMMAND [ARGUMENT]…",
    summary: "run a command behind a proxy of its own",
    about: [
      "Starts a proxy on a free port, points the command at it through its environment, and ends",
      "with the command's exit code. What was blocked is told at the end, with the option that",
      "would allow it. Everything from the first word that is no option belongs to the command.",
      "",
      "Exit codes: the command's own; 128 + n when signal n ended it; 125 when Doorward failed",
      "before the command started; 126 when it cannot be executed; 127 when it is not found.",
    ],
    options: ["allow", "deny", "mode", "label", "attempt", "exec-policy-hint"],
    operands: "command",
    examples: [
      "doorward run --allow example.com -- curl https://example.com",
      "doorward run --allow pypi.org --allow files.pythonhosted.org pip install six",
    ],
  },
  learn: {
    usage: "[--out FILE] [--deny HOST]… [--] COMMAND [ARGUMENT]…",
    summary: "run a command, and write the policy that it needs",
    about: [
      "Runs the command as run does, and lets it reach every host that is not denied, but for local,",
      "private and special addresses. When it has ended, writes the smallest policy that would have",
      "let it pass: each host with its port, how often and when it was first asked for, and what to",
      "look at before it is allowed for good. What was blocked is listed, and not allowed. A policy",
      "that is there already (--config) tells which of the hosts are new. Then run it under FILE:",
      "",
      "  doorward run --config FILE -- COMMAND",
      "",
      "The policy goes to FILE, or to standard error: standard output is the command's own. With",
      "--json the last line of standard error is all of it as JSON.",
      "",
      "Exit codes: as of run; 125, too, when the command succeeded and FILE could not be written.",
    ],
    options: ["out", "allow", "deny", "mode", "label", "json"],
    operands: "command",
    examples: [
      "doorward learn --out learned.toml -- npm install",
      "doorward learn --config learned.toml --out again.toml -- npm install",
    ],
  },
  init: {
    usage: "[--preset NAME] [--add NAMES]… [--allow HOST]… [--stdout]",
    summary: "write a first configuration, with a word about each key",
    about: [
      "Writes config.toml into the home folder, or FILE with --config. What is there already stays",
      "as it is. The preset says what becomes of a host that is not listed: open lets it pass, but",
      "for local addresses; balanced asks you; locked-down blocks it, and local addresses, too.",
      "",
      "Exit codes: 0 when it was written, 125 when a file is there already or cannot be written.",
    ],
    options: ["preset", "add", "allow", "stdout"],
    operands: "none",
    examples: [
      "doorward init --add npm,anthropic",
      "doorward init --preset locked-down --add pypi --allow api.example.com",
      "doorward init --preset open --stdout",
    ],
  },
  presets: {
    usage: "[show NAME]",
    summary: "list the named groups of hosts, or say what is in one",
    about: [
      'What a configuration names as in presets = ["npm", "github:read"]. show prints each host of',
      "one: what it may be asked for (read, or any), whether strangers keep files there (shared),",
      "when that was last made sure of, and what it is needed for.",
    ],
    options: ["json"],
    operands: "subject",
    words: [["show"], PRESET_NAMES],
    examples: ["doorward presets", "doorward presets show github:read", "doorward presets --json"],
  },
  check: {
    usage: "[FILE]",
    summary: "check a configuration and tell every fault",
    about: [
      "Reads FILE, or what the other commands would read. Each fault is printed with its file,",
      "line and column. Exit codes: 0 without faults, 1 with faults, 125 when it cannot be read.",
    ],
    options: ["allow", "deny", "mode", "json"],
    operands: "optional",
    words: ["file"],
    examples: ["doorward check", "doorward check ./doorward.toml --json"],
  },
  doctor: {
    usage: "",
    summary: "look at this machine for what would keep Doorward from working",
    about: [
      "Looks at the ports, the files, DNS, the clock, the authority, the proxy that runs, this",
      "shell's variables, the tools on the PATH and what there is to hold commands by. Each finding",
      "is a line; where something is wrong, what mends it stands below. It changes nothing, runs no",
      "program, and sends nothing but one DNS question beyond this machine. --quiet prints only",
      "what is wrong.",
      "",
      "Exit codes: 0 without a fault, 1 with one, 125 when it could not look.",
    ],
    options: ["allow", "deny", "mode", "json"],
    operands: "none",
    examples: ["doorward doctor", "doorward doctor --quiet", "doorward doctor --json"],
  },
  explain: {
    usage: "URL [-X METHOD]",
    summary: "tell what would happen to a request, and why",
    about: [
      "Asks the questions that the proxy asks, in its order, and prints each answer with the rule",
      "and the place where it is written. Nothing is connected to; a name that the rules allow is",
      "looked up once. http:// is taken for a plain request; https://, host:port and host for a",
      "CONNECT, and where that would be looked into for the request inside; unix:/path for a plain",
      "request with x-unix-socket. Exit codes: 0 when it would go through, 1 when not.",
    ],
    options: ["method", "no-lookup", "allow", "deny", "mode", "json"],
    operands: "required",
    examples: [
      "doorward explain https://example.com",
      "doorward explain http://example.com/upload -X POST --allow example.com",
      "doorward explain unix:/run/docker.sock",
    ],
  },
  env: {
    usage: "[--shell SHELL]",
    summary: "print the variables that point a shell at the proxy",
    about: [
      "Prints assignments for the configured listener, in the words of your shell.",
    ],
    options: ["shell", "json"],
    operands: "none",
    examples: ['eval "$(doorward env)"', "doorward env --shell fish | source"],
  },
  ca: {
    usage: "path|show|install-hint",
    summary: "the certificate authority by which HTTPS is looked into",
    about: [
      "path prints where its certificate is, and makes one first where there is none. show prints",
      "its name, its SHA-256 fingerprint, how long it is good and which files it is in.",
      "install-hint prints how to have this system, Firefox and Chromium trust it, and how to undo",
      "that. What runs in doorward run, or after doorward env, needs no installation.",
      "",
      "Exit codes: 0 when done, 1 when show finds none, 125 when its files cannot be used.",
    ],
    options: ["json"],
    operands: "required",
    words: [["path", "show", "install-hint"]],
    examples: ["doorward ca path", "doorward ca show --json"],
  },
  config: {
    usage: "show|schema",
    summary: "what is configured, and what may be",
    about: [
      "show prints the files and flags that are read, lowest first, which way to write a policy is in",
      "force and why, and every setting with the file and the line that it comes from.",
      "",
      "schema prints the JSON Schema (draft 2020-12) of a configuration file, from which an editor",
      "tells what each key means and what is wrong with its value. Editors that read TOML with taplo",
      "(Even Better TOML) take it from a comment, the first line of the file:",
      "",
      "  #:schema ./doorward.schema.json",
      "",
      "doorward check tells more: a schema cannot say what a host pattern or a URL is.",
    ],
    options: ["allow", "deny", "mode", "json"],
    operands: "required",
    words: [["show", "schema"]],
    examples: [
      "doorward config show",
      "doorward config show --json --profile work",
      "doorward config schema > doorward.schema.json",
    ],
  },
  audit: {
    usage: "verify FILE|summary FILE…|schema",
    summary: "check audit files, sum them up, or print what a line of them is",
    about: [
      "verify reads FILE with the files that were put aside (FILE.4 … FILE.1), says how many records",
      "there are and what the chain ends with, or names the first line that was changed, removed,",
      "added or cut. The value kept elsewhere, and given back with --expect, also tells when all was",
      "written anew. summary adds up what was allowed and blocked, by host, and prints the lines that",
      "would allow the rest; - reads standard input. schema prints the JSON Schema of a line.",
      "",
      "Exit codes: 0 when all is well, 1 when verify finds a fault, 125 when a file cannot be read.",
    ],
    options: ["expect", "format", "since", "label", "json"],
    operands: "many",
    words: [["verify", "summary", "schema"], "file"],
    examples: [
      "doorward audit verify /var/log/doorward/audit.jsonl",
      "doorward audit summary audit.jsonl.1 audit.jsonl --since 2h",
      "doorward audit summary audit.jsonl --format markdown >> $GITHUB_STEP_SUMMARY",
      "doorward audit schema > doorward-audit.schema.json",
    ],
  },
  connect: {
    usage: "HOST PORT [--proxy URL]",
    summary: "carry standard input and output to a host, through the proxy",
    about: [
      "Opens a tunnel through a Doorward that runs, and copies standard input into it and what comes",
      "back to standard output. HOST:PORT in one word does, too. The proxy is that of --proxy, else",
      "inside of doorward run that of https_proxy, else network.proxy_url. Made for ssh:",
      "",
      "  ssh -o ProxyCommand='doorward connect %h %p' HOST",
      "",
      "Exit codes: 0 when the connection has ended, 1 when the proxy refused it, 125 when there is",
      "no proxy.",
    ],
    options: ["proxy"],
    operands: "target",
    examples: [
      "doorward connect github.com 22",
      "doorward connect --proxy http://127.0.0.1:3128 example.com 22",
    ],
  },
  ...ADMIN_COMMANDS,
  completions: {
    usage: "bash|zsh|fish|powershell",
    summary: "print the completions of a shell: what Tab offers",
    about: [
      "Prints a script that makes the shell complete commands, options and their values, and after",
      "run the words of the command. It is a file to be kept where the shell looks for one, so that",
      "nothing is started when the shell is: docs/completions.md says where. To try it:",
      "",
      '  bash        eval "$(doorward completions bash)"',
      "  zsh         source <(doorward completions zsh)",
      "  fish        doorward completions fish | source",
      "  powershell  doorward completions powershell | Out-String | Invoke-Expression",
    ],
    options: [],
    operands: "required",
    words: [["bash", "zsh", "fish", "powershell"]],
    examples: [
      "doorward completions bash > ~/.local/share/bash-completion/completions/doorward",
      "doorward completions fish > ~/.config/fish/completions/doorward.fish",
    ],
  },
  man: {
    usage: "",
    summary: "print the manual page",
    about: [
      "Prints doorward(1) in the language of man: every command, every option, the exit codes, the",
      "files and the variables. man reads it from standard input, too: doorward man | man -l -",
    ],
    options: [],
    operands: "none",
    examples: ["doorward man > ~/.local/share/man/man1/doorward.1"],
  },
  version: {
    usage: "",
    summary: "print the version",
    about: ["Prints the name and the version."],
    options: ["json"],
    operands: "none",
    examples: ["doorward version --json"],
  },
  help: {
    usage: "[COMMAND]",
    summary: "print this help, or that of a command",
    about: ["Prints the list of commands, or the help of one."],
    options: [],
    operands: "optional",
    words: ["command"],
    examples: ["doorward help run"],
  },
} as const satisfies Record<string, CommandRow>;

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS;

/** The names, in the order of the help. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** Whether `text` is the name of a command. */
export function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text);
}
