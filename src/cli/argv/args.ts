import { parseArgs } from "@std/cli/parse-args";
import { adminCommand } from "./admin_args.ts";
import { auditCommand } from "./audit_args.ts";
import { isAdminCommandName } from "./admin_commands.ts";
import type { Command, Common, PolicyFlags, RunCommand } from "./command.ts";
import { initCommand, presetsCommand } from "./preset_args.ts";
import {
  COMMAND_NAMES,
  type CommandName,
  type CommandRow,
  COMMANDS,
  isCommandName,
} from "./commands.ts";
import { GLOBAL_OPTIONS, type OptionName, type OptionRow, OPTIONS } from "./options.ts";
import { isRecordable } from "../../audit/attribution.ts";
import { isAttemptId } from "../../audit/attempt_id.ts";
import { type BadHost, parseHost } from "../../net/address/host.ts";
import { parseIp } from "../../net/address/ip.ts";
import { type Endpoint, parseEndpoint, parsePort } from "../../net/address/endpoint.ts";
import { parseProxyPlace } from "../proxy_place.ts";
import { nearestKey } from "../../config/toml/nearest_key.ts";
import { takeOwnWords } from "./own_words.ts";
import { type Shell, SHELLS } from "../../library/env/shell_quote.ts";

/** What `doorward ca` can do. */
const [CA_ACTIONS] = COMMANDS.ca.words;

/** What `doorward config` can do. */
const [CONFIG_ACTIONS] = COMMANDS.config.words;

/** Reads a command line. */
export function parseCommand(argv: readonly string[]): Command {
  const before = takeOwnWords(argv);
  if (before.fault !== null) return usage(before.fault, null);
  const [word, ...rest] = argv.slice(before.used);
  if (word === undefined && before.names.includes("help")) return { name: "help", of: null };
  if (word === undefined && before.names.includes("version")) {
    return { name: "version", json: before.names.includes("json") };
  }
  if (word === "--") return usage('No command before "--": did you mean "doorward run --"?', null);
  const name = word ?? "start";
  if (!isCommandName(name)) return usage(unknownCommand(name), null);
  const after = COMMANDS[name].operands === "command" ? takeCommandLine(rest) : takeMixed(rest);
  if (after.fault !== null) return usage(after.fault, name);
  const names = [...before.names, ...after.names];
  if (names.includes("help")) return { name: "help", of: name };
  const foreign = names.find((option) => !takes(name, option));
  if (foreign !== undefined) return usage(`"doorward ${name}" takes no --${foreign}`, name);
  return build(name, readValues([...before.options, ...after.options]), after.operands);
}

interface Rest {
  readonly options: readonly string[];
  readonly names: readonly OptionName[];
  readonly operands: readonly string[];
  readonly fault: string | null;
}

/** Options, then a command line that is not ours to read. */
function takeCommandLine(words: readonly string[]): Rest {
  const own = takeOwnWords(words);
  const rest = words.slice(own.used);
  return { ...own, operands: rest[0] === "--" ? rest.slice(1) : rest };
}

/** Options and operands in any order; `--` ends the options. */
function takeMixed(words: readonly string[]): Rest {
  const options: string[] = [];
  const names: OptionName[] = [];
  const operands: string[] = [];
  let at = 0;
  while (at < words.length) {
    const own = takeOwnWords(words.slice(at));
    options.push(...own.options);
    names.push(...own.names);
    if (own.fault !== null) return { options, names, operands, fault: own.fault };
    at += own.used;
    const word = words[at];
    if (word === undefined) break;
    if (word === "--") {
      operands.push(...words.slice(at + 1));
      break;
    }
    operands.push(word);
    at += 1;
  }
  return { options, names, operands, fault: null };
}

/** The values of options, by name. */
export interface Values {
  readonly one: (name: OptionName) => string | null;
  readonly many: (name: OptionName) => readonly string[];
  readonly flag: (name: OptionName) => boolean;
}

/** The values of options in the form `--name=value`. The later wins, but for those that add up. */
function readValues(options: readonly string[]): Values {
  const rows = Object.entries(OPTIONS) as [OptionName, OptionRow][];
  const valued = rows.filter(([, row]) => row.value !== undefined);
  const parsed = parseArgs(options, {
    string: valued.map(([name]) => name),
    collect: valued.filter(([, row]) => row.many === true).map(([name]) => name),
    boolean: rows.filter(([, row]) => row.value === undefined).map(([name]) => name),
  });
  return {
    one: (name) => (parsed[name] as string | undefined) ?? null,
    many: (name) => parsed[name] as readonly string[],
    flag: (name) => parsed[name] as boolean,
  };
}

function build(name: CommandName, values: Values, operands: readonly string[]): Command {
  const wrong = wrongOperands(name, operands);
  if (wrong !== null) return usage(wrong, name);
  const policy = policyFlags(values);
  if (typeof policy === "string") return usage(policy, name);
  const common = { policy, quiet: values.flag("quiet") };
  const json = values.flag("json");
  if (isAdminCommandName(name)) return adminCommand(name, common, values, operands[0] ?? null);
  switch (name) {
    case "start": {
      const said = attributionOf(values);
      return typeof said === "string" ? usage(said, name) : { name, ...common, label: said.label };
    }
    case "run": {
      const said = attributionOf(values);
      const words = operands as readonly [string, ...string[]];
      return typeof said === "string" ? usage(said, name) : { name, ...common, ...said, words };
    }
    case "learn":
      return learn(common, values, operands);
    case "init":
      return initCommand(common, values);
    case "presets":
      return presetsCommand(common, json, operands);
    case "check":
      return check(common, json, operands[0] ?? null);
    case "doctor":
      return { name, ...common, json };
    case "explain":
      return {
        name,
        ...common,
        json,
        target: operands[0]!,
        method: values.one("method"),
        lookup: !values.flag("no-lookup"),
      };
    case "env":
      return env(common, json, values.one("shell"));
    case "ca":
      return ca(common, json, operands[0]!);
    case "config":
      return config(common, json, operands[0]!);
    case "audit":
      return auditCommand(common, values, operands);
    case "connect":
      return connect(common, operands, values.one("proxy"));
    case "completions":
      return completions(operands[0]!);
    case "man":
      return { name };
    case "version":
      return { name, json };
    case "help":
      return help(operands[0]);
  }
}

function learn(common: Common, values: Values, operands: readonly string[]): Command {
  const said = attributionOf(values);
  if (typeof said === "string") return usage(said, "learn");
  const out = values.one("out");
  if (out === "-") {
    return usage(
      'Cannot write to "-": standard output is the command\'s; --out takes a file',
      "learn",
    );
  }
  const words = operands as readonly [string, ...string[]];
  const json = values.flag("json");
  return { name: "learn", ...common, label: said.label, out, json, words };
}

/** What is said of a run, or what is wrong with it. */
function attributionOf(
  values: Values,
): Pick<RunCommand, "label" | "execPolicyHint" | "attempt"> | string {
  const label = values.one("label");
  const execPolicyHint = values.one("exec-policy-hint");
  for (const [name, text] of Object.entries({ label, "exec-policy-hint": execPolicyHint })) {
    if (text !== null && !isRecordable(text)) {
      return `Cannot use this --${name}: it takes 1 to 200 printable characters`;
    }
  }
  const attempt = values.one("attempt");
  if (attempt !== null && !isAttemptId(attempt)) {
    return "Cannot use this --attempt: it takes 1 to 128 visible ASCII characters, without a colon";
  }
  return { label, execPolicyHint, attempt };
}

function policyFlags(values: Values): PolicyFlags | string {
  const mode = values.one("mode");
  if (mode !== null && mode !== "full" && mode !== "limited") {
    return `Unknown mode "${mode}": there are full and limited`;
  }
  // The later does not win: it would take the place of what somebody put before it, to be obeyed.
  const [requirements = null, ...others] = values.many("requirements");
  if (others.length > 0) {
    return "Cannot obey two --requirements: give one, and write what both require into it";
  }
  return {
    file: values.one("config"),
    requirements,
    overrides: values.many("set"),
    allow: values.many("allow"),
    deny: values.many("deny"),
    mode,
    profile: values.one("profile"),
    trustProject: values.flag("trust-project"),
  };
}

function check(common: Common, json: boolean, file: string | null): Command {
  if (file === null) return { name: "check", ...common, json };
  if (common.policy.file !== null) {
    return usage(`Cannot check two files: "${common.policy.file}" and "${file}"`, "check");
  }
  return { name: "check", ...common, policy: { ...common.policy, file }, json };
}

function env(common: Common, json: boolean, written: string | null): Command {
  const shell = written === null ? null : shellOf(written);
  if (shell === undefined) {
    return usage(`Unknown shell "${written}": there are ${SHELLS.join(", ")}`, "env");
  }
  return { name: "env", ...common, json, shell };
}

function ca(common: Common, json: boolean, word: string): Command {
  const action = CA_ACTIONS.find((action) => action === word);
  if (action !== undefined) return { name: "ca", ...common, json, action };
  const what = "the certificate authority";
  return usage(`Cannot do "${word}" with ${what}: ${meantOf(word, CA_ACTIONS)}`, "ca");
}

function config(common: Common, json: boolean, word: string): Command {
  const action = CONFIG_ACTIONS.find((action) => action === word);
  if (action !== undefined) return { name: "config", ...common, json, action };
  const what = "the configuration";
  return usage(`Cannot do "${word}" with ${what}: ${meantOf(word, CONFIG_ACTIONS)}`, "config");
}

function completions(word: string): Command {
  const [shells] = COMMANDS.completions.words;
  const shell = shells.find((shell) => shell === word);
  if (shell !== undefined) return { name: "completions", shell };
  return usage(`Cannot complete in "${word}": ${meantOf(word, shells)}`, "completions");
}

/** Which of a few words was meant, or which there are. */
function meantOf(word: string, words: readonly string[]): string {
  const meant = nearestKey(word, words);
  if (meant !== null) return `did you mean "${meant}"?`;
  return words.length === 1 ? `there is ${words[0]}` : `there are ${words.join(", ")}`;
}

function connect(common: Common, operands: readonly string[], proxyText: string | null): Command {
  const [host = "", portText] = operands;
  const target = portText === undefined ? parseEndpoint(host, null) : hostAndPort(host, portText);
  if ("kind" in target) {
    return usage(`Cannot connect to "${operands.join(" ")}": ${target.why}`, "connect");
  }
  const proxy = proxyText === null ? null : parseProxyPlace(proxyText);
  if (proxy !== null && "kind" in proxy) {
    // The text may hold a password.
    return usage(`Cannot read the URL of --proxy: ${proxy.why}`, "connect");
  }
  return { name: "connect", ...common, target, proxy };
}

/** As ssh tells them: an IPv6 address has no brackets. */
function hostAndPort(hostText: string, portText: string): Endpoint | BadHost {
  const host = parseHost(parseIp(hostText)?.family === 6 ? `[${hostText}]` : hostText);
  if (host.kind === "bad") return host;
  const port = parsePort(portText);
  return typeof port === "number" ? { host, port } : port;
}

function shellOf(text: string): Shell | undefined {
  if (["bash", "zsh", "dash", "ksh", "ash"].includes(text)) return "sh";
  if (text === "pwsh") return "powershell";
  return SHELLS.find((shell) => shell === text);
}

function help(of: string | undefined): Command {
  if (of === undefined) return { name: "help", of: null };
  return isCommandName(of) ? { name: "help", of } : usage(unknownCommand(of), null);
}

function wrongOperands(name: CommandName, operands: readonly string[]): string | null {
  const row: CommandRow = COMMANDS[name];
  const missing = operands.length === 0;
  switch (row.operands) {
    case "none":
      return missing ? null : `"doorward ${name}" takes no "${operands[0]}"`;
    case "optional":
      return operands.length < 2 ? null : `"doorward ${name}" takes no second "${operands[1]}"`;
    case "required":
      if (missing) return `"doorward ${name}" needs more: doorward ${name} ${row.usage}`;
      return operands.length < 2 ? null : `"doorward ${name}" takes no second "${operands[1]}"`;
    case "target":
      if (missing) return `"doorward ${name}" needs more: doorward ${name} ${row.usage}`;
      return operands.length < 3 ? null : `"doorward ${name}" takes no third "${operands[2]}"`;
    case "many":
      return missing ? `"doorward ${name}" needs more: doorward ${name} ${row.usage}` : null;
    case "subject":
      return operands.length < 3 ? null : `"doorward ${name}" takes no third "${operands[2]}"`;
    case "command":
      return missing || operands[0] === ""
        ? `"doorward ${name}" needs a command: doorward ${name} ${row.usage}`
        : null;
  }
}

function takes(name: CommandName, option: OptionName): boolean {
  const row: CommandRow = COMMANDS[name];
  return row.options.includes(option) || GLOBAL_OPTIONS.includes(option);
}

function unknownCommand(word: string): string {
  const meant = nearestKey(word, COMMAND_NAMES);
  return `Unknown command "${word}"${meant === null ? "" : `: did you mean "${meant}"?`}`;
}

function usage(message: string, of: CommandName | null): Command {
  return { name: "usage", message, of };
}
