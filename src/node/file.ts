import * as fs from "node:fs";
import { promisify } from "node:util";
import { NotSupported, orSystemError } from "./errors.ts";
import { type FileInfo, fileInfo } from "./paths.ts";

/** How a file is opened. */
export interface OpenOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  /** What is written goes to the end. */
  readonly append?: boolean;
  /** Makes it if it is not there. */
  readonly create?: boolean;
  /** Makes it, and fails if it is there. */
  readonly createNew?: boolean;
  /** The permission bits of a new one. */
  readonly mode?: number;
}

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;

const openFile = promisify(fs.open);
const readFile = promisify(fs.read);
const writeFile = promisify(fs.write);
const statFile = promisify(fs.fstat) as (descriptor: number) => Promise<fs.Stats>;
const syncFile = promisify(fs.fsync);
const truncateFile = promisify(fs.ftruncate);

/** From where {@linkcode FsFile.seek} counts. */
export const SeekMode = { Start: 0 } as const;

/** Opens a file. */
export async function open(path: string, options: OpenOptions): Promise<FsFile> {
  const descriptor = await orSystemError(openFile(path, flagsOf(options), options.mode ?? 0o666));
  return new FsFile(descriptor, options.append === true);
}

function flagsOf({ read, write, append, create, createNew }: OpenOptions): number {
  const writes = write === true || append === true;
  return (writes ? read === true ? O_RDWR : O_WRONLY : O_RDONLY) |
    (append === true ? O_APPEND : 0) |
    (createNew === true ? O_CREAT | O_EXCL : create === true ? O_CREAT : 0);
}

/** An open file. It is a descriptor, and not Node's FileHandle: that one cannot be closed at once. */
export class FsFile implements Disposable {
  readonly #descriptor: number;
  readonly #appends: boolean;
  /** Node cannot set the system's own position: from the first seek on it is kept here. */
  #position: number | null = null;
  #isOpen = true;

  constructor(descriptor: number, appends: boolean) {
    this.#descriptor = descriptor;
    this.#appends = appends;
  }

  /** Where the next read begins, and the next write, unless it appends. */
  seek(offset: number, _from: typeof SeekMode.Start): Promise<number> {
    this.#position = offset;
    return Promise.resolve(offset);
  }

  /** Reads from where the last read ended; null at the end. */
  async read(into: Uint8Array): Promise<number | null> {
    const { bytesRead } = await orSystemError(
      readFile(this.#descriptor, into, 0, into.length, this.#position),
    );
    this.#moveBy(bytesRead);
    return bytesRead === 0 && into.length > 0 ? null : bytesRead;
  }

  /** Writes some of the bytes; resolves to how many. */
  async write(bytes: Uint8Array): Promise<number> {
    const at = this.#appends ? null : this.#position;
    const { bytesWritten } = await orSystemError(
      writeFile(this.#descriptor, bytes, 0, bytes.length, at),
    );
    if (!this.#appends) this.#moveBy(bytesWritten);
    return bytesWritten;
  }

  /** Cuts it to this length. */
  async truncate(length: number): Promise<void> {
    await orSystemError(truncateFile(this.#descriptor, length));
  }

  async stat(): Promise<FileInfo> {
    return fileInfo(await orSystemError(statFile(this.#descriptor)));
  }

  /** Resolves when all is on the disk. */
  async sync(): Promise<void> {
    await orSystemError(syncFile(this.#descriptor));
  }

  /** Rejects: Node cannot lock files. */
  lock(_exclusive: boolean): Promise<void> {
    return Promise.reject(noLocks());
  }

  /** Rejects, as {@linkcode FsFile.lock} does. */
  tryLock(_exclusive: boolean): Promise<boolean> {
    return Promise.reject(noLocks());
  }

  /** Throws: there was none to give back. */
  unlockSync(): void {
    throw noLocks();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    fs.closeSync(this.#descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #moveBy(count: number): void {
    if (this.#position !== null) this.#position += count;
  }
}

function noLocks(): NotSupported {
  return new NotSupported("Cannot lock a file: Node has no locks");
}
