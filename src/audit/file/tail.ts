// The end of a log: what was written last, and whether that is whole.

/** More than the longest line, and than all that are written at once. */
export const TAIL_BYTES_MAX = 4 * 1024 * 1024;
/** Enough for some lines of the usual length. */
export const SHORT_TAIL_BYTES = 16 * 1024;

const LINE_END = 0x0a;

/** The last lines of a file. */
export interface Tail {
  readonly lines: readonly string[];
  /** Whether those are all. */
  readonly isAll: boolean;
}

/** Reads the whole lines among the last `bytesMax` bytes of a file. */
export async function readTail(file: Deno.FsFile, size: number, bytesMax: number): Promise<Tail> {
  const { bytes, from } = await readEnd(file, size, bytesMax);
  // What is before the first line end is no whole line, unless the file begins there.
  const begin = from === 0 ? 0 : bytes.indexOf(LINE_END) + 1;
  const text = new TextDecoder().decode(bytes.subarray(begin));
  return { lines: text.split("\n").slice(0, -1), isAll: from === 0 };
}

/** Whether a file ends in the middle of a line. */
export async function isTorn(file: Deno.FsFile, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { bytes } = await readEnd(file, size, 1);
  return bytes[0] !== LINE_END;
}

/** Where the last whole line of a file ends; null where it is too far from the end of the file. */
export async function wholeLinesEnd(file: Deno.FsFile, size: number): Promise<number | null> {
  const { bytes, from } = await readEnd(file, size, TAIL_BYTES_MAX);
  const at = bytes.lastIndexOf(LINE_END);
  return at === -1 && from > 0 ? null : from + at + 1;
}

async function readEnd(file: Deno.FsFile, size: number, max: number) {
  const from = Math.max(0, size - max);
  const bytes = new Uint8Array(size - from);
  await file.seek(from, Deno.SeekMode.Start);
  let length = 0;
  while (length < bytes.length) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return { bytes: bytes.subarray(0, length), from };
}
