import { type Config, type ConfigSource, loadConfig } from "../config/config.ts";
import { ConfigError } from "../config/errors.ts";
import type { Origin } from "../policy/rule.ts";
import { policySummary, sourceSummary } from "./printed/banner.ts";
import type { CheckCommand } from "./argv/command.ts";
import { configSourceWithSecrets } from "./config_source.ts";
import { EXIT } from "./exit_code.ts";
import { faultText, noticeLine } from "./printed/notices.ts";
import { policyInForce } from "./policy_in_force.ts";
import type { Surroundings } from "./surroundings.ts";
import { printProse } from "./printed/prose.ts";
import { paint } from "./printed/terminal.ts";

/** `doorward check`: is this a configuration? */
export async function check(command: CheckCommand, here: Surroundings): Promise<number> {
  const source = await configSourceWithSecrets(command.policy, here);
  try {
    const config = await loadConfig(source);
    passed(command, config, source, here);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    failed(command, error, source, here);
    return isUnreadable(error, source) ? EXIT.failed : EXIT.no;
  }
}

function passed(
  command: CheckCommand,
  config: Config,
  source: ConfigSource,
  here: Surroundings,
): void {
  const { out, err } = here.terminal;
  if (command.json) {
    const notices = config.notices.map(({ origin, message }) => placed(origin, message));
    out.line(JSON.stringify({ ok: true, file: config.sources[0], faults: [], notices }));
    return;
  }
  const policy = policyInForce(config);
  const isBuiltIn = config.sources[0] === "built-in" && source.homeFile !== undefined;
  printProse(out, [
    [sourceSummary(config), ": ", paint("good", "ok")],
    [`  mode ${policy.mode}, ${policySummary(policy)}`],
    ...(isBuiltIn ? [[`  ${source.homeFile} is not there, or has no [network]`]] : []),
    ...(config.off === null ? [] : [[`  ${config.off.why}: this policy is not in force`]]),
  ]);
  if (!command.quiet) config.notices.forEach((notice) => err.line(...noticeLine(notice)));
}

function failed(
  command: CheckCommand,
  error: ConfigError,
  source: ConfigSource,
  here: Surroundings,
): void {
  const { out, err } = here.terminal;
  if (command.json) {
    const faults = error.faults.map(({ origin, message }) => placed(origin, message));
    const file = fileOf(source) ?? "built-in";
    out.line(JSON.stringify({ ok: false, file, faults, notices: [] }));
    return;
  }
  error.faults.forEach((fault) => err.line(faultText(fault)));
}

function placed({ file, line, column }: Origin, message: string) {
  return { file, line, column, message };
}

/** Whether the file could not be read at all, which says nothing about what is in it. */
function isUnreadable(error: ConfigError, source: ConfigSource): boolean {
  const file = fileOf(source);
  // What is wrong inside a file has a line.
  return error.faults.some(({ origin }) => origin.file === file && origin.line === null);
}

/** The file that was to be read; the one in the home folder need not be there. */
function fileOf(source: ConfigSource): string | undefined {
  return source.file ?? source.homeFile;
}
