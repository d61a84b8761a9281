import { CHAIN_START, chainValue, type Link, link, unlink } from "./chain.ts";
import { type ChainHead, parseChainHead, printChainHead } from "./chain_head.ts";
import type { Sidecar } from "./sidecar.ts";
import type { OpenFile } from "./open_own.ts";
import { readTail, SHORT_TAIL_BYTES, TAIL_BYTES_MAX } from "./tail.ts";

/** What a chain is found from. */
export interface ChainPlace {
  readonly sidecar: Pick<Sidecar, "read" | "write">;
  /** The newest file. */
  readonly log: OpenFile;
  readonly size: number;
  /** The file that was put aside last; null where there is none. */
  readonly aside: () => Promise<OpenFile | null>;
  /** How many files are kept beside the newest. */
  readonly filesKept: number;
}

/** A chain while its lock is held: where it has got to, written down beside the log. */
export class ChainBook {
  readonly #sidecar: ChainPlace["sidecar"];
  readonly #filesKept: number;
  #head: ChainHead;

  constructor({ sidecar, filesKept }: ChainPlace, head: ChainHead) {
    this.#sidecar = sidecar;
    this.#filesKept = filesKept;
    this.#head = head;
  }

  /** Makes links of lines that are to be written next, and writes down that they may come. */
  async announce(lines: readonly string[]): Promise<readonly Link[]> {
    let { last } = this.#head;
    const links = lines.map((line) => {
      const made = link(last, line);
      last = made.value;
      return made;
    });
    await this.#write({ ...this.#head, upTo: this.#head.lines + lines.length });
    return links;
  }

  /** Writes down how many of those are there. */
  async arrived(links: readonly Link[]): Promise<void> {
    const lines = this.#head.lines + links.length;
    await this.#write({
      ...this.#head,
      lines,
      upTo: lines,
      last: links.at(-1)?.value ?? this.#head.last,
    });
  }

  /** Writes down that a new file begins. */
  async begun(): Promise<void> {
    const { starts, last } = this.#head;
    await this.#write({ ...this.#head, starts: [last, ...starts].slice(0, this.#filesKept + 1) });
  }

  async #write(head: ChainHead): Promise<void> {
    this.#head = head;
    await this.#sidecar.write(printChainHead(head));
  }
}

/**
 * Finds where the chain of a log has got to. What the sidecar says counts: where the log does not end so, the next line
 * will not fit, and whoever verifies it is told. A writer that was ended in the midst is no such case.
 *
 * @param diagnose told where it does not fit
 */
export async function openChainBook(
  place: ChainPlace,
  diagnose: (why: string) => void,
): Promise<ChainBook> {
  const head = parseChainHead(await place.sidecar.read());
  const last = await lastValue(place.log.file, place.size);
  if (head === null) {
    if (last !== null) {
      diagnose("nobody knows any more where its chain ended: it goes on from here");
    }
    return new ChainBook(place, {
      lines: 0,
      last: last ?? CHAIN_START,
      upTo: 0,
      // Of a log without a chain the first link is the first of all.
      starts: [last === null ? CHAIN_START : null],
    });
  }
  if ((last ?? head.starts[0]) === head.last) return new ChainBook(place, head);
  const resumed = await resume(place, head);
  if (resumed === null) diagnose("it does not end where its chain does: somebody has changed it");
  return new ChainBook(place, resumed ?? head);
}

/** The value that the last line ends with; null where it is no link. */
async function lastValue(file: Deno.FsFile, size: number): Promise<string | null> {
  const short = await readTail(file, size, SHORT_TAIL_BYTES);
  const isEnough = short.lines.length > 0 || short.isAll;
  const { lines } = isEnough ? short : await readTail(file, size, TAIL_BYTES_MAX);
  return unlink(lines.at(-1) ?? "")?.value ?? null;
}

/** What a writer left behind that did not come to write it down; null where it was none. */
async function resume(place: ChainPlace, head: ChainHead): Promise<ChainHead | null> {
  if (place.size === 0) return await resumeEmpty(place, head);
  const { lines, isAll } = await readTail(place.log.file, place.size, TAIL_BYTES_MAX);
  const at = lines.findLastIndex((line) => unlink(line)?.value === head.last);
  if (at === -1 && !(isAll && head.starts[0] === head.last)) return null;
  let { last } = head;
  const added = lines.slice(at + 1);
  for (const text of added) {
    const found = unlink(text);
    if (found === null || chainValue(last, found.line) !== found.value) return null;
    last = found.value;
  }
  const count = head.lines + added.length;
  return count > head.upTo ? null : { ...head, lines: count, upTo: count, last };
}

/** The file was put aside, and that is not written down yet. */
async function resumeEmpty(place: ChainPlace, head: ChainHead): Promise<ChainHead | null> {
  const aside = await place.aside();
  if (aside === null) return null;
  using file = aside.file;
  const last = await lastValue(file, aside.info.size);
  if (last !== head.last) return null;
  return { ...head, starts: [last, ...head.starts].slice(0, place.filesKept + 1) };
}
