import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { Readable, type Writable } from "node:stream";
import { NotFound, systemError } from "./errors.ts";

/** The signals that are sent. */
export type Signal = "SIGTERM" | "SIGKILL" | "SIGINT";

/** How a program is started. */
export interface CommandOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly clearEnv: true;
  /** Whether it has a process group of its own. */
  readonly detached: boolean;
  readonly stdin: "piped";
  readonly stdout: "piped";
  readonly stderr: "piped";
}

/** How a program ended. */
export interface CommandStatus {
  readonly code: number;
  /** Null where it ended by itself. */
  readonly signal: string | null;
}

/** A program that may be started. */
export class Command {
  readonly #program: string;
  readonly #options: CommandOptions;

  constructor(program: string, options: CommandOptions) {
    this.#program = program;
    this.#options = options;
  }

  /** Starts it. Throws where there is no such program, or none that may be started. */
  spawn(): ChildProcess {
    const { args, cwd, env, detached } = this.#options;
    const child = spawn(this.#program, args, { cwd, env, detached, stdio: "pipe" });
    // Why is told a moment later, to nobody: whoever starts it is told now.
    child.on("error", () => {});
    if (child.pid !== undefined) return new ChildProcess(child, child.pid);
    throw new NotFound(`Cannot start ${this.#program}: it is not there, or may not be started`);
  }
}

/** A program that was started. */
export class ChildProcess {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when it has ended. */
  readonly status: Promise<CommandStatus>;
  readonly #child: ChildProcessWithoutNullStreams;

  constructor(child: ChildProcessWithoutNullStreams, pid: number) {
    this.#child = child;
    this.pid = pid;
    this.stdin = inputOf(child.stdin);
    this.stdout = Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>;
    this.stderr = Readable.toWeb(child.stderr) as ReadableStream<Uint8Array>;
    this.status = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve({ code: code ?? 1, signal }))
    );
  }

  /** Signals it; nothing happens when it has ended. */
  kill(signal: Signal): void {
    this.#child.kill(signal);
  }
}

/** What is written has been taken by the system, or the write fails: Node's own adapter would tell of neither. */
function inputOf(input: Writable): WritableStream<Uint8Array> {
  // It is told to whoever writes.
  input.on("error", () => {});
  const done = (resolve: () => void, reject: (error: unknown) => void) => (error?: Error | null) =>
    error ? reject(systemError(error)) : resolve();
  return new WritableStream({
    write: (bytes) => new Promise((resolve, reject) => input.write(bytes, done(resolve, reject))),
    close: () => new Promise((resolve, reject) => input.end(done(resolve, reject))),
    abort: () => void input.destroy(),
  });
}

/** Signals a process; a group of them where the number is negative. */
export function kill(pid: number, signal: Signal): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    throw systemError(error);
  }
}
