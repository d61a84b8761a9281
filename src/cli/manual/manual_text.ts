// What the manual page says besides the commands and their options.
import { EXIT } from "../exit_code.ts";

/** A term, and what there is to say of it. */
type Entry = readonly [term: string, meaning: string];

/** What Doorward is; a blank line ends a paragraph. */
export const DESCRIPTION: readonly string[] = [
  "Doorward stands between a program and the internet, and lets it reach only the hosts that are on",
  "a list. It was made for AI agents, which run commands that nobody has read first, and works for",
  "anything that honours proxy variables. It is not a sandbox: a program that ignores them goes",
  "straight to the internet.",
  "",
  "Without a command it starts the proxy. A block always says why, and what would allow it.",
];

/** The numbers of `EXIT`, in order, and what else it ends with. */
export const EXIT_STATUS: readonly Entry[] = [
  [`${EXIT.done}`, "It is done; of check and explain: the answer is yes."],
  [`${EXIT.no}`, "The answer is no: a configuration has faults, a request would be blocked."],
  [`${EXIT.usage}`, "The command line makes no sense."],
  [`${EXIT.failed}`, "Doorward failed, as it does where a configuration cannot be used."],
  [`${EXIT.cannotExecute}`, "The command of run was found and cannot be executed."],
  [`${EXIT.notFound}`, "There is no such command."],
  ["other", "The exit code of the command of run; 128 + n when signal n ended it."],
];

/** The variables that it reads. */
export const ENVIRONMENT: readonly Entry[] = [
  ["DOORWARD_HOME", "The home folder. Without it that is CODEX_HOME, else ~/.config/doorward."],
  ["CODEX_HOME", "The home folder of another program, whose config.toml is read for its network."],
  [
    "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
    "Through which proxy Doorward itself reaches the network, unless upstream_proxy says it.",
  ],
  ["SHELL", "In whose words env and others print, unless --shell says it."],
  ["NO_COLOR", "Unless it is empty, nothing is printed in colour."],
];

/** The files that it reads and writes, on systems that have such paths. */
export const FILES: readonly Entry[] = [
  ["~/.config/doorward/config.toml", "The configuration; doorward init writes a first one."],
  ["~/.config/doorward/NAME.config.toml", "What --profile NAME lays over it."],
  [".doorward/config.toml", "Of a project; read with --trust-project only."],
  ["/etc/doorward/config.toml", "Of the machine, below that of the user."],
  ["/etc/doorward/requirements.toml", "What an administrator requires; nothing loosens it."],
  [
    "~/.config/doorward/proxy/admin.token",
    "What lets the other commands loosen a policy in force.",
  ],
  ["~/.config/doorward/proxy/ca.pem, ca.key", "The authority by which HTTPS is looked into."],
];

/** Other pages. */
export const SEE_ALSO: readonly string[] = ["curl(1), env(1), ssh_config(5)"];
