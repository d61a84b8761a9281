import { type ProgramOptions, startProgram } from "./programs.ts";

/** A shell into which commands are typed one after the other. Disposing of it ends it. */
export interface ShellSession extends AsyncDisposable {
  /** Runs one command line, with nothing to read. Resolves to what it printed on either stream. */
  type(command: string): Promise<string>;
}

/** Starts a POSIX shell. */
export function startShell(options: ProgramOptions): ShellSession {
  const shell = startProgram(["sh"], options);
  const encoder = new TextEncoder();
  let count = 0;
  let taken = 0;
  return {
    async type(command: string): Promise<string> {
      count += 1;
      const mark = `<end of command ${count}>\n`;
      await shell.stdin.write(
        encoder.encode(`{ ${command}\n} </dev/null 2>&1\nprintf '${mark.trim()}\\n'\n`),
      );
      const { index } = await shell.stdout.until(RegExp(mark));
      const printed = shell.stdout.text.slice(taken, index);
      taken = index + mark.length;
      return printed;
    },
    [Symbol.asyncDispose]: () => shell[Symbol.asyncDispose](),
  };
}
