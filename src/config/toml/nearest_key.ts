import { quote } from "./printable.ts";

/** Says that a key is unknown, and which one was meant or which ones there are. */
export function unknownKey(key: string, known: readonly string[], where: string): string {
  const nearest = nearestKey(key, known);
  if (nearest !== null) return `unknown key ${quote(key)}: did you mean "${nearest}"?`;
  return `unknown key ${quote(key)}: remove it; the keys of ${where} are ${known.join(", ")}`;
}

/** The known key that `key` most likely stands for; null when none is close. */
export function nearestKey(key: string, known: readonly string[]): string | null {
  if (key.length > 64) return null; // the work grows with the square, and no key is half as long
  let nearest: string | null = null;
  let best = Infinity;
  for (const candidate of known) {
    const distance = editDistance(plain(key), plain(candidate));
    if (distance < best && distance <= Math.max(1, Math.floor(candidate.length / 4))) {
      nearest = candidate;
      best = distance;
    }
  }
  return nearest;
}

/** `allowedDomains` and `allowed-domains` are other spellings of `allowed_domains`, not slips. */
function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, "");
}

/** How many letters to add, drop, change or swap with a neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : Infinity;
      row.push(Math.min(change, above[j]! + 1, row[j - 1]! + 1, swap));
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
