import type { PendingEvent } from "../../audit/event.ts";
import type { EventFeed } from "../../audit/event_feed.ts";
import type { Clock } from "../../net/ports.ts";
import type { Deadline, Deadlines } from "../../net/time/deadlines.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import type { Policy } from "../../policy/policy.ts";
import type { NetworkRequest } from "../../policy/request.ts";
import type { Rule } from "../../policy/rule.ts";
import { formatRulePattern } from "../../policy/rule_pattern.ts";
import { AdminError } from "../admin_error.ts";
import { limitWords, type Reached } from "../limits.ts";
import type { LivePolicy } from "../live_policy.ts";
import { approvalPattern, denialPattern } from "./approval_pattern.ts";
import type { Asker } from "./asker.ts";
import { Denials } from "./denials.ts";
import { newQuestion, questionRecord } from "./new_question.ts";
import type { Answer, Answerer, Question } from "./question.ts";

/** What a request that no rule names is told after a question. */
export type Outcome =
  /** It may go on, by this rule that is no part of the policy. */
  | { readonly kind: "approved"; readonly rule: Rule }
  /** Somebody said no. */
  | { readonly kind: "denied"; readonly why: string }
  /** Nobody said anything. */
  | { readonly kind: "unanswered"; readonly why: string }
  /** The policy has changed: it is the one to ask. */
  | { readonly kind: "changed" };

/** A rule that an answer made. */
export interface MadeRule {
  readonly list: Rule["list"];
  readonly text: string;
}

/** How questions are asked. */
export interface AskingOptions {
  /** How long a request waits; 0 asks nobody. Read at each question. */
  readonly holdMs: () => number;
  /** Who is asked. */
  readonly answerers: () => readonly Answerer[];
  /** Whether somebody may answer who is not among them: by the admin API. */
  readonly canBeAnswered: boolean;
  /** Questions at once; what is beyond is answered like nobody's. */
  readonly questionsMax: number;
  /** Writes a rule into the configuration, and puts it into force. Rejects when that fails. */
  readonly persist: (list: Rule["list"], pattern: string) => Promise<void>;
}

/** What {@linkcode Questions} are made of. */
export interface QuestionsParts extends AskingOptions {
  readonly policy: LivePolicy;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly feed: EventFeed;
  readonly reached: Reached;
  readonly diagnose: (line: string) => void;
}

/** How many questions there were, and what became of them; `settled` by a change of the policy. */
export type QuestionTotals = Readonly<
  Record<"asked" | "approved" | "denied" | "timed_out" | "cancelled" | "settled", number>
>;

/** A question that waits, and those who wait with it. */
interface Pending {
  readonly request: NetworkRequest;
  readonly question: Question;
  readonly deadline: Deadline;
  /** When that is, by the clock that nobody sets. */
  readonly due: number;
  readonly settled: AbortController;
  readonly outcome: PromiseWithResolvers<Outcome>;
  waiting: number;
  /** Whether an answer is being carried out: it may take a write to a file. */
  answering: boolean;
}

/**
 * The questions that wait for a person: one for each protocol, host and port, however many requests wait for it.
 * The first answer counts. A question ends with its time, with its last request, or with a policy that knows the
 * answer.
 */
export class Questions {
  readonly #parts: QuestionsParts;
  readonly #pending = new Map<string, Pending>();
  readonly #denials: Denials;
  readonly #totals = { asked: 0, approved: 0, denied: 0, timed_out: 0, cancelled: 0, settled: 0 };
  #made = 0;

  constructor(parts: QuestionsParts) {
    this.#parts = parts;
    this.#denials = new Denials(parts.clock);
  }

  /** Those that wait, oldest first. */
  get pending(): readonly Question[] {
    return [...this.#pending.values()].map(({ question }) => question);
  }

  /** What became of all there were. */
  get totals(): QuestionTotals {
    return this.#totals;
  }

  /** Asks whether a request may pass. Rejects with the signal's reason when the client has gone. */
  async ask(request: NetworkRequest, asker: Asker, signal: AbortSignal): Promise<Outcome> {
    const { pattern: host, protocol } = approvalPattern(request);
    const pattern = formatRulePattern(host, protocol);
    const denial = this.#denials.of(pattern);
    if (denial !== null) return { kind: "denied", why: denial };
    const why = this.#whyNobody(pattern);
    if (why !== null) return { kind: "unanswered", why };
    const known = this.#pending.get(pattern);
    const pending = known ?? this.#open(request, pattern, asker);
    pending.waiting += 1;
    this.#publish(pending, known === undefined ? "asked" : "joined");
    if (known === undefined) this.#askAll(pending);
    const gone = asker.held(Math.max(0, pending.due - this.#parts.clock.monotonic()));
    try {
      const left = unlessAborted(pending.outcome.promise, gone).catch((error) => {
        if (!gone.aborted) throw error;
        return LEFT;
      });
      return await unlessAborted(left, signal);
    } finally {
      asker.freed();
      pending.waiting -= 1;
      if (pending.waiting === 0 && !pending.answering) {
        this.#settle(pending, "cancelled", LEFT);
      }
    }
  }

  /**
   * Answers a question. Resolves to the rule it made, if it made one that lasts.
   *
   * @throws {AdminError} when nothing of that id waits, or the answer cannot be carried out
   */
  async answer(id: string, answer: Answer): Promise<MadeRule | null> {
    const pending = [...this.#pending.values()].find(({ question }) => question.id === id);
    if (pending === undefined || pending.answering) {
      throw new AdminError("not_pending", `Cannot answer "${id}": no such question is waiting`);
    }
    pending.answering = true;
    try {
      const { outcome, rule } = await this.#carryOut(pending, answer);
      this.#settle(pending, "answered", outcome, answer);
      return rule;
    } catch (error) {
      pending.answering = false;
      // Whoever waited may have gone meanwhile, and time may be over.
      const isOver = pending.waiting === 0 || this.#isLate(pending);
      if (isOver) this.#settle(pending, "timed_out", unanswered(pending));
      throw error;
    }
  }

  /** Ends the questions that a new policy answers, or makes pointless. */
  reconsider(policy: Policy): void {
    for (const pending of this.#pending.values()) {
      if (pending.answering || isQuestion(pending.request, policy)) continue;
      this.#settle(pending, "settled", { kind: "changed" });
    }
  }

  /** Why there is no use in asking; null where there is. */
  #whyNobody(pattern: string): string | null {
    const { holdMs, canBeAnswered, answerers, questionsMax } = this.#parts;
    if (holdMs() === 0) return "ask_hold_seconds is 0";
    if (!canBeAnswered && answerers().length === 0) return "there is nobody to ask";
    if (this.#pending.size < questionsMax || this.#pending.has(pattern)) return null;
    this.#parts.reached("questions");
    return `too many questions are waiting (${limitWords("questions")})`;
  }

  #open(request: NetworkRequest, pattern: string, asker: Asker): Pending {
    const { clock, deadlines, holdMs } = this.#parts;
    this.#made += 1;
    this.#totals.asked += 1;
    const hold = holdMs();
    const pending: Pending = {
      request,
      question: newQuestion({
        id: `q${this.#made}`,
        request,
        asker,
        askedAt: clock.now(),
        holdMs: hold,
        waiting: () => pending.waiting,
      }),
      deadline: deadlines.arm(hold, () => {
        if (!pending.answering) this.#settle(pending, "timed_out", unanswered(pending));
      }),
      due: clock.monotonic() + hold,
      settled: new AbortController(),
      outcome: Promise.withResolvers(),
      waiting: 0,
      answering: false,
    };
    this.#pending.set(pattern, pending);
    return pending;
  }

  async #askAll(pending: Pending): Promise<void> {
    const { answerers, canBeAnswered } = this.#parts;
    await Promise.all(answerers().map((answerer) => this.#askOne(answerer, pending)));
    // Whoever could have answered did not: nobody is left to wait for.
    if (!canBeAnswered) {
      this.#settle(pending, "timed_out", { kind: "unanswered", why: "there is nobody to ask" });
    }
  }

  /** Asks one of those who may answer. What goes wrong with it leaves the question to the others. */
  async #askOne(answerer: Answerer, { question, settled }: Pending): Promise<void> {
    try {
      const answer = await answerer(question, settled.signal);
      if (answer !== null && !settled.signal.aborted) await this.answer(question.id, answer);
    } catch (error) {
      // Somebody else was first, whose answer is being carried out.
      const isLate = error instanceof AdminError && error.code === "not_pending";
      if (settled.signal.aborted || isLate) return;
      this.#parts.diagnose(
        `Cannot get an answer: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  async #carryOut(
    { question, request }: Pending,
    { decision, scope }: Answer,
  ): Promise<{ readonly outcome: Outcome; readonly rule: MadeRule | null }> {
    const { policy, persist } = this.#parts;
    const isApproval = decision === "approve";
    const list: Rule["list"] = isApproval ? "allow" : "deny";
    const pattern = isApproval ? approvalPattern(request) : denialPattern(request);
    const text = formatRulePattern(pattern.pattern, pattern.protocol);
    if (scope.kind === "always") await persist(list, text);
    if (scope.kind === "minutes" || scope.kind === "run") {
      const { change } = policy.add({ list, pattern, scope, from: "approval" });
      await policy.everywhere(change.closed);
    }
    const rule = scope.kind === "once" ? null : { list, text };
    if (!isApproval) {
      this.#denials.add(question.pattern, "a person said no");
      return { outcome: { kind: "denied", why: "a person said no" }, rule };
    }
    const isOnce = scope.kind === "once";
    return {
      outcome: isOnce ? { kind: "approved", rule: policy.once(pattern) } : { kind: "changed" },
      rule,
    };
  }

  #settle(
    pending: Pending,
    state: Settled,
    outcome: Outcome,
    answer?: Answer,
  ): void {
    if (pending.settled.signal.aborted) return;
    this.#pending.delete(pending.question.pattern);
    pending.deadline.clear();
    this.#totals[countedAs(state, answer)] += 1;
    pending.settled.abort(SETTLED);
    this.#publish(pending, state, answer);
    pending.outcome.resolve(outcome);
  }

  #publish({ question }: Pending, state: PendingEvent["state"], answer?: Answer): void {
    const { feed, policy } = this.#parts;
    feed.publish({
      type: "pending",
      generation: policy.current.generation,
      state,
      question: questionRecord(question),
      ...(answer === undefined
        ? {}
        : { decision: answer.decision, scope: answer.scope.kind, by: answer.by }),
    });
  }

  #isLate({ due }: Pending): boolean {
    return this.#parts.clock.monotonic() >= due;
  }
}

/** Whether a person is to be asked: where the mode blocks a request in any case the answer would change nothing. */
export function isQuestion(request: NetworkRequest, policy: Policy): boolean {
  return policy.document.ask && policy.decide(request).verdict === "ask" &&
    policy.decideApproved(request, null).verdict !== "deny";
}

/** How a question ends. */
type Settled = "answered" | "timed_out" | "cancelled" | "settled";

function countedAs(state: Settled, answer: Answer | undefined): keyof QuestionTotals {
  if (state !== "answered") return state;
  return answer?.decision === "approve" ? "approved" : "denied";
}

function unanswered({ question: { askedAt, expiresAt } }: Pending): Outcome {
  const seconds = (expiresAt - askedAt) / 1000;
  return { kind: "unanswered", why: `nobody answered within ${seconds} seconds` };
}

const LEFT: Outcome = { kind: "unanswered", why: "the client did not wait for an answer" };

/** Why those who are still being asked need not answer. Made once: see `ClientConnection`. */
const SETTLED = new DOMException("The question is settled", "AbortError");
