import { type HostPattern, wildcardBase } from "./host_pattern.ts";
import { headMatches } from "./label_glob.ts";
import type { Protocol } from "./request.ts";
import { appliesTo, type Rule } from "./rule.ts";

const DOT = 0x2e;
const HASH_SEED = 0x811c9dc5 | 0;

type NamePattern = Extract<HostPattern, { kind: "exact" | "suffix" | "glob" }>;

/** A rule about names, in the table under `base`: the labels that its pattern spells out at the end. */
interface Entry {
  readonly base: string;
  readonly hash: number;
  readonly rule: Rule;
  readonly pattern: NamePattern;
  /** Where it stands among all rules of its list. */
  readonly order: number;
  /** The labels in front of `base`, for a glob. */
  readonly head: readonly string[];
  /** The next rule with the same base, in the order of the list. */
  readonly next: Entry | null;
}

/**
 * The rules of one list that are about names. One hash table holds them all under the labels they end
 * with; a look-up reads the name once from the right and asks the table at each dot. So it takes as
 * long with a hundred thousand rules as with ten, and allocates nothing.
 */
export class NameIndex {
  readonly #table: (Entry | null)[];
  readonly #mask: number;
  readonly #shift: number;

  constructor(rules: readonly Rule[]) {
    // At most half full: an unsuccessful probe ends after a step or two.
    let size = 2;
    while (size < rules.length * 2) size *= 2;
    this.#table = new Array<Entry | null>(size).fill(null);
    this.#mask = size - 1;
    this.#shift = Math.clz32(this.#mask);
    for (let order = rules.length - 1; order >= 0; order--) this.#add(rules[order]!, order);
  }

  #add(rule: Rule, order: number): void {
    const { pattern } = rule;
    if (pattern.kind === "ip" || pattern.kind === "range") return;
    const base = pattern.kind === "glob" ? wildcardBase(pattern)! : pattern.name;
    const head = pattern.kind === "glob"
      ? pattern.labels.slice(0, pattern.labels.length - base.split(".").length)
      : [];
    let hash = HASH_SEED;
    for (let at = base.length - 1; at >= 0; at--) hash = step(hash, base.charCodeAt(at));
    let slot = spread(hash) >>> this.#shift;
    let next = this.#table[slot]!;
    while (next !== null && next.base !== base) {
      slot = (slot + 1) & this.#mask;
      next = this.#table[slot]!;
    }
    this.#table[slot] = { base, hash, rule, pattern, order, head, next };
  }

  /** The first rule of the list that matches `name` at `port`, asked for by `protocol`. */
  find(name: string, port: number, protocol: Protocol): Rule | null {
    let found: Entry | null = null;
    let hash = HASH_SEED;
    for (let at = name.length - 1; at >= -1; at--) {
      const code = at === -1 ? DOT : name.charCodeAt(at);
      if (code === DOT) {
        let entry = this.#chain(hash, name, at + 1);
        for (; entry !== null; entry = entry.next) {
          if (found !== null && entry.order > found.order) break;
          if (appliesTo(entry.rule, port, protocol) && covers(entry, name, at + 1)) found = entry;
        }
      }
      hash = step(hash, code);
    }
    return found === null ? null : found.rule;
  }

  /** Every rule that matches `name` at some port, in the order of the list. */
  matching(name: string): Rule[] {
    const found: Entry[] = [];
    let hash = HASH_SEED;
    for (let at = name.length - 1; at >= -1; at--) {
      const code = at === -1 ? DOT : name.charCodeAt(at);
      if (code === DOT) {
        let entry = this.#chain(hash, name, at + 1);
        for (; entry !== null; entry = entry.next) {
          if (covers(entry, name, at + 1)) found.push(entry);
        }
      }
      hash = step(hash, code);
    }
    return found.sort((a, b) => a.order - b.order).map((entry) => entry.rule);
  }

  /** The rules whose base is `name` from `start` on. */
  #chain(hash: number, name: string, start: number): Entry | null {
    let slot = spread(hash) >>> this.#shift;
    let entry = this.#table[slot]!;
    while (entry !== null) {
      if (
        entry.hash === hash && entry.base.length === name.length - start &&
        name.endsWith(entry.base)
      ) {
        return entry;
      }
      slot = (slot + 1) & this.#mask;
      entry = this.#table[slot]!;
    }
    return null;
  }
}

/** Whether the entry's pattern matches `name`, of which its base begins at `start`. */
function covers(entry: Entry, name: string, start: number): boolean {
  const { pattern } = entry;
  switch (pattern.kind) {
    case "exact":
      return start === 0;
    case "suffix":
      return start > 0 || pattern.apex;
    case "glob":
      return headMatches(entry.head, pattern.deep, name, start - 1);
  }
}

function step(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/** FNV mixes its low bits poorly; the slot is taken from the high bits of this. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
}
