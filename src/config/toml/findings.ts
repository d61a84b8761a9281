import type { Notice } from "../config.ts";
import type { ConfigFault } from "../errors.ts";
import { escapeControls, quote } from "./printable.ts";
import { printableOverride } from "./printable_override.ts";
import type { Place } from "./located.ts";

/** The longest that we write ourselves fits, with what it quotes. */
const MESSAGE_MAX = 1200;

interface Finding {
  readonly place: Place;
  readonly message: string;
}

/** Collects what is wrong and what is worth saying, so that a person mends a file in one go. */
export class Findings {
  readonly #faults: Finding[] = [];
  readonly #notices: Finding[] = [];

  /** Something that makes the configuration unusable. */
  fault(place: Place, message: string): void {
    this.#faults.push({ place, message });
  }

  /** Something a person should know. */
  notice(place: Place, message: string): void {
    this.#notices.push({ place, message });
  }

  /** The faults, in the order of the file, then of the flags; each once, however often it was told. */
  faults(): readonly ConfigFault[] {
    return inOrder(this.#faults);
  }

  /** The notices, in the same order. */
  notices(): readonly Notice[] {
    return inOrder(this.#notices);
  }
}

function inOrder(findings: readonly Finding[]) {
  return once(findings).toSorted((a, b) => compare(a.place, b.place)).map(({ place, message }) => ({
    origin: place.origin,
    message: cut(escapeControls(
      place.flag === null ? message : `in ${quote(printableOverride(place.flag))}: ${message}`,
    )),
  }));
}

/** A message may name a key, and a key is as long as whoever writes it likes; or a URL, with a password in it. */
function cut(message: string): string {
  const clean = message.replaceAll(/\/\/[^\s/?#]*@/g, "//…@");
  return clean.length > MESSAGE_MAX ? `${clean.slice(0, MESSAGE_MAX)}…` : clean;
}

/** What is written once may be read in more than one way. */
function once(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map(findings.map((finding) => [keyOf(finding), finding]));
  return [...seen.values()];
}

function keyOf({ place: { origin, rank }, message }: Finding): string {
  return JSON.stringify([rank, origin.file, origin.line, origin.column, message]);
}

function compare(a: Place, b: Place): number {
  return a.rank - b.rank ||
    (a.origin.line ?? 0) - (b.origin.line ?? 0) ||
    (a.origin.column ?? 0) - (b.origin.column ?? 0);
}
