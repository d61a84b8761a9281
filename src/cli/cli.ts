// The command line: argv in, exit code out. Decides nothing about requests.
import { ConfigError } from "../config/errors.ts";
import { parseCommand } from "./argv/args.ts";
import { flushInTime } from "./printed/flush_in_time.ts";
import type { Command } from "./argv/command.ts";
import type { CommandName } from "./argv/commands.ts";
import { EXIT } from "./exit_code.ts";
import { helpText } from "./argv/help.ts";
import { helpLines } from "./printed/help_lines.ts";
import { printProse } from "./printed/prose.ts";
import { faultText } from "./printed/notices.ts";
import { type Surroundings, systemSurroundings } from "./surroundings.ts";
import { VERSION } from "../library/version.ts";

/** Runs one command line. Resolves to the number to exit with. */
export async function cli(
  argv: readonly string[],
  here: Surroundings = systemSurroundings(),
): Promise<number> {
  const code = await execute(parseCommand(argv), here).catch((error) => report(error, here));
  await here.terminal.out.flush();
  await flushInTime(here.terminal.err, here.clock);
  return code;
}

/** Each command is loaded when it is called: to load them all takes longer than most of them do. */
async function execute(command: Command, here: Surroundings): Promise<number> {
  switch (command.name) {
    case "start":
      return await (await import("./start.ts")).start(command, here);
    case "run":
      return await (await import("./run.ts")).run(command, here);
    case "learn":
      return await (await import("./learn/learn.ts")).learn(command, here);
    case "init":
      return await (await import("./init.ts")).init(command, here);
    case "presets":
      return await (await import("./presets.ts")).presets(command, here);
    case "check":
      return await (await import("./check.ts")).check(command, here);
    case "doctor":
      return await (await import("./doctor/doctor.ts")).doctor(command, here);
    case "explain":
      return await (await import("./explain.ts")).explain(command, here);
    case "env":
      return await (await import("./env.ts")).env(command, here);
    case "ca":
      return await (await import("./ca.ts")).ca(command, here);
    case "config":
      return await (await import("./config.ts")).config(command, here);
    case "audit":
      return await (await import("./audit/audit.ts")).audit(command, here);
    case "connect":
      return await (await import("./connect.ts")).connect(command, here);
    case "pending":
    case "approve":
    case "deny":
    case "allow":
    case "blocked":
    case "connections":
    case "mode":
    case "reload":
    case "dashboard":
      return await (await import("./admin/execute.ts")).executeAdmin(command, here);
    case "completions":
      return (await import("./completions/completions.ts")).completions(command, here);
    case "man":
      return (await import("./manual/man.ts")).man(here);
    case "version":
      return version(command.json, here);
    case "help":
      return help(command.of, here);
    case "usage":
      return usage(command.message, command.of, here);
  }
}

function version(json: boolean, here: Surroundings): number {
  const { out } = here.terminal;
  out.line(json ? JSON.stringify({ name: "doorward", version: VERSION }) : `doorward ${VERSION}`);
  return EXIT.done;
}

function help(of: CommandName | null, here: Surroundings): number {
  const { out } = here.terminal;
  const text = helpText(of);
  if (out.columns === null) text.split("\n").forEach((line) => out.line(line));
  else printProse(out, helpLines(text));
  return EXIT.done;
}

function usage(message: string, of: CommandName | null, here: Surroundings): number {
  here.terminal.err.line(`doorward: ${message}`);
  here.terminal.err.line(`See doorward ${of === null ? "" : `${of} `}--help`);
  return EXIT.usage;
}

/** Tells what a command failed of. Only a fault in a configuration is expected to come this way. */
function report(error: unknown, here: Surroundings): number {
  const { err } = here.terminal;
  if (error instanceof ConfigError) {
    error.faults.forEach((fault) => err.line(`doorward: ${faultText(fault)}`));
  } else {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    err.line(`doorward: internal error: ${what}`);
  }
  return EXIT.failed;
}
