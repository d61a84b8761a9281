import type { Clock } from "../../net/ports.ts";
import { openOwn } from "./open_own.ts";

/** How long whoever writes waits for the others. They hold the lock for milliseconds. */
export const LOCK_WAIT_MS = 2000;
/** How often is looked. */
const LOCK_POLL_MS = 20;

/** What is in it is small; more is not ours. */
const TEXT_BYTES_MAX = 64 * 1024;
/** It grows by whole blocks, so that a full disk refuses no change of what is in it. */
const BLOCK_BYTES = 4096;

/** The file beside a log that whoever writes the log locks, and that may hold a line about it. */
export interface Sidecar extends Disposable {
  /** What it holds, up to its first line end; empty where it holds nothing, or half a line. */
  readonly read: () => Promise<string>;
  /** Puts a line in the place of what it held, at once. */
  readonly write: (line: string) => Promise<void>;
}

/**
 * Locks the file beside a log. Throws when another process holds it for too long, which may be one that is stopped.
 * When a process ends, however it ends, the system takes its locks back.
 */
export async function lockSidecar(
  path: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Sidecar> {
  const { file } = await openOwn(path, { append: false, isBeside: true });
  try {
    await lock(file, path, clock, signal);
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    read: () => firstLine(file),
    write: (line) => overwrite(file, line),
    [Symbol.dispose]: () => release(file),
  };
}

/** The lock would go with the file, but for a moment in which a process that begins has all of our files. */
function release(file: Deno.FsFile): void {
  try {
    file.unlockSync();
  } catch {
    // There was none to give back.
  }
  file.close();
}

async function lock(file: Deno.FsFile, path: string, clock: Clock, signal: AbortSignal) {
  const until = clock.monotonic() + LOCK_WAIT_MS;
  while (!(await tryLock(file))) {
    if (clock.monotonic() >= until) throw new Error(`another process holds ${path}`);
    await clock.wait(LOCK_POLL_MS, signal);
  }
}

async function tryLock(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch {
    // Some file systems have no locks. There every process is on its own: whole lines are appended at once.
    return true;
  }
}

/** The first line of a small file; empty where it has none. */
export async function firstLine(file: Deno.FsFile): Promise<string> {
  await file.seek(0, Deno.SeekMode.Start);
  const bytes = new Uint8Array(TEXT_BYTES_MAX);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  const end = bytes.subarray(0, length).indexOf(0x0a);
  return end === -1 ? "" : new TextDecoder().decode(bytes.subarray(0, end));
}

async function overwrite(file: Deno.FsFile, line: string): Promise<void> {
  const text = new TextEncoder().encode(`${line}\n`);
  const bytes = new Uint8Array(Math.ceil(text.length / BLOCK_BYTES) * BLOCK_BYTES).fill(0x20);
  bytes.set(text);
  await file.seek(0, Deno.SeekMode.Start);
  const count = await file.write(bytes);
  if (count < text.length) throw new Error("the disk is full");
}
