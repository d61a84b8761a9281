import { combineRequirements } from "../../config/requirements/combine_requirements.ts";
import { ConfigError, type ConfigFault } from "../../config/errors.ts";
import { loadRequirements } from "../../config/requirements/load_requirements.ts";
import {
  type LoadedRequirements,
  NOTHING_REQUIRED,
  parseRequirements,
} from "../../config/requirements/loaded_requirements.ts";
import { VALID_MS } from "../../config/requirements/remote_requirements.ts";
import { requirementsCache } from "../../config/requirements/requirements_cache.ts";
import {
  isUrl,
  parseRequirementsUrl,
  printableUrl,
} from "../../config/requirements/requirements_url.ts";
import { configHome } from "../../config/config_home.ts";
import { type RequirementsPorts, requirementsSource } from "../../library/requirements_source.ts";

/** What has to be obeyed, as far as it can be told without asking a server. */
export interface ReadRequirements {
  readonly loaded: LoadedRequirements;
  /** What is wrong with them. What is loaded is incomplete then. */
  readonly faults: readonly ConfigFault[];
  /** Those of a URL; null where none was named. */
  readonly kept: KeptRequirements | null;
}

/** What is kept of requirements that are fetched. */
export interface KeptRequirements {
  /** The URL, without what may be a secret. */
  readonly name: string;
  /** How old what is kept is; null where nothing is that could be used. */
  readonly ageMs: number | null;
  /** Whether `start` would do with it while their server does not answer. */
  readonly isValid: boolean;
  /** Why what is kept is not used; null where it is, or where there is nothing. */
  readonly refused: string | null;
}

/** Reads what requirements there are on this machine. A server is not asked: what was kept of its answer counts. */
export async function readRequirements(
  named: string | null,
  here: RequirementsPorts,
  signal: AbortSignal,
): Promise<ReadRequirements> {
  const url = named !== null && isUrl(named) ? parseRequirementsUrl(named) : null;
  const local = await collecting(async () => {
    const source = requirementsSource(url instanceof URL ? null : named, here);
    return await loadRequirements(source, signal);
  });
  if (!(url instanceof URL)) return { ...local, kept: null };
  const { text, kept } = await keptOf(url, here);
  const remote = await collecting(async () =>
    text === null ? NOTHING_REQUIRED : await parseRequirements(text, kept.name)
  );
  const all = [local.loaded, remote.loaded];
  return {
    loaded: {
      requirements: combineRequirements(all.map(({ requirements }) => requirements)),
      sources: all.flatMap(({ sources }) => sources),
      notices: all.flatMap(({ notices }) => notices),
    },
    faults: [...local.faults, ...remote.faults],
    kept,
  };
}

async function collecting(
  load: () => Promise<LoadedRequirements>,
): Promise<Pick<ReadRequirements, "loaded" | "faults">> {
  try {
    return { loaded: await load(), faults: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { loaded: NOTHING_REQUIRED, faults: error.faults };
  }
}

async function keptOf(
  url: URL,
  { env, os, clock }: RequirementsPorts,
): Promise<{ readonly text: string | null; readonly kept: KeptRequirements }> {
  const name = printableUrl(url);
  const home = configHome(env, os)?.home ?? null;
  const nothing = { name, ageMs: null, isValid: false };
  if (home === null) return { text: null, kept: { ...nothing, refused: null } };
  try {
    const kept = await requirementsCache(home, os).read(url);
    if (kept.kind !== "document") {
      const refused = kept.kind === "refused" ? kept.why : null;
      return { text: null, kept: { ...nothing, refused } };
    }
    const ageMs = clock.now() - kept.document.fetchedAt;
    const isValid = ageMs >= 0 && ageMs <= VALID_MS;
    const { text } = kept.document;
    return { text: isValid ? text : null, kept: { name, ageMs, isValid, refused: null } };
  } catch (error) {
    const refused = error instanceof Error ? error.message : String(error);
    return { text: null, kept: { ...nothing, refused } };
  }
}
