import type { Policy } from "../../src/policy/policy.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";
import type { Asker } from "../../src/proxy/asking/asker.ts";
import type { Answer } from "../../src/proxy/asking/question.ts";
import { type AskingOptions, type Outcome, Questions } from "../../src/proxy/asking/questions.ts";
import type { LimitName } from "../../src/proxy/limits.ts";
import { asker } from "./asker.ts";
import { makeLive, type TestLive } from "./live_policy.ts";
import { policyOf } from "./policy.ts";

/** How long a question waits, unless a test says otherwise. */
export const HOLD_MS = 60_000;

/** What a test sets of its questions. */
export interface QuestionsOptions extends Partial<AskingOptions> {
  /** Everything is asked about, unless said otherwise. */
  readonly policy?: Policy;
}

/** A request that waits for a person. */
export interface Waiting {
  readonly outcome: Promise<Outcome>;
  /** How long its client was told that it may take. */
  readonly heldMs: readonly number[];
  /** Ends what is done for the client, as closing its connection does. */
  readonly close: () => void;
  /** Says that the client waits no longer, while its connection is still there. */
  readonly leave: () => void;
}

/** Questions without a proxy: whoever answers them may do so from the outside. */
export interface TestQuestions extends Disposable {
  readonly base: TestLive;
  readonly questions: Questions;
  readonly diagnosed: readonly string[];
  /** The limits that were come to, in order. */
  readonly reached: readonly LimitName[];
  /** What was written into the configuration: list and pattern. */
  readonly persisted: readonly (readonly [string, string])[];
  ask(request: NetworkRequest, parts?: Partial<Asker>): Waiting;
  /** Answers the oldest question that waits. */
  answer(parts?: Partial<Answer>): ReturnType<Questions["answer"]>;
}

/** Makes questions over a live policy whose time stands still. */
export function makeQuestions(options: QuestionsOptions = {}): TestQuestions {
  const { policy = policyOf({}, { ask: true }), ...asking } = options;
  const diagnosed: string[] = [];
  const reached: LimitName[] = [];
  const persisted: (readonly [string, string])[] = [];
  const base = makeLive({
    policy,
    replaced: (next) => {
      questions.reconsider(next);
      return 0;
    },
  });
  const questions = new Questions({
    holdMs: () => HOLD_MS,
    answerers: () => [],
    canBeAnswered: true,
    questionsMax: 64,
    persist: (list, pattern) => {
      persisted.push([list, pattern]);
      return Promise.resolve();
    },
    ...asking,
    policy: base.live,
    clock: base.clock,
    deadlines: base.deadlines,
    feed: base.feed,
    reached: (limit) => reached.push(limit),
    diagnose: (line) => diagnosed.push(line),
  });
  return {
    base,
    questions,
    diagnosed,
    reached,
    persisted,
    ask(request: NetworkRequest, parts: Partial<Asker> = {}): Waiting {
      const gone = new AbortController();
      const closed = new AbortController();
      const heldMs: number[] = [];
      const held = (ms: number) => {
        heldMs.push(ms);
        return gone.signal;
      };
      const outcome = questions.ask(request, asker({ held, ...parts }), closed.signal);
      return {
        outcome,
        heldMs,
        close: () => closed.abort(new DOMException("The client is gone", "AbortError")),
        leave: () => gone.abort(),
      };
    },
    answer(parts: Partial<Answer> = {}): ReturnType<Questions["answer"]> {
      const id = questions.pending[0]?.id ?? "none";
      const scope = { kind: "once" } as const;
      return questions.answer(id, { decision: "approve", scope, by: "admin", ...parts });
    },
    [Symbol.dispose]: () => base[Symbol.dispose](),
  };
}
