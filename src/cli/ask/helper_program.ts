/** A program of the system that does something small for us, without our standard streams. */
export interface HelperProgram extends AsyncDisposable {
  /** The next that it says on standard output; null when it says no more. */
  read(): Promise<string | null>;
  /** Its exit code once it has ended. */
  readonly code: Promise<number>;
  /** Ends it; nothing happens when it has ended. */
  kill(): void;
}

/** Starts one. Throws `NotFound`, `NotCapable`, `PermissionDenied`. */
export type StartHelper = (words: readonly [string, ...string[]]) => HelperProgram;

/** Starts one of this system, in our process group. Disposing of it ends it and waits for that. */
export function systemHelper([program, ...args]: Parameters<StartHelper>[0]): HelperProgram {
  const process = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const code = process.status.then((status) => status.code);
  const kill = (): void => {
    try {
      process.kill("SIGTERM");
    } catch {
      // It has ended in between.
    }
  };
  return {
    read: async () => (await output.read()).value ?? null,
    code,
    kill,
    async [Symbol.asyncDispose](): Promise<void> {
      kill();
      await code;
      await output.cancel();
    },
  };
}
