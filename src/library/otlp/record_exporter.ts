import type { Clock } from "../../net/ports.ts";
import type { Attempt, Sent } from "./attempt.ts";
import { RecordQueue } from "./record_queue.ts";
import { RETRIES_MAX, retryDelay } from "./retry_delay.ts";
import type { Trouble } from "./trouble.ts";

/** What comes first waits so long for more. */
const GATHER_MS = 1000;

/** What a {@linkcode RecordExporter} takes. */
export interface RecordExporterOptions<T> {
  /** Makes a batch ready to be sent, as often as it takes. Never rejects. */
  readonly ready: (batch: readonly T[]) => Promise<Attempt>;
  readonly clock: Clock;
  readonly trouble: Trouble;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * Sends records in batches, one request at a time, and again where the collector may take them later. Nothing runs
 * while nothing is held.
 */
export class RecordExporter<T extends object> {
  readonly #options: RecordExporterOptions<T>;
  readonly #queue = new RecordQueue<T>();
  #isClosing = false;
  #running: Promise<void> | null = null;
  /** Ends the wait for more records; null while there is none. */
  #gathering: AbortController | null = null;
  /** Ends the wait before another attempt; null while there is none. */
  #retrying: AbortController | null = null;

  constructor(options: RecordExporterOptions<T>) {
    this.#options = options;
  }

  /** Takes a record. Returns at once. */
  put(record: T): void {
    if (this.#isClosing || !this.#queue.put(record)) {
      this.#options.trouble.loses(1, "more records come than it takes");
      return;
    }
    if (this.#queue.hasBatch) this.#gathering?.abort();
    this.#running ??= this.#run();
  }

  /** Resolves when everything taken has arrived, or is lost. What fails now is not sent again. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#gathering?.abort();
    this.#retrying?.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      if (!this.#queue.hasBatch && !this.#isClosing) {
        this.#gathering = new AbortController();
        await this.#wait(GATHER_MS, this.#gathering.signal);
        this.#gathering = null;
      }
      await this.#deliver(this.#queue.take());
    }
    this.#running = null;
  }

  async #deliver(batch: readonly T[]): Promise<void> {
    const { ready, trouble, random } = this.#options;
    const attempt = await ready(batch);
    for (let retry = 0;; retry++) {
      const sent = await attempt();
      if (sent.kind !== "again") return this.#settle(sent, batch.length);
      if (this.#isClosing || retry === RETRIES_MAX) return trouble.loses(batch.length, sent.why);
      trouble.fails(sent.why);
      this.#retrying = new AbortController();
      await this.#wait(retryDelay(retry, sent.afterMs, random()), this.#retrying.signal);
      this.#retrying = null;
    }
  }

  #settle(sent: Exclude<Sent, { kind: "again" }>, count: number): void {
    const { trouble } = this.#options;
    if (sent.kind === "refused") return trouble.loses(count, sent.why);
    const rejected = Math.min(sent.rejected, count);
    if (rejected > 0) trouble.loses(rejected, "it does not take every record");
    else trouble.works();
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.wait(ms, signal).catch(() => {
      // There is something to be done sooner.
    });
  }
}
