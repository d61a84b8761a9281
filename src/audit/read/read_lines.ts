// A log read from its beginning, of any length, a piece of it at a time.

/** A line of a log. */
export interface RawLine {
  readonly text: string;
  /** Why it cannot be read, as a clause about it; null where it can. */
  readonly fault: string | null;
}

/** What is read at once. */
const CHUNK_BYTES = 256 * 1024;
/** No record comes near it. A file without line ends must not fill the memory. */
export const LINE_BYTES_MAX = 2 * 1024 * 1024;

const LINE_END = 0x0a;

/**
 * Reads lines, many at a time. The last one, if it has no end, is a fault; so is one that is no text. After one that is
 * too long nothing follows.
 *
 * @param read as `Deno.FsFile.read`
 * @param bytesMax where to stop: what comes later was written meanwhile
 */
export async function* readLines(
  read: (into: Uint8Array) => Promise<number | null>,
  bytesMax = Infinity,
): AsyncGenerator<readonly RawLine[]> {
  let held = new Uint8Array(0);
  let left = bytesMax;
  while (left > 0) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
    const count = await read(chunk);
    if (count === null) break;
    left -= count;
    held = joined(held, chunk.subarray(0, count));
    const end = held.lastIndexOf(LINE_END) + 1;
    if (end > 0) yield decode(held.subarray(0, end));
    held = held.subarray(end);
    if (held.length > LINE_BYTES_MAX) {
      yield [{ text: "", fault: "it is longer than any record" }];
      return;
    }
  }
  if (held.length > 0) yield [{ text: "", fault: "it is cut: it has no line end" }];
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Whole lines. They are decoded together, as long as they are text. */
function decode(bytes: Uint8Array): readonly RawLine[] {
  try {
    return strict.decode(bytes).split("\n").slice(0, -1).map((text) => ({ text, fault: null }));
  } catch {
    return decodeEach(bytes);
  }
}

function decodeEach(bytes: Uint8Array): readonly RawLine[] {
  const lines: RawLine[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(LINE_END, at);
    lines.push(decodeLine(bytes.subarray(at, end)));
    at = end + 1;
  }
  return lines;
}

function decodeLine(bytes: Uint8Array): RawLine {
  try {
    return { text: strict.decode(bytes), fault: null };
  } catch {
    return { text: "", fault: "it is no text in UTF-8" };
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
