/** A command that is running. */
export interface Child {
  /** Its exit code once it has ended; 128 + s when signal s ended it. */
  readonly code: Promise<number>;
  /** Sends it a signal; nothing happens when it has ended. */
  kill(signal: Deno.Signal): void;
}

/**
 * Starts a command with our own standard streams, in our own process group: a terminal stays what it was.
 * `env` is laid over what we inherited. Throws `NotFound`, `PermissionDenied`, `NotCapable`.
 */
export type Spawn = (
  words: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
) => Child;

/** Starts a command of this system. */
export function systemSpawn(
  [program, ...args]: Parameters<Spawn>[0],
  env: Parameters<Spawn>[1],
): Child {
  const process = new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  return {
    code: process.status.then((status) => status.code),
    kill(signal): void {
      try {
        process.kill(signal);
      } catch {
        // It has ended in between: the signal has nobody to go to.
      }
    },
  };
}
