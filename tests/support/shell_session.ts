import { type ProgramOptions, type RunningProgram, startProgram } from "./programs.ts";

/** What a command line came to. */
export interface Answered {
  /** What it printed, on either stream. */
  readonly printed: string;
  readonly code: number;
}

/** A shell into which commands are typed one after the other. Disposing of it ends it. */
export interface ShellSession extends AsyncDisposable {
  /** Runs one command line, of one line or several, with nothing to read. */
  run(command: string): Promise<Answered>;
  /** The same. Resolves to what it printed. */
  type(command: string): Promise<string>;
}

/** Starts a POSIX shell. */
export function startShell(options: ProgramOptions): ShellSession {
  return shellSession(startProgram(["sh"], options));
}

/** A session with a POSIX shell that was started. */
export function shellSession(shell: RunningProgram): ShellSession {
  const encoder = new TextEncoder();
  let count = 0;
  let taken = 0;
  const run = async (command: string) => {
    count += 1;
    const mark = `<end of command ${count}: `;
    await shell.stdin.write(
      encoder.encode(`{ ${command}\n} </dev/null 2>&1\nprintf '${mark}%s>\\n' "$?"\n`),
    );
    const found = await shell.stdout.until(RegExp(`${mark}(\\d+)>\n`));
    const printed = shell.stdout.text.slice(taken, found.index);
    taken = found.index + found[0].length;
    return { printed, code: Number(found[1]) };
  };
  return {
    run,
    type: async (command) => (await run(command)).printed,
    [Symbol.asyncDispose]: () => shell[Symbol.asyncDispose](),
  };
}
