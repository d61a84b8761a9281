import type { HelperCommand, HelperProcess } from "./helper_process.ts";

/**
 * Starts a helper of this system, in a process group of its own and without our terminal: an interrupt of the command
 * that is watched does not end who watches it, and what the helper starts ends with it.
 */
export function systemHelperProcess({ words, folder, env }: HelperCommand): HelperProcess {
  const [program, ...args] = words;
  const process = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { ...env },
    clearEnv: true,
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = process.stdin.getWriter();
  const output = process.stdout.getReader();
  const errors = process.stderr.getReader();
  return {
    read: () => nextOf(output),
    readErrors: () => nextOf(errors),
    write: (bytes) => input.write(bytes),
    ended: process.status.then(({ code, signal }) =>
      signal === null ? `with exit code ${code}` : `by ${signal}`
    ),
    kill: (signal) => signalGroup(process, signal),
    closeInput: () => {
      input.close().catch(() => {
        // It is closed already, or nobody is left at its other end.
      });
    },
    release: async () => {
      await Promise.allSettled([input.abort(), output.cancel(), errors.cancel()]);
    },
  };
}

async function nextOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | null> {
  // A pipe that breaks has ended.
  return (await reader.read().catch(() => null))?.value ?? null;
}

/** Signals the group of a process, or the process alone where that cannot be. */
function signalGroup(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    if (Deno.build.os === "windows") process.kill(signal);
    else Deno.kill(-process.pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return; // Nobody is left in it.
    try {
      process.kill(signal);
    } catch {
      // It has ended in between.
    }
  }
}
