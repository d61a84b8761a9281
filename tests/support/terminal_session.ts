import { type Ended, type ProgramOptions, startProgram } from "./programs.ts";
import type { Transcript } from "./transcript.ts";

/** A shell command line that has a terminal of its own, and somebody who sits at it. Disposing of it ends it. */
export interface TerminalSession extends AsyncDisposable {
  /** What stands on the screen, with whatever was typed into it. */
  readonly screen: Transcript;
  /** Types; a line is sent with its end. */
  type(text: string): Promise<void>;
  /** Closes the terminal, as one closes a window. */
  hangUp(): void;
  readonly ended: Promise<Ended>;
}

/** Runs a shell command line on a terminal: `script` of util-linux makes one. */
export function onTerminal(command: string, options: ProgramOptions): TerminalSession {
  const program = startProgram(["script", "-qec", command, "/dev/null"], options);
  const text = new TextEncoder();
  return {
    screen: program.stdout,
    type: (typed) => program.stdin.write(text.encode(typed)),
    // It gets no chance to end the command first: all that this hears is that its terminal is gone.
    hangUp: () => program.kill("SIGKILL"),
    ended: program.ended,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
