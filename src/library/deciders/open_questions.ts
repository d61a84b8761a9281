import type { DeciderAnswer } from "../../proxy/asking/decider.ts";
import type { DeciderFailure } from "./decider_failure.ts";

/**
 * Questions that were written to a helper, and not answered yet: those that somebody waits for, and those that were
 * given up since. More are not written: a client could ask and hang up for ever, and fill the pipe.
 */
export const OPEN_MAX = 1024;

/** What became of an answer. */
export type Delivery = "taken" | "too_late" | "unasked";

interface OpenQuestion {
  readonly askedAt: number;
  /** Null once it was given up. */
  waiting: PromiseWithResolvers<DeciderAnswer> | null;
}

/** What a helper has been asked and has not answered. */
export class OpenQuestions {
  readonly #open = new Map<string, OpenQuestion>();

  /** How many there are, given up or not. */
  get count(): number {
    return this.#open.size;
  }

  /** When the one that is open for longest was asked; null where there is none. */
  get oldest(): number | null {
    const [first] = this.#open.values();
    return first?.askedAt ?? null;
  }

  /** Adds a question. Rejects with the signal's reason as soon as that is aborted: it is given up then. */
  async add(id: string, askedAt: number, signal: AbortSignal): Promise<DeciderAnswer> {
    signal.throwIfAborted();
    const waiting = Promise.withResolvers<DeciderAnswer>();
    const question: OpenQuestion = { askedAt, waiting };
    this.#open.set(id, question);
    const giveUp = () => {
      question.waiting = null;
      waiting.reject(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await waiting.promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Hands over what was said to a question, once. */
  settle(id: string, answer: () => DeciderAnswer): Delivery {
    const question = this.#open.get(id);
    if (question === undefined) return "unasked";
    this.#open.delete(id);
    const { waiting } = question;
    if (waiting === null) return "too_late";
    try {
      waiting.resolve(answer());
    } catch (error) {
      waiting.reject(error);
      throw error;
    }
    return "taken";
  }

  /** None of them will be answered. */
  fail(failure: DeciderFailure): void {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const { waiting } of all) waiting?.reject(failure);
  }
}
