import type { CommandRow } from "./commands.ts";

/** The commands that talk to a proxy that runs, in the order of the help. */
export const ADMIN_COMMANDS = {
  pending: {
    usage: "[--follow]",
    summary: "list the requests that wait for an answer",
    about: [
      "Prints each question that waits, with its number; approve and deny answer it. With --follow",
      "it goes on with what is asked and answered, until Ctrl-C.",
    ],
    options: ["follow", "json", "admin"],
    operands: "none",
    examples: ["doorward pending", "doorward pending --follow"],
  },
  approve: {
    usage: "ID|HOST[:PORT] [--for once|10m|2h|run|always]",
    summary: "let a request through that waits",
    about: [
      "Answers the question of that number, or every question about that host. Without --for only",
      "the requests that wait are let through. With it a rule is made: for some minutes or hours,",
      "until the proxy ends, or, with always, in the configuration file.",
      "",
      "Exit codes: 0 when it was let through, 1 when no such question waits, 125 when no proxy runs.",
    ],
    options: ["for", "json", "admin"],
    operands: "required",
    examples: ["doorward approve q3", "doorward approve api.example.com --for run"],
  },
  deny: {
    usage: "ID|HOST [--for run|always] [--remove]",
    summary: "say no to a request that waits, or deny a host from now on",
    about: [
      "Answers the question of that number, or every question about that host. Where none waits,",
      "HOST is a host pattern, and a deny rule for it holds until the proxy ends, or, with --for",
      "always, is written to the configuration file; connections that it denies are closed.",
      "--remove takes a deny rule back; one of the file only with --for always.",
    ],
    options: ["for", "remove", "json", "admin"],
    operands: "required",
    examples: [
      "doorward deny q3",
      "doorward deny '*.tracker.example' --for always",
      "doorward deny --remove '*.tracker.example'",
    ],
  },
  allow: {
    usage: "HOST [--for 10m|2h|run|always] [--remove]",
    summary: "allow a host from now on",
    about: [
      "Adds an allow rule for a host pattern. It holds until the proxy ends (the default), for some",
      "minutes or hours, or, with --for always, is written to the configuration file. --remove takes",
      "an allow rule back and closes what came through it; one of the file only with --for always.",
    ],
    options: ["for", "remove", "json", "admin"],
    operands: "required",
    examples: [
      "doorward allow registry.npmjs.org --for 10m",
      "doorward allow '*.github.com:443' --for always",
      "doorward allow --remove registry.npmjs.org",
    ],
  },
  blocked: {
    usage: "[--follow] [--after NUMBER]",
    summary: "list what was blocked",
    about: [
      "Prints the blocked requests that the proxy remembers, oldest first. With --follow it goes on",
      "with each new one, until Ctrl-C.",
    ],
    options: ["follow", "after", "json", "admin"],
    operands: "none",
    examples: ["doorward blocked", "doorward blocked --follow --json"],
  },
  connections: {
    usage: "[--close ID]",
    summary: "list the open connections, or close one",
    about: ["Prints the connections of clients, newest first, and what they carry."],
    options: ["close", "json", "admin"],
    operands: "none",
    examples: ["doorward connections", "doorward connections --close 17"],
  },
  mode: {
    usage: "[full|limited]",
    summary: "print the mode, or set it until the proxy ends",
    about: ["In limited mode only requests that read go through."],
    options: ["json", "admin"],
    operands: "optional",
    words: [["full", "limited"]],
    examples: ["doorward mode", "doorward mode limited"],
  },
  reload: {
    usage: "",
    summary: "read the configuration again",
    about: [
      "Makes the proxy read its configuration and prints what changed. A faulty configuration is",
      "told with every fault, and what was in force stays in force.",
    ],
    options: ["json", "admin"],
    operands: "none",
    examples: ["doorward reload"],
  },
  dashboard: {
    usage: "",
    summary: "print a link to the dashboard",
    about: [
      "The link lets whoever opens it first answer questions and change rules. It works once.",
    ],
    options: ["json", "admin"],
    operands: "none",
    examples: ["doorward dashboard"],
  },
} as const satisfies Record<string, CommandRow>;

/** The name of one of them. */
export type AdminCommandName = keyof typeof ADMIN_COMMANDS;

/** Whether a command talks to a proxy that runs. */
export function isAdminCommandName(name: string): name is AdminCommandName {
  return Object.hasOwn(ADMIN_COMMANDS, name);
}
