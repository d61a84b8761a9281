import type { Clock } from "../../net/ports.ts";
import { type AuditRecord, POLICY_DECISION, RECORDS_LOST } from "../audit_record.ts";
import { CHAIN_START, unlink } from "../file/chain.ts";
import type { ChainHead } from "../file/chain_head.ts";
import { safeJson } from "../safe_json.ts";
import { ChainCheck } from "./chain_check.ts";
import { type LogSet, openSet } from "./open_set.ts";
import { parseRecord } from "./parse_record.ts";
import { type RawLine, readLines } from "./read_lines.ts";
import { SeqCheck } from "./seq_check.ts";

/** A log in which nothing is wrong. */
export interface Verified {
  readonly kind: "ok";
  readonly files: number;
  readonly records: number;
  readonly decisions: number;
  readonly closes: number;
  /** How many records are known to be lost. */
  readonly lost: number;
  readonly instances: number;
  /** The times of the first and of the last; null where there is none. */
  readonly first: string | null;
  readonly last: string | null;
  /** How many of them are in a chain, and what the last of it ends with. */
  readonly linked: number;
  readonly chain: string | null;
  /** Whether there is a sidecar that knows the end of the chain. */
  readonly isEndKnown: boolean;
}

/** The first thing that is wrong with a log. */
export interface Unverified {
  readonly kind: "bad";
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As a clause about that line. */
  readonly why: string;
}

/**
 * Reads a log from the oldest of its files to the newest, and makes sure that nobody has touched it. Rejects when a file
 * cannot be read.
 *
 * @param expect the chain value that somebody has kept elsewhere; null where nobody has
 */
export async function verifyLog(
  path: string,
  expect: string | null,
  clock: Clock,
): Promise<Verified | Unverified> {
  using set = await openSet(path, clock);
  const absent = absentFile(path, set);
  if (absent !== null) return absent;
  const check = new LogCheck(set, expect);
  let place = { file: path, line: 0 };
  for (const { path: file, number, file: open, size } of set.files) {
    place = { file, line: 0 };
    const unfit = check.enter(number);
    if (unfit !== null) return { kind: "bad", file, line: 1, why: unfit };
    for await (const lines of readLines((into) => open.read(into), size)) {
      for (const line of lines) {
        place.line += 1;
        const why = check.add(line);
        if (why !== null) return { kind: "bad", ...place, why };
      }
    }
  }
  const why = check.end();
  if (why !== null) return { kind: "bad", file: place.file, line: place.line + 1, why };
  return { kind: "ok", files: set.files.length, ...check.counts };
}

/** What the sidecar knows of, and is not there. */
function absentFile(path: string, { files, head }: LogSet): Unverified | null {
  if (head === null) return null;
  if (head === "bad") {
    return { kind: "bad", file: `${path}.lock`, line: 1, why: "it is not what Doorward writes" };
  }
  const there = new Set(files.map(({ number }) => number));
  for (let number = head.starts.length - 1; number >= 0; number--) {
    // One that had begun and held nothing may have been about to be made.
    const held = head.starts[number] !== head.last;
    if (held && !there.has(number)) {
      const file = number === 0 ? path : `${path}.${number}`;
      return { kind: "bad", file, line: 1, why: "it is missing: the whole file is" };
    }
  }
  return null;
}

class LogCheck {
  readonly #chain: ChainCheck;
  readonly #seq: SeqCheck;
  readonly #head: ChainHead | null;
  #counts = { records: 0, decisions: 0, closes: 0, lost: 0 };
  #first: string | null = null;
  #last: string | null = null;

  constructor({ files, head: said }: LogSet, expect: string | null) {
    this.#head = said === "bad" ? null : said;
    const oldest = files[0]!.number;
    const start = this.#startOf(oldest);
    // Nothing gives way to newer lines before something was put aside.
    const mayBeCut = oldest > 0 && start !== CHAIN_START;
    this.#chain = new ChainCheck({ start, mayBeCut, head: this.#head, expect });
    this.#seq = new SeqCheck(mayBeCut);
  }

  /** What is known to stand before a file. */
  #startOf(number: number): string | null {
    return this.#head?.starts[number] ?? null;
  }

  /** Begins with a file. Returns what is wrong with its first line, or null. */
  enter(number: number): string | null {
    return this.#chain.enter(this.#startOf(number));
  }

  get counts(): Omit<Verified, "kind" | "files"> {
    const { links: linked, last: chain } = this.#chain;
    return {
      ...this.#counts,
      instances: this.#seq.instances,
      first: this.#first,
      last: this.#last,
      linked,
      chain,
      isEndKnown: this.#head !== null,
    };
  }

  add({ text, fault }: RawLine): string | null {
    if (fault !== null) return fault;
    const record = parseRecord(text);
    if ("kind" in record) return record.why;
    // What a hash covers needs no other proof that nobody has rewritten it.
    if (unlink(text) === null && safeJson(record) !== text) {
      return "it is not as Doorward writes it";
    }
    const why = this.#chain.add(text) ?? this.#seq.add(record);
    if (why === null) this.#count(record);
    return why;
  }

  end(): string | null {
    return this.#chain.end();
  }

  #count(record: AuditRecord): void {
    this.#counts.records += 1;
    if (record["event.name"] === RECORDS_LOST) this.#counts.lost += record["doorward.lost"];
    else if (record["event.name"] === POLICY_DECISION) this.#counts.decisions += 1;
    else this.#counts.closes += 1;
    this.#first ??= record["event.timestamp"];
    this.#last = record["event.timestamp"];
  }
}
