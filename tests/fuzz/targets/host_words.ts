// What hosts are made of, and what they must not be made of.
import type { Random } from "../../support/random.ts";

/** Labels, numbers, addresses and signs that mean something to some reader. */
export const HOST_WORDS: readonly string[] = [
  ...["example", "com", "a", "A-b", "_x", "localhost", "xn--", "xn--p1ai", "xn--pple-43d", "xn--a"],
  ...["127", "0", "1", "010", "0x7f", "0X", "255", "256", "2130706433", "4294967296", "00", "0x"],
  ...["::", "::1", "fe80", "ffff", ":", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "[", "]", "[::1]"],
  ...[".", "..", "-", "%", "%25lo", "%2e", "%00", "@", "/", "\\", "#", "?", "*", "user:p@", "!"],
  ...["\u3002", "\uff0e", "\uff11", "fa\xdf", "\u24d4", "\xad", "\u200d", "\u0130", "\ud800", " "],
  ...[
    "\t",
    "\n",
    "\0",
    "\x7f",
    ":80",
    ":0",
    ":65536",
    ":00080",
    ":+80",
    "a".repeat(63),
    "b.".repeat(120),
  ],
];

/** A host, mostly one that is right, in one of its spellings. */
export function anyHost(random: Random): string {
  switch (random.below(6)) {
    case 0:
      return anyQuad(random);
    case 1:
      return `[${anyIpv6(random)}]`;
    case 2:
      return random.pick(HOST_WORDS) + random.pick(HOST_WORDS) + random.pick(HOST_WORDS);
    default:
      return anyName(random);
  }
}

/** One to four labels, and perhaps the dot of the root. */
export function anyName(random: Random): string {
  let name = anyLabel(random);
  for (let more = random.below(4); more > 0; more--) name += `.${anyLabel(random)}`;
  return name + (random.below(8) === 0 ? "." : "");
}

/** An address of IPv6, mostly a right one. */
export function anyIpv6(random: Random): string {
  const groups = Array.from(
    { length: random.pick([8, 8, 8, 7, 9, 3]) },
    () => random.pick(["0", "0", "0", "ffff", random.below(65536).toString(16), "00ab", "5efe"]),
  );
  if (random.below(4) === 0) groups.splice(-2, 2, anyQuad(random));
  if (random.below(2) === 0) {
    const at = random.below(groups.length);
    groups.splice(at, 1 + random.below(groups.length - at), at === 0 ? ":" : "");
    if (groups.at(-1) === "") groups.push("");
  }
  return groups.join(":");
}

/** Four numbers, mostly such as an address has. */
export function anyQuad(random: Random): string {
  const number = () => random.pick([random.below(256), random.below(256), random.below(300), 0]);
  const text = `${number()}.${number()}.${number()}.${number()}`;
  return text + (random.below(10) === 0 ? "." : "");
}

function anyLabel(random: Random): string {
  switch (random.below(5)) {
    case 0:
      return random.pick(HOST_WORDS);
    case 1:
      return random.pick(["a", "com", "example", "x-y", "xn--p1ai", "7", "0x1", "010"]);
    default: {
      let label = "";
      for (let left = 1 + random.below(6); left > 0; left--) {
        label += "abcxyzABC0159-_n"[random.below(16)]!;
      }
      return label;
    }
  }
}
