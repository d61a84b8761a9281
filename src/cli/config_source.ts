import type { ConfigSource } from "../config/config.ts";
import { configHome } from "../config/config_home.ts";
import {
  loadRequirements,
  type RequirementsSource,
} from "../config/requirements/load_requirements.ts";
import { isAbsolute, joinPath } from "../config/file_path.ts";
import { readProjectFiles } from "../config/project_files.ts";
import type { PolicyFlags } from "./argv/command.ts";
import { type RequirementsPorts, requirementsSource } from "../library/requirements_source.ts";
import type { Surroundings } from "./surroundings.ts";

/** Requirements are waited for as long as their own limits say. */
const NEVER = new AbortController().signal;

/** Where the configuration of a call comes from, and what it has to obey. */
export interface GovernedSource extends ConfigSource {
  readonly imposed: RequirementsSource;
}

/** What it takes to find all of it. */
export type SourceSurroundings =
  & RequirementsPorts
  & Pick<Surroundings, "systemFolder" | "cwd">;

/**
 * Where the configuration of this call comes from: the flags, the home folder of this environment, the machine's own
 * file, and the project that the call is made in. The files of the project are read here and now: whatever Doorward
 * runs may write them.
 */
export async function configSource(
  flags: PolicyFlags,
  here: SourceSurroundings,
): Promise<GovernedSource> {
  const { env, os, systemFolder } = here;
  const imposed = requirementsSource(flags.requirements, here);
  const home = configHome(env, os);
  return {
    ...(flags.file === null ? {} : { file: flags.file }),
    ...(home === null ? {} : { homeFile: home.file, foreignKeys: home.foreign }),
    ...(systemFolder === null ? {} : { systemFile: joinPath(os, systemFolder, "config.toml") }),
    ...(flags.profile === null
      ? {}
      : { profileFile: profileFile(flags.profile, home?.home ?? "", os) }),
    project: await readProjectFiles(here.cwd(), os, flags.trustProject),
    // Said with a flag of its own, the mode is meant more than one set by its key.
    overrides: [
      ...flags.overrides,
      ...(flags.mode === null ? [] : [`network.mode=${flags.mode}`]),
    ],
    allow: flags.allow,
    deny: flags.deny,
    requirements: () => loadRequirements(imposed, NEVER),
    imposed,
  };
}

/** The same for a call that sends requests: it needs the secrets that go into them. */
export async function configSourceWithSecrets(
  flags: PolicyFlags,
  here: SourceSurroundings,
): Promise<GovernedSource> {
  return { ...await configSource(flags, here), env: here.env };
}

/** A name is that of a file in the home folder; anything with a folder in it is a path. */
function profileFile(name: string, home: string, os: Surroundings["os"]): string {
  if (isAbsolute(name, os) || /[/\\]/.test(name)) return name;
  return joinPath(os, home, `${name}.config.toml`);
}
