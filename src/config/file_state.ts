/** What tells one state of a file from another without reading it. */
export interface FileState {
  readonly isFile: boolean;
  readonly dev: number;
  /** Null where the system tells none. */
  readonly ino: number | null;
  /** Unix milliseconds; null where the system tells none. */
  readonly mtimeMs: number | null;
  readonly size: number;
  /** Permission bits; null on Windows. */
  readonly mode: number | null;
}

/** Looks at a file, through links; null where there is none. Rejects with what else the system says. */
export async function fileState(file: string): Promise<FileState | null> {
  try {
    const { isFile, dev, ino, mtime, size, mode } = await Deno.stat(file);
    return { isFile, dev, ino, mtimeMs: mtime?.getTime() ?? null, size, mode };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Whether nobody changed or replaced the file between two looks. */
export function sameState(a: FileState | null, b: FileState | null): boolean {
  if (a === null || b === null) return a === b;
  return a.dev === b.dev && a.ino === b.ino && a.mtimeMs === b.mtimeMs && a.size === b.size;
}
