/** Numbers that look random and are the same in every run with the same seed. */
export interface Random {
  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number;
  /** One of `items`. */
  pick<T>(items: readonly T[]): T;
  /** Text of up to `lengthMax` characters out of `alphabet`. */
  text(alphabet: string, lengthMax: number): string;
}

/** Mulberry32: 32 bits of state are plenty for test data. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const below = (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const text = (alphabet: string, lengthMax: number): string => {
    const characters = [...alphabet];
    return Array.from({ length: below(lengthMax + 1) }, () => pick(characters)).join("");
  };
  return { below, pick, text };
}

/** The text in pieces of any sizes. */
export function pieces(random: Random, text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + 1 + random.below(random.pick([1, 3, 10, 100]));
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}
