import type { Random } from "../support/random.ts";
import type { FuzzTarget } from "./target.ts";

/** Longer inputs say nothing new: every limit that is looked for lies below. */
const LENGTH_MAX = 40_000;

/** Characters that programs disagree about: digits, dots and slashes that are none, halves, marks, controls. */
const ODD =
  "\0\t\n\r \x1b\x7f\x80\xa0\xad\xe9\xff\u0130\u017f\u0661\u200b\u202e\u2028\u2044\u3002" +
  "\u212a\ud800\udc00\ufeff\uff0e\uff0f\uff11\u{1f600}";

/** An input to which one to four things happened. `other` makes another one, to take a part of. */
export function mutated(
  random: Random,
  input: string,
  target: Pick<FuzzTarget, "kind" | "words">,
  other: () => string,
): string {
  let text = input;
  for (let times = 1 + random.below(4); times > 0; times--) {
    text = change(random, text, target, other);
  }
  return text.slice(0, LENGTH_MAX);
}

function change(
  random: Random,
  text: string,
  target: Pick<FuzzTarget, "kind" | "words">,
  other: () => string,
): string {
  const at = random.below(text.length + 1);
  const end = at + random.pick([0, 1, 1, 2, 5, 20]);
  const [front, middle, back] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  switch (random.below(12)) {
    case 0:
    case 1:
      return front + back;
    case 2:
    case 3:
      return front + character(random, target) + text.slice(at + 1);
    case 4:
      return front + character(random, target) + text.slice(at);
    case 5:
    case 6:
      return front + random.pick(target.words) + text.slice(at);
    case 7:
      return front + random.pick(target.words) + back;
    case 8:
      return front + middle + middle + back;
    case 9: {
      const spare = other();
      return front + spare.slice(random.below(spare.length + 1));
    }
    case 10:
      // ASCII only: other letters would become characters that are no byte.
      return front + middle.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()) + back;
    default:
      // Now and then as long as limits are, since nothing else comes near them.
      return front + middle.repeat(random.below(50) === 0 ? random.below(4000) : 3) + back;
  }
}

/** Mostly one of those that mean something somewhere. */
function character(random: Random, { kind, words }: Pick<FuzzTarget, "kind" | "words">): string {
  switch (random.below(4)) {
    case 0:
      return String.fromCharCode(random.below(kind === "bytes" ? 256 : 128));
    case 1: {
      const odd = ODD[random.below(ODD.length)]!;
      return kind === "bytes" ? String.fromCharCode(odd.charCodeAt(0) & 0xff) : odd;
    }
    default: {
      const word = random.pick(words);
      return word === "" ? "" : word[random.below(word.length)]!;
    }
  }
}
