/** Of a file that holds nothing. */
const LOCK_MODE = 0o600;

/**
 * Does some work while no other process does work under the same lock. The lock is a file that stays; when a
 * process ends, however it ends, the system takes its locks back.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  using file = await openLock(path);
  await file.lock(true).catch(() => {
    // Some file systems have no locks. There the work is done all the same: what it writes is never overwritten.
  });
  return await work();
}

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode: LOCK_MODE });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // Nothing is written to it, so that a link leads to no harm; a pipe would have us wait.
    if ((await Deno.lstat(path)).isFile) return await Deno.open(path, { write: true });
    throw new Error(`Cannot lock ${path}: it is not a file; remove it`, { cause: error });
  }
}
