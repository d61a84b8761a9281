/** Tells a person, on standard error, what is being done, and how much of how much. */
export class Progress {
  readonly #total: number;
  readonly #start = performance.now();
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Says what one step came to. */
  step(line: string): void {
    this.skip();
    const total = String(this.#total);
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    say(`[${String(this.#done).padStart(total.length)}/${total}, ${seconds} s] ${line}`);
  }

  /** Counts a step that is not done. */
  skip(): void {
    this.#done++;
  }
}

/** Says a line on standard error. */
export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
