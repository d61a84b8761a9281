/** One that comes and goes is told of this often. */
const QUIET_MS = 60_000;

/** What a {@linkcode Trouble} takes. */
export interface TroubleOptions {
  /** What cannot be done: `export logs to https://collector.example.com:4318/…`. */
  readonly what: string;
  /** Told, in one line. */
  readonly diagnose: (line: string) => void;
  /** Milliseconds from some fixed point. */
  readonly monotonic: () => number;
}

/** Says once that something fails, until it works again, and then what was lost. Counts everything. */
export class Trouble {
  readonly #options: TroubleOptions;
  #isTold = false;
  #quietUntil = -Infinity;
  #untold = 0;
  #lost = 0;

  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  /** How many were lost, all together. */
  get lost(): number {
    return this.#lost;
  }

  /** It fails; nothing is lost by that yet. */
  fails(why: string): void {
    const { what, diagnose, monotonic } = this.#options;
    if (this.#isTold || monotonic() < this.#quietUntil) return;
    this.#isTold = true;
    this.#quietUntil = monotonic() + QUIET_MS;
    diagnose(`Cannot ${what}: ${why}`);
  }

  /** So many were lost. */
  loses(count: number, why: string): void {
    this.#lost += count;
    this.#untold += count;
    this.fails(why);
  }

  /** It works. */
  works(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#tell(`Can ${this.#options.what} again`);
  }

  /** Nothing more comes: says what was lost and not told of. */
  ends(): void {
    if (this.#untold > 0) this.#tell(`Could not ${this.#options.what} to the end`);
  }

  #tell(start: string): void {
    const count = this.#untold === 1 ? "1 record was" : `${this.#untold} records were`;
    this.#options.diagnose(this.#untold === 0 ? start : `${start}: ${count} lost`);
    this.#untold = 0;
  }
}
