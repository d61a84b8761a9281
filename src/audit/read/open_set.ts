import type { Clock } from "../../net/ports.ts";
import { type ChainHead, parseChainHead } from "../file/chain_head.ts";
import { firstLine } from "../file/sidecar.ts";

/** One of the files of a log, open. */
export interface SetFile {
  readonly path: string;
  /** 0 for the newest. */
  readonly number: number;
  readonly file: Deno.FsFile;
  /** How long it was when all were opened. */
  readonly size: number;
}

/** A log with the files that were put aside, as they were at one moment. */
export interface LogSet extends Disposable {
  /** The oldest first. */
  readonly files: readonly SetFile[];
  /** What the sidecar says of a chain; null where there is none, and `bad` where it cannot be told. */
  readonly head: ChainHead | "bad" | null;
}

/** How long to wait for those who write. */
const WAIT_MS = 2000;
const POLL_MS = 20;

/**
 * Opens all files of a log while nobody writes them. What is read later is what was there then.
 *
 * @throws {Deno.errors.NotFound} when there is none
 */
export async function openSet(path: string, clock: Clock): Promise<LogSet> {
  const files: SetFile[] = [];
  const close = () => files.forEach(({ file }) => file.close());
  try {
    using sidecar = await openIfThere(`${path}.lock`);
    await lock(sidecar, clock);
    const text = sidecar === null ? "" : await firstLine(sidecar);
    const head = parseChainHead(text) ?? (text.trim() === "" ? null : "bad");
    for (const number of await numbersOf(path)) {
      const name = number === 0 ? path : `${path}.${number}`;
      const file = await openIfThere(name);
      if (file === null) continue;
      files.push({ path: name, number, file, size: (await file.stat()).size });
    }
    await sidecar?.unlock().catch(() => {
      // There was none to give back.
    });
    if (files.length === 0) throw new Deno.errors.NotFound("there is no such file");
    return { files, head, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The numbers of the files that were put aside, the highest first, and 0 for the newest. */
async function numbersOf(path: string): Promise<readonly number[]> {
  const slash = Deno.build.os === "windows" ? /[^\\/]*$/ : /[^/]*$/;
  const at = path.search(slash);
  const name = path.slice(at);
  const numbers = [0];
  for await (const entry of Deno.readDir(path.slice(0, at) || ".")) {
    if (!entry.name.startsWith(`${name}.`)) continue;
    const number = entry.name.slice(name.length + 1);
    if (NUMBER_REGEXP.test(number)) numbers.push(Number(number));
  }
  return numbers.sort((a, b) => b - a);
}

/** As they are written; more than are ever kept. */
const NUMBER_REGEXP = /^[1-9][0-9]{0,3}$/;

/** Opens one file to read it. */
export async function openLog(path: string): Promise<Deno.FsFile> {
  return await Deno.open(path);
}

async function openIfThere(path: string): Promise<Deno.FsFile | null> {
  try {
    // A pipe that nobody writes to would not even open.
    if (!(await Deno.stat(path)).isFile) throw new Error(`${path} is not a file`);
    return await openLog(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Waits a moment for the lock. Whoever holds it for longer is stopped, and writes nothing. */
async function lock(sidecar: Deno.FsFile | null, clock: Clock): Promise<void> {
  const until = clock.monotonic() + WAIT_MS;
  while (sidecar !== null && !(await tryLock(sidecar)) && clock.monotonic() < until) {
    await clock.wait(POLL_MS, NEVER);
  }
}

async function tryLock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(false);
  } catch {
    // Some file systems have no locks.
    return true;
  }
}

const NEVER = new AbortController().signal;
