/** How long a process may take to end when asked, before it is made to. */
const GRACE_MS = 2000;
/** How much of what a process says of its troubles is kept. */
const LAST_WORDS_CHARACTERS = 2000;

/** A process that the bench started, and ends. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Resolves once it has ended. */
  readonly ended: Promise<void>;
  /** The last it said on standard error; nothing of one that is not heard. */
  lastWords(): string;
}

/** How a process is started. */
export interface StartOptions {
  readonly cwd?: string;
  /** On top of the variables of the bench itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether its standard error is read; it is thrown away otherwise. */
  readonly isHeard?: boolean;
}

/** Every process of one run of the bench, so that none outlives it. */
export class Children {
  readonly #running = new Set<Deno.ChildProcess>();
  #over = false;

  /** Starts a process. */
  start(
    program: string,
    args: readonly string[],
    { cwd, env, isHeard = true }: StartOptions = {},
  ): Child {
    if (this.#over) throw new Error(`Cannot start ${program}: the bench is being ended`);
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: isHeard ? "piped" : "null",
      env: { NO_COLOR: "1", ...env },
      ...(cwd === undefined ? {} : { cwd }),
    }).spawn();
    this.#running.add(child);
    return watched(child, child.status.then(() => void this.#running.delete(child)), isHeard);
  }

  /** Ends all of them at once, and starts no more: somebody has asked for the end. */
  endAll(): void {
    this.#over = true;
    for (const child of this.#running) signal(child, "SIGKILL");
  }
}

function watched(child: Deno.ChildProcess, ended: Promise<void>, isHeard: boolean): Child {
  let said = "";
  const listening = isHeard && child.stderr.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(text: string): void {
        said = (said + text).slice(-LAST_WORDS_CHARACTERS);
      },
    }),
  );
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    lastWords: () => said.trim(),
    async [Symbol.asyncDispose](): Promise<void> {
      const insist = setTimeout(() => signal(child, "SIGKILL"), GRACE_MS);
      signal(child, "SIGTERM");
      await ended;
      clearTimeout(insist);
      await listening;
    },
  };
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch {
    // It has ended by itself.
  }
}
