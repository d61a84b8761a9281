// Learning: what a command asks for, once, as a policy. It decides nothing about requests, and remembers no paths.
import { type Config, loadConfig } from "../../config/config.ts";
import { type ReservedFile, reserveFile } from "../../config/reserved_file.ts";
import { likelyShell } from "../../library/env/shell_quote.ts";
import type { LearnCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { faultText } from "../printed/notices.ts";
import { paint } from "../printed/terminal.ts";
import { ConfigError } from "../../config/errors.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Ran, runBehindProxy } from "../wrapped/behind_proxy.ts";
import { type LoadedPolicy, loadWrapped } from "../wrapped/load_wrapped.ts";
import { learnedPolicy } from "./learned_policy.ts";
import { type Lesson, lessonOf } from "./lesson.ts";
import { lessonJson } from "./lesson_json.ts";
import { lessonLines } from "./lesson_lines.ts";
import { Observations } from "./observations.ts";
import { openedConfig, whyNotOpened } from "./opened_config.ts";

/** What the file holds until the command has ended: a policy that lets nothing through. */
const MEANWHILE =
  "# doorward learn writes the policy here when its command has ended.\n[network]\n";

/** `doorward learn`: runs a command, and writes the policy under which it would have passed. */
export async function learn(command: LearnCommand, here: Surroundings): Promise<number> {
  const { err } = here.terminal;
  const loaded = await loadWrapped(command, here);
  if (loaded === null) return EXIT.failed;
  const forbidden = whyNotOpened(loaded.config);
  if (forbidden !== null) {
    err.line(`doorward: Cannot learn what "${command.words[0]}" asks for: ${forbidden}`);
    err.line("  to learn is to let every host pass once that is not denied");
    return EXIT.failed;
  }
  const file = command.out === null ? null : await reserveFile(command.out, MEANWHILE);
  if (!command.quiet) err.line(OPENING);
  const seen = new Observations();
  const ran = await observe(command, loaded, seen, file, here);
  if (!ran.started) {
    await file?.giveUp();
    return ran.code;
  }
  const lesson = await lessonOf(seen.seen, loaded.config);
  return await teach(command, lesson, loaded.config, ran.code, file, here);
}

const OPENING =
  "doorward: learning: every host that is not denied is let through, but for local and private addresses";

async function observe(
  command: LearnCommand,
  loaded: LoadedPolicy,
  seen: Observations,
  file: ReservedFile | null,
  here: Surroundings,
): Promise<Ran> {
  try {
    return await runBehindProxy({ ...command, execPolicyHint: null, attempt: null }, {
      ...loaded,
      config: openedConfig(loaded.config),
      load: async () => openedConfig(await loadConfig(loaded.source)),
      answerers: () => [],
      sinks: [seen],
      writesLater: file !== null,
      record: () => {},
    }, here);
  } catch (error) {
    await file?.giveUp();
    throw error;
  }
}

/** Writes the policy and tells of it. Resolves to the number to exit with. */
async function teach(
  { words, out, json, quiet }: LearnCommand,
  lesson: Lesson,
  config: Config,
  code: number,
  file: ReservedFile | null,
  here: Surroundings,
): Promise<number> {
  const { err } = here.terminal;
  const policy = learnedPolicy({ lesson, config, program: words[0], code });
  const fault = file === null ? null : await faultOf(() => file.fill(policy));
  const written = fault === null ? out : null;
  if (fault !== null) err.line(`doorward: ${fault}`);
  if (!quiet && !json) {
    const shell = likelyShell(here.env, here.os);
    const told = { words, code, file: written, mitm: config.network.mitm, shell };
    lessonLines(lesson, told).forEach((line) => err.line(...line));
  }
  if (json) {
    const text = JSON.stringify(lessonJson(lesson, { code, file: written, policy }));
    err.line(paint("record", text));
  } else if (written === null) {
    policy.trimEnd().split("\n").forEach((line) => err.line(paint("copy", line)));
  }
  return fault !== null && code === EXIT.done ? EXIT.failed : code;
}

/** What is wrong where a file cannot be written; null where it was. */
async function faultOf(write: () => Promise<void>): Promise<string | null> {
  try {
    await write();
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(faultText).join("; ");
  }
}
