import { AnsweredInquiries } from "./answered_inquiries.ts";
import type { CarriedPolicy } from "./carried_policy.ts";
import type { Beginning, FromWorker, ToWorker } from "./messages.ts";
import { countHeard } from "./shared_memory.ts";
import { WorkerLedger } from "./worker_ledger.ts";
import type { CrewParts, StartWorker, WorkerThread } from "./workers.ts";

/** How long a worker may take to put a policy into force: it does little else meanwhile. */
const FOLLOW_MS = 5000;
/** How long somebody who watches waits for numbers that are of now. */
const COUNT_MS = 500;
/** What a worker has in hand beyond the grace period, to say the last of it. */
const LAST_WORDS_MS = 2000;

/** What a {@linkcode Member} is made of. */
export interface MemberParts extends CrewParts {
  readonly start: StartWorker;
  readonly beginning: Beginning;
  /** Told, in one line, that it is over, unless it was ended. Everything that it left open is closed then. */
  readonly failed: (why: string) => void;
}

/** A policy that is being followed. */
interface Following {
  readonly closed: PromiseWithResolvers<number>;
  count: number;
}

/** One worker, as the main isolate has it, from its start to its end. */
export class Member {
  readonly ledger: WorkerLedger;
  readonly #parts: MemberParts;
  readonly #inquiries: AnsweredInquiries;
  readonly #thread: WorkerThread;
  readonly #following = new Map<number, Following>();
  readonly #over = new AbortController();
  #counted = Promise.withResolvers<void>();
  #isOver = false;

  constructor(parts: MemberParts) {
    const { state, record, clock, front: { attribution }, back } = parts;
    this.#parts = parts;
    const { diagnose } = back;
    this.ledger = new WorkerLedger({ state, attribution, record, diagnose, clock });
    this.#inquiries = new AnsweredInquiries(back, attribution, (message) => this.#post(message));
    this.#thread = parts.start(
      (message) => this.#hear(message),
      (why) => this.#fail(why),
    );
    this.#post(parts.beginning);
  }

  /** Has it follow a policy. Resolves to how many connections that closed; to none once it is over. */
  async follow(policy: CarriedPolicy): Promise<number> {
    if (this.#isOver) return 0;
    const following = { closed: Promise.withResolvers<number>(), count: 0 };
    this.#following.set(policy.generation, following);
    this.#post({ kind: "policy", policy });
    const inTime = await this.#within(FOLLOW_MS, following.closed.promise);
    // It would let through what is not to be let through any more.
    if (!inTime) this.#fail(`it did not take a policy within ${FOLLOW_MS / 1000} seconds`);
    return await following.closed.promise;
  }

  /** Has it tell of its connections anew, if it can do so soon. */
  async refresh(): Promise<void> {
    if (this.#isOver) return;
    this.#post({ kind: "count" });
    await this.#within(COUNT_MS, this.#counted.promise);
  }

  /** Closes one of its connections. False when none of that id is its. */
  close(connection: number): boolean {
    if (!this.ledger.connections.has(connection)) return false;
    this.#post({ kind: "close", connection });
    return true;
  }

  /** Ends it: what is under way in it may go on for at most `graceMs`. Called again, it is for less patience. */
  async end(graceMs: number): Promise<void> {
    if (this.#isOver) return;
    this.#post({ kind: "end", graceMs });
    const ended = Promise.withResolvers<void>();
    this.#over.signal.addEventListener("abort", () => ended.resolve(), { once: true });
    await this.#within(graceMs + LAST_WORDS_MS, ended.promise);
    this.#finish();
  }

  /** Whether the promise is settled within `ms`. */
  async #within(ms: number, promise: Promise<unknown>): Promise<boolean> {
    const enough = new AbortController();
    const waited = this.#parts.clock.wait(ms, enough.signal).then(() => false, () => true);
    try {
      return await Promise.race([promise.then(() => true), waited]);
    } finally {
      enough.abort();
    }
  }

  #post(message: ToWorker): void {
    if (this.#isOver) return;
    try {
      this.#thread.post(message);
    } catch (error) {
      this.#fail(`it cannot be told: ${error}`);
    }
  }

  #hear(message: FromWorker): void {
    if (this.#isOver) return;
    switch (message.kind) {
      case "ready":
        return;
      case "noted":
        this.ledger.write(message.notes);
        countHeard(this.#parts.beginning.shared, this.#parts.beginning.row);
        return this.#post({ kind: "heard" });
      case "inquiry":
      case "left":
      case "withdrawn":
        return this.#inquiries.hear(message);
      case "took":
        return this.#took(message);
      case "counted":
        this.ledger.counted(message);
        this.#counted.resolve();
        this.#counted = Promise.withResolvers();
        return;
      case "over":
        return this.#finish();
      case "failed":
        return this.#fail(message.why);
    }
    message satisfies never;
  }

  #took({ generation, closed, doubtful }: Extract<FromWorker, { readonly kind: "took" }>): void {
    const following = this.#following.get(generation);
    if (following === undefined) return;
    following.count += closed;
    const { policy } = this.#parts.state;
    const refused = doubtful.filter(({ pattern }) => !policy.mayAllow(pattern));
    if (refused.length > 0) {
      return this.#post({ kind: "judged", generation, refused: refused.map(({ rule }) => rule) });
    }
    this.#following.delete(generation);
    following.closed.resolve(following.count);
  }

  #fail(why: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#parts.failed(why);
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#thread.terminate();
    this.#inquiries.end();
    this.ledger.end();
    for (const { closed, count } of this.#following.values()) closed.resolve(count);
    this.#following.clear();
    this.#counted.resolve();
    this.#over.abort();
  }
}
