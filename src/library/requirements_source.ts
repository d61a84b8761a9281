import { configHome } from "../config/config_home.ts";
import { ConfigError } from "../config/errors.ts";
import {
  type RequirementsSource,
  systemRequirementsFile,
} from "../config/requirements/load_requirements.ts";
import { RemoteRequirements } from "../config/requirements/remote_requirements.ts";
import { requirementsCache } from "../config/requirements/requirements_cache.ts";
import { isUrl, parseRequirementsUrl } from "../config/requirements/requirements_url.ts";
import { getDocument } from "./get_document.ts";
import type { Machine } from "./machine.ts";

/** What it takes to find requirements. */
export type RequirementsPorts = Pick<
  Machine,
  "env" | "os" | "systemFolder" | "clock" | "resolve" | "dial" | "startTls"
>;

/**
 * Where requirements come from: the system's file, and the file or URL of `--requirements`.
 *
 * @throws {ConfigError} for a URL that cannot be used
 */
export function requirementsSource(
  named: string | null,
  here: RequirementsPorts,
): RequirementsSource {
  const systemFile = systemRequirementsFile(here.systemFolder, here.os);
  if (named === null || !isUrl(named)) return { systemFile, named };
  const url = parseRequirementsUrl(named);
  if (!(url instanceof URL)) {
    const origin = { file: "--requirements", line: null, column: null };
    throw new ConfigError([{ origin, message: `cannot use this URL: ${url.why}` }]);
  }
  const home = configHome(here.env, here.os)?.home ?? null;
  const cache = home === null ? null : requirementsCache(home, here.os);
  const remote = new RemoteRequirements(url, { get: getDocument(here), clock: here.clock, cache });
  return { systemFile, named: remote };
}
