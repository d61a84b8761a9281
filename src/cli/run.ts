import { loadConfig } from "../config/config.ts";
import { likelyShell } from "../library/env/shell_quote.ts";
import type { RunCommand } from "./argv/command.ts";
import { answerersOfRun } from "./ask/answerers.ts";
import { EXIT } from "./exit_code.ts";
import { BlockedTally } from "./printed/blocked_tally.ts";
import type { Surroundings } from "./surroundings.ts";
import { runBehindProxy } from "./wrapped/behind_proxy.ts";
import { loadWrapped } from "./wrapped/load_wrapped.ts";

/** `doorward run`: one command behind a proxy of its own. */
export async function run(command: RunCommand, here: Surroundings): Promise<number> {
  const loaded = await loadWrapped(command, here);
  if (loaded === null) return EXIT.failed;
  const { config, source } = loaded;
  const tally = new BlockedTally();
  const { code } = await runBehindProxy(command, {
    ...loaded,
    load: () => loadConfig(source),
    answerers: answerersOfRun(config, here),
    sinks: [],
    writesLater: false,
    record: (blocked) => tally.note(blocked),
  }, here);
  if (!command.quiet) {
    const shell = likelyShell(here.env, here.os);
    const lines = tally.lines(command, config.network.allow_unix_sockets, shell);
    lines.forEach((line) => here.terminal.err.line(...line));
  }
  return code;
}
