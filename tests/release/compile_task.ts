import { type Ended, runProgram } from "../support/programs.ts";
import type { Scratch } from "../support/scratch.ts";

/** Runs `deno task compile`, or that of another clone, with the temporary folder of the scratch. */
export async function compileTask(
  args: readonly string[],
  scratch: Scratch,
  env: Readonly<Record<string, string>>,
  task = `${import.meta.dirname}/main.ts`,
): Promise<Ended> {
  const words = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", task, ...args];
  const tmp = `${scratch.folder}/tmp`;
  await Deno.mkdir(tmp, { recursive: true });
  return await runProgram(words, { env: { ...scratch.env, TMPDIR: tmp, TEMP: tmp, ...env } });
}
