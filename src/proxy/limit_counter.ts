import { DEFAULT_LIMITS, limitKey, type LimitName, type Limits, limitWords } from "./limits.ts";

/** How soon the same limit is told of again. */
const TELL_AGAIN_MS = 60_000;

/**
 * Limits beyond which something is refused. The others end what is silent, or make room: every long run meets them,
 * and nobody has anything to mend.
 */
const TOLD: ReadonlySet<LimitName> = new Set([
  "connections",
  "connectionsPerClient",
  "headBytes",
  "requestLineBytes",
  "headFields",
  "dnsLookups",
  "udpAssociations",
  "questions",
  "eventReaders",
]);

/** How often a limit was reached. */
export interface LimitCount {
  /** Its key under `[network.limits]`. */
  readonly limit: string;
  readonly count: number;
}

/** Counts how often each limit was reached, and tells of those that refuse something: a line a minute at most. */
export class LimitCounter {
  readonly #counts = new Map<LimitName, number>();
  /** When a limit was told of last, and how often it had been reached by then. */
  readonly #told = new Map<LimitName, { readonly at: number; readonly count: number }>();
  readonly #limits: Limits;
  readonly #monotonic: () => number;
  readonly #tell: (line: string) => void;

  constructor(limits: Limits, monotonic: () => number, tell: (line: string) => void) {
    this.#limits = limits;
    this.#monotonic = monotonic;
    this.#tell = tell;
  }

  /** Counts once. */
  reached(limit: LimitName): void {
    const count = (this.#counts.get(limit) ?? 0) + 1;
    this.#counts.set(limit, count);
    if (!TOLD.has(limit)) return;
    const at = this.#monotonic();
    const last = this.#told.get(limit);
    if (last !== undefined && at - last.at < TELL_AGAIN_MS) return;
    this.#told.set(limit, { at, count });
    const more = last === undefined ? 0 : count - last.count;
    const often = more === 1 ? "once" : `${more} times`;
    const since = more === 0 ? "" : `, ${often} since this was last told`;
    this.#tell(
      `Reached ${limitWords(limit)}: what is beyond ${this.#limits[limit]} is refused${since}`,
    );
  }

  /** Every limit, those that nobody came to included. */
  get counts(): readonly LimitCount[] {
    return NAMES.map((name) => ({ limit: limitKey(name), count: this.#counts.get(name) ?? 0 }));
  }
}

const NAMES = Object.keys(DEFAULT_LIMITS) as readonly LimitName[];
