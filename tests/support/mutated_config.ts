import { BROKEN_FILES } from "../corpus/broken.ts";
import { VALID_FILES } from "../corpus/valid.ts";
import type { Random } from "./random.ts";

const encoder = new TextEncoder();
const files = [
  ...VALID_FILES,
  ...BROKEN_FILES.flatMap(({ head, rows }) => rows.map(([text]) => head + text)),
].map((text) => encoder.encode(text));
const valid = files.slice(0, VALID_FILES.length);

/** What is put in somewhere. */
export const ODD: readonly string[] = [
  ..."\0\x01\x07\x1b\x7f\r\n\t \"'\\#=.,[]{}-+_:*?/@%é😀",
  ..."\u0085\u00a0\u00ad\u0301\u200b\u202e\u2028\ufeff\ufffe\u{e0001}\u{10ffff}",
  ...["\r\n", "\\u", "\\U0010FFFF", '"""', "'''", "[[", "]]", "0x", "nan", "-inf", "1e400"],
  ...["__proto__", "constructor", "toString", "__proto__.x = 1\n", "length = 1\n"],
  ...["9".repeat(400), `0x${"f".repeat(400)}`, "1979-05-27T07:32:00Z", "true", "[]", "{}", '""'],
  ...["[network]\n", "[[network]]\n", "[network.limits]\n", "[network.rules]\n", "network = 1\n"],
  ...["a.".repeat(200), "[".repeat(200), "{a=".repeat(200), "]".repeat(200), "x".repeat(5000)],
  ...['"http://me:secret@a.test/"', '"*.com"', '"\\u0000"', '"\\ud800"'],
];

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, random) {
    const flipped = bytes.slice();
    for (let times = random.below(3); times >= 0; times--) {
      const at = random.below(Math.max(1, bytes.length));
      if (at < flipped.length) flipped[at]! ^= 1 << random.below(8);
    }
    return flipped;
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.below(bytes.length + 1));
  },
  function cutOut(bytes, random) {
    const from = random.below(bytes.length + 1);
    return concat(bytes.slice(0, from), bytes.slice(from + 1 + random.below(12)));
  },
  function splice(bytes, random) {
    const other = random.pick(files);
    const from = random.below(other.length + 1);
    return concat(bytes.slice(0, random.below(bytes.length + 1)), other.slice(from));
  },
  function putIn(bytes, random) {
    const at = random.below(bytes.length + 1);
    const odd = encoder.encode(random.pick(ODD));
    return concat(bytes.slice(0, at), odd, bytes.slice(at));
  },
  function replaceValue(bytes, random) {
    return edited(bytes, (lines) => {
      const at = random.below(lines.length);
      return lines.with(at, lines[at]!.replace(/=.*/, () => `= ${random.pick(ODD)}`));
    });
  },
  function doubleLine(bytes, random) {
    return edited(bytes, (lines) => {
      const line = random.pick(lines);
      return lines.toSpliced(random.below(lines.length + 1), 0, line);
    });
  },
  function swapLines(bytes, random) {
    return edited(bytes, (lines) => {
      const [a, b] = [random.below(lines.length), random.below(lines.length)];
      return lines.with(a, lines[b]!).with(b, lines[a]!);
    });
  },
];

function edited(bytes: Uint8Array, edit: (lines: string[]) => string[]): Uint8Array {
  return encoder.encode(edit(new TextDecoder().decode(bytes).split("\n")).join("\n"));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** A configuration to which something happened: mostly one that loads, and mostly one thing. */
export function mutatedConfig(random: Random): Uint8Array {
  let bytes: Uint8Array = random.below(8) === 0 ? random.pick(files) : random.pick(valid);
  for (let times = random.pick([0, 0, 0, 0, 0, 1, 3]); times >= 0; times--) {
    bytes = random.pick(MUTATIONS)(bytes, random);
  }
  return bytes;
}
