import { Transcript } from "./transcript.ts";

/** How a program is started. It sees these variables and no others. */
export interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What it came to. */
export interface Ended {
  /** Its exit code; 128 + n when signal n ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as it came. */
  readonly bytes: Uint8Array;
}

/** A program that was started. Disposing of it ends it. */
export interface RunningProgram extends AsyncDisposable {
  readonly pid: number;
  readonly stdout: Transcript;
  readonly stderr: Transcript;
  readonly stdin: WritableStreamDefaultWriter<Uint8Array>;
  /** Resolves when it has ended and its streams have. Rejects when it had to be killed. */
  readonly ended: Promise<Ended>;
  /** Sends a signal to it alone; nothing happens when it has ended. */
  kill(signal: Deno.Signal): void;
}

/** No program of the tests takes that long, whatever else the machine does; those of the long ones may. */
const PROGRAM_MS = Deno.env.get("DOORWARD_TEST_LONG") ? 180_000 : 60_000;
/** Programs that it leaves behind may hold its streams open for that long. */
const STREAMS_MS = 5_000;

/** Starts a program. */
export function startProgram(
  words: readonly string[],
  options: ProgramOptions,
): RunningProgram {
  const child = spawn(words, options);
  const stdout = new Transcript(child.stdout);
  const stderr = new Transcript(child.stderr);
  const stdin = child.stdin.getWriter();
  let alive = true;
  child.status.then(() => {
    alive = false;
  });
  const ended = endOf(child, stdout, stderr, words.join(" "));
  ended.catch(() => {
    // Whoever waits for it learns of it.
  });
  const kill = (signal: Deno.Signal) => {
    if (alive) child.kill(signal);
  };
  return {
    pid: child.pid,
    stdout,
    stderr,
    stdin,
    ended,
    kill,
    async [Symbol.asyncDispose](): Promise<void> {
      await stdin.close().catch(() => {
        // It has been closed, or nobody reads any more.
      });
      kill("SIGTERM");
      await ended;
    },
  };
}

/** Runs a program to its end, with nothing to read but `input`. */
export async function runProgram(
  words: readonly string[],
  options: ProgramOptions & { readonly input?: Uint8Array },
): Promise<Ended> {
  const program = startProgram(words, options);
  await feed(program, options.input);
  return await program.ended;
}

function spawn([program, ...args]: readonly string[], { env, cwd }: ProgramOptions) {
  return new Deno.Command(program!, {
    args,
    clearEnv: true,
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function endOf(
  child: Deno.ChildProcess,
  stdout: Transcript,
  stderr: Transcript,
  name: string,
): Promise<Ended> {
  const late = await limited(child.status, PROGRAM_MS, () => child.kill("SIGKILL"));
  const streams = Promise.all([stdout.ended, stderr.ended]);
  const held = await limited(streams, STREAMS_MS, async () => {
    await Promise.all([stdout.stop(), stderr.stop()]);
  });
  const { code } = await child.status;
  const fault = late ? "did not end" : held ? "left its streams to another" : null;
  if (fault !== null) throw new Error(`"${name}" ${fault}: ${stdout.text}${stderr.text}`);
  return { code, stdout: stdout.text, stderr: stderr.text, bytes: stdout.bytes };
}

/** Waits for something, and stops it when it takes longer than `ms`. Resolves to whether it did. */
async function limited(done: Promise<unknown>, ms: number, stop: () => void): Promise<boolean> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, ms);
  await done.finally(() => clearTimeout(timer));
  return late;
}

async function feed({ stdin }: RunningProgram, input: Uint8Array | undefined): Promise<void> {
  try {
    if (input !== undefined) await stdin.write(input);
    await stdin.close();
  } catch {
    // It ended without reading everything, as it may.
  }
}

/** Where servers are that are on nobody's PATH but root's. */
const SERVER_FOLDERS = ["/usr/sbin", "/usr/local/sbin"];

/** Where a program of this name is; null when there is none. */
export function whereIs(name: string): string | null {
  const windows = Deno.build.os === "windows";
  const path = (Deno.env.get("PATH") ?? "").split(windows ? ";" : ":");
  const folders = windows ? path : [...path, ...SERVER_FOLDERS];
  const names = windows ? [`${name}.exe`, `${name}.cmd`] : [name];
  const places = folders.flatMap((folder) => names.map((file) => `${folder}/${file}`));
  return places.find(isFile) ?? null;
}

/** That path; null when there is no file. */
export function fileAt(path: string): string | null {
  return isFile(path) ? path : null;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
