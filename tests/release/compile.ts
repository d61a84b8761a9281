// One executable for one target: `deno compile`, with what it bakes in written down here.
import { basename, dirname, join, resolve } from "node:path";
import { type Around, DenoError, firstLine, runDeno } from "./deno.ts";
import type { Stage } from "./stage.ts";
import type { Target } from "./targets.ts";

/**
 * What the executable may do, whatever it is called with; nothing is asked at run time. It cannot know the files,
 * hosts and commands of whoever runs it. It may not load code from a server or native libraries, and learns nothing
 * of the machine but its addresses and the user's number.
 */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-sys=networkInterfaces,uid",
  "--deny-import",
];

/** How it is put together, besides; each has its reason in `docs/architecture.md`. `deno task check` knows types. */
const SETTINGS: readonly string[] = [
  "--quiet",
  "--frozen",
  "--no-check",
  "--exclude-unused-npm",
  "--no-code-cache",
  "--app-name",
  "doorward",
];

/** An executable could not be made. Its message is one line. */
export class CompileError extends Error {
  override name = "CompileError";
}

/**
 * Compiles what is on a stage for one target, into a file; nothing is left of it on failure. Rejects with
 * {@linkcode CompileError}.
 */
export async function compile(
  target: Target,
  file: string,
  { sources, denoDir, realDenoDir }: Stage,
  around: Around,
): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  // An executable that is not whole is never there by its name.
  const folder = await Deno.makeTempDir({ dir: dirname(file), prefix: ".compile-" });
  try {
    const output = ["--target", target, "--output", resolve(folder, basename(file))];
    const words = ["compile", ...SETTINGS, ...PERMISSIONS, ...output, "main.ts"];
    await runDeno(words, sources, { ...around, env: { ...around.env, DENO_DIR: denoDir } });
    await Deno.rename(join(folder, basename(file)), file);
  } catch (error) {
    if (!(error instanceof DenoError)) throw error;
    throw new CompileError(failureText(target, error.said, realDenoDir));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What `deno compile` failed of, in one line. It tells of a download only in words. */
export function failureText(target: Target, said: string, denoDir: string): string {
  const causes = [...said.matchAll(/^ +\d+: (?!<unknown>)(.+)$/gm)].map(([, cause = ""]) => cause);
  const download = /error sending request for url \((\S+\/denort-\S+\.zip)\)/.exec(said);
  if (download !== null) {
    const place = join(denoDir, `dl/release/v${Deno.version.deno}/denort-${target}.zip`);
    const [, url] = download;
    return `Cannot download the base runtime for ${target} from ${url} (${
      causes.at(-1)
    }); put it ` +
      `at ${place}, or unpack it and set DENORT_BIN to its path`;
  }
  const why = causes.length > 0 ? causes.join(": ") : firstLine(said);
  return `Cannot compile for ${target}: ${why}`;
}
