import { type Config, loadConfig } from "../../config/config.ts";
import type { FileState } from "../../config/file_state.ts";
import { lookAt } from "../../config/watch_config.ts";
import { requirementsFiles } from "../../library/follow_requirements.ts";
import { formatOrigin } from "../../policy/rule.ts";
import type { LearnCommand, RunCommand } from "../argv/command.ts";
import { configSourceWithSecrets, type GovernedSource } from "../config_source.ts";
import type { Surroundings } from "../surroundings.ts";

/** A command of Doorward that runs a command of somebody's. */
export type WrappedCommand = RunCommand | LearnCommand;

/** A configuration, and where it comes from. */
export interface LoadedPolicy {
  readonly config: Config;
  readonly source: GovernedSource;
  /** What the files of the requirements were before they were read. */
  readonly seen: ReadonlyMap<string, FileState | null>;
}

/**
 * Reads the configuration that a command is to run under. Null where it cannot run, which has been explained on standard
 * error then.
 */
export async function loadWrapped(
  { name, words: [program], policy }: WrappedCommand,
  here: Surroundings,
): Promise<LoadedPolicy | null> {
  const { err } = here.terminal;
  const source = await configSourceWithSecrets(policy, here);
  // A server of requirements may be slow: what changes meanwhile is a change, too.
  const seen = await lookAt(requirementsFiles(source.imposed));
  const config = await loadConfig(source);
  const { off } = config;
  if (off !== null) {
    err.line(`doorward: Cannot run "${program}" without a policy`);
    err.line(`  ${off.why} (${formatOrigin(off.origin)})`);
    err.line(`  remove that, or for this once: doorward ${name} -c network.enabled=true …`);
    return null;
  }
  if (here.env["DOORWARD_ACTIVE"] !== undefined) {
    err.line(`doorward: Cannot run "${program}" behind Doorward a second time`);
    err.line(
      "  what this proxy lets through would not all pass the one outside (DOORWARD_ACTIVE is set)",
    );
    err.line("  run the command by itself: it is behind that one already");
    return null;
  }
  return { config, source, seen };
}
