// The base runtime of an executable, where this machine has one: what `deno compile` would download otherwise.
import type { Target } from "./targets.ts";

/** The variables with which `deno compile` finds the one for a target; null when there is none here. */
export function baseRuntime(target: Target): Readonly<Record<string, string>> | null {
  const named = Deno.env.get("DENORT_BIN");
  if (named !== undefined) return { DENORT_BIN: named };
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
  const archive = `${denoDir}/dl/release/v${Deno.version.deno}/denort-${target}.zip`;
  return isThere(archive) ? {} : null;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
