import type { ConfigSource } from "../config/config.ts";
import { configHome } from "../config/config_home.ts";
import type { PolicyFlags } from "./argv/command.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where the configuration of this call comes from: the flags, and the home folder of this environment. */
export function configSource(
  flags: PolicyFlags,
  here: Pick<Surroundings, "env" | "os">,
): ConfigSource {
  const home = configHome(here.env, here.os);
  return {
    ...(flags.file === null ? {} : { file: flags.file }),
    ...(home === null ? {} : { homeFile: home.file, foreignKeys: home.foreign }),
    // Said with a flag of its own, the mode is meant more than one set by its key.
    overrides: [
      ...flags.overrides,
      ...(flags.mode === null ? [] : [`network.mode=${flags.mode}`]),
    ],
    allow: flags.allow,
    deny: flags.deny,
  };
}

/** The same for a call that sends requests: it needs the secrets that go into them. */
export function configSourceWithSecrets(
  flags: PolicyFlags,
  here: Pick<Surroundings, "env" | "os">,
): ConfigSource {
  return { ...configSource(flags, here), env: here.env };
}
