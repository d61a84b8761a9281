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

const TOO_LONG: RawLine = { text: "", fault: "it is longer than any record" };

/**
 * Reads lines, many at a time. The last one, if it has no end, is a fault; so is one that is no text, or too long to be
 * held.
 *
 * @param read as `Deno.FsFile.read`
 * @param bytesMax where to stop: what comes later was written meanwhile
 */
export async function* readLines(
  read: (into: Uint8Array) => Promise<number | null>,
  bytesMax = Infinity,
): AsyncGenerator<readonly RawLine[]> {
  let held = new Uint8Array(0);
  /** What is held is the rest of a line that was told of. */
  let isRest = false;
  let left = bytesMax;
  while (left > 0) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, left));
    const count = await read(chunk);
    if (count === null) break;
    left -= count;
    held = joined(held, chunk.subarray(0, count));
    if (isRest) {
      const end = held.indexOf(LINE_END) + 1;
      isRest = end === 0;
      held = isRest ? NOTHING : held.subarray(end);
    }
    const end = held.lastIndexOf(LINE_END) + 1;
    if (end > 0) yield decode(held.subarray(0, end));
    held = held.subarray(end);
    if (held.length > LINE_BYTES_MAX) {
      yield [TOO_LONG];
      isRest = true;
      held = NOTHING;
    }
  }
  if (held.length > 0) yield [{ text: "", fault: "it is cut: it has no line end" }];
}

const NOTHING = new Uint8Array(0);

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Whole lines. They are decoded together, as long as they are text. */
function decode(bytes: Uint8Array): readonly RawLine[] {
  // One of them may be too long.
  if (bytes.length > LINE_BYTES_MAX) return decodeEach(bytes);
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
  if (bytes.length > LINE_BYTES_MAX) return TOO_LONG;
  try {
    return { text: strict.decode(bytes), fault: null };
  } catch {
    return { text: "", fault: "it is no text in UTF-8" };
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
