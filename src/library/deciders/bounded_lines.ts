import type { Clock } from "../../net/ports.ts";

/** More are a flood: nobody reads a line a second for long. */
export const LINES_A_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Passes lines on, so many a minute; how many more there were is said, and not which. */
export class BoundedLines {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #tell: (line: string) => void;
  #since = -Infinity;
  #told = 0;
  #untold = 0;

  constructor(tell: (line: string) => void, clock: Pick<Clock, "monotonic">) {
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Tells a line, or counts it. */
  line(text: string): void {
    const now = this.#clock.monotonic();
    if (now - this.#since >= MINUTE_MS) {
      this.flush();
      this.#since = now;
      this.#told = 0;
    }
    if (this.#told >= LINES_A_MINUTE) this.#untold += 1;
    else {
      this.#told += 1;
      this.#tell(text);
    }
  }

  /** Says how many were not told. */
  flush(): void {
    if (this.#untold === 0) return;
    const lines = this.#untold === 1 ? "1 line" : `${this.#untold} lines`;
    this.#untold = 0;
    this.#tell(`Not shown: ${lines} more about the decider`);
  }
}
