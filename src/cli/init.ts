import { type Config, loadConfig } from "../config/config.ts";
import { configHome } from "../config/config_home.ts";
import { readPattern } from "../config/read_pattern.ts";
import { starterText } from "../config/starter/starter_text.ts";
import { writeStarter } from "../config/starter/write_starter.ts";
import { quote } from "../config/toml/printable.ts";
import type { InitCommand } from "./argv/command.ts";
import { EXIT } from "./exit_code.ts";
import { policySummary } from "./printed/banner.ts";
import { noticeLine } from "./printed/notices.ts";
import { printProse } from "./printed/prose.ts";
import { paint } from "./printed/terminal.ts";
import { quoteWords } from "./shell/command_line.ts";
import { likelyShell } from "../library/env/shell_quote.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward init`: writes a first configuration, with a word about each key. */
export async function init(command: InitCommand, here: Surroundings): Promise<number> {
  const { out, err } = here.terminal;
  const { posture, presets, policy } = command;
  const fault = await faultOf(policy.allow);
  if (fault !== null) {
    err.line(`doorward: ${fault}`);
    return EXIT.usage;
  }
  const text = starterText({ posture, presets, allow: policy.allow });
  if (command.stdout) {
    for (const line of text.trimEnd().split("\n")) out.line(line);
    return EXIT.done;
  }
  const file = policy.file ?? fileInHome(here);
  if (typeof file !== "string") {
    err.line(`doorward: Cannot tell where to write: ${file.why}`);
    return EXIT.failed;
  }
  await writeStarter(file, text);
  const config = await loadConfig({ file, overrides: [], allow: [], deny: [] });
  if (!command.quiet) tell(command, file, config, here);
  return EXIT.done;
}

/** What is wrong with the first bad host of `--allow`. */
async function faultOf(allow: readonly string[]): Promise<string | null> {
  for (const text of allow) {
    const pattern = await readPattern(text);
    if (pattern.kind === "bad") return `Cannot allow ${quote(text)}: ${pattern.why}`;
  }
  return null;
}

/** Where a configuration is looked for; not in a folder that is another program's. */
function fileInHome(here: Surroundings): string | { readonly why: string } {
  const home = configHome(here.env, here.os);
  if (home === null) return { why: "there is no home folder; set DOORWARD_HOME, or --config FILE" };
  if (!home.foreign) return home.file;
  return {
    why: `${home.home} (CODEX_HOME) is another program's; set DOORWARD_HOME, or --config FILE`,
  };
}

function tell(command: InitCommand, file: string, config: Config, here: Surroundings): void {
  const { out, err } = here.terminal;
  const { posture, presets, policy } = command;
  const names = presets.map(({ name }) => name).join(", ");
  printProse(out, [
    [paint("good", "wrote "), file],
    [`  ${posture}: mode ${config.network.mode}, ${policySummary(config.policy)}`],
    ...(names === "" ? [] : [[`  presets ${names}`]]),
  ]);
  const shell = likelyShell(here.env, here.os);
  const flags = policy.file === null ? [] : ["--config", policy.file];
  const next = (name: string, ...rest: string[]): string =>
    quoteWords(["doorward", name, ...flags, ...rest], shell);
  const host = presets[0]?.hosts[0]?.host ?? policy.allow[0] ?? "example.com";
  printProse(out, [
    ["next:"],
    ["  ", paint("copy", next("explain", `https://${host}`))],
    ["      what would become of a request, and why"],
    ["  ", paint("copy", `${next("run", "--")} COMMAND`)],
    ["      runs a command behind this policy"],
    ["  ", paint("copy", next("start"))],
    ["      runs the proxy for everything that you point at it"],
  ]);
  config.notices.forEach((notice) => err.line(...noticeLine(notice)));
}
