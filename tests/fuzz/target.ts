import { type Random, seededRandom } from "../support/random.ts";

/** One parser, what it is fed, and what has to hold whatever that is. */
export interface FuzzTarget {
  /** As the command line and the file of its corpus name it. */
  readonly name: string;
  /** What an input is: bytes, a character each, or any text at all. */
  readonly kind: "bytes" | "text";
  /** What inputs are made of, and what they must not be made of. */
  readonly words: readonly string[];
  /** Of a number of inputs that is asked for, one in so many is enough: it takes long. Absent, all. */
  readonly oneIn?: number;
  /** An input by grammar: right, or nearly so. */
  any(random: Random): string;
  /** Throws where a property does not hold. It depends on the input alone, so that what fails can be made smaller. */
  check(input: string): void | Promise<void>;
}

/** Chance that is the same each time the same input is checked: where it is cut, for one. */
export function chanceOf(input: string): Random {
  let hash = 0x811c9dc5;
  for (let at = 0; at < input.length; at++) {
    hash = Math.imul(hash ^ input.charCodeAt(at), 0x01000193);
  }
  return seededRandom(hash);
}

/** Up to `most` of these words, one behind the other. */
export function anyWords(random: Random, words: readonly string[], most: number): string {
  let text = "";
  for (let left = random.below(most + 1); left > 0; left--) text += random.pick(words);
  return text;
}
