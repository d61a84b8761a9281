import { unlessAborted } from "../../net/time/unless_aborted.ts";
import type { PolicyCell } from "../../policy/policy.ts";
import type { NetworkRequest } from "../../policy/request.ts";
import type { Verdict } from "../asking/ask_decider.ts";
import type { Asker } from "../asking/asker.ts";
import type { Outcome } from "../asking/questions.ts";
import { carryRequest, carryRequester } from "./carried_request.ts";
import type { Inquiry, ToWorker } from "./messages.ts";
import type { Outbox } from "./outbox.ts";

/** One that waits for its answer. */
interface Waiting {
  readonly asker: Asker;
  readonly answer: PromiseWithResolvers<Verdict | Outcome>;
  isHeld: boolean;
}

/** What the main isolate says to inquiries. */
export type ToInquiry = Extract<ToWorker, { readonly inquiry: number }>;

/** What a worker asks of the main isolate, where a program or a person is to decide. */
export class Inquiries {
  readonly #outbox: Outbox;
  readonly #policy: PolicyCell;
  readonly #waiting = new Map<number, Waiting>();
  #made = 0;

  constructor(outbox: Outbox, policy: PolicyCell) {
    this.#outbox = outbox;
    this.#policy = policy;
  }

  /** Asks. Rejects with the signal's reason when the client has gone. */
  async ask(
    of: Inquiry["of"],
    request: NetworkRequest,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<Verdict | Outcome> {
    const inquiry = ++this.#made;
    const waiting = { asker, answer: Promise.withResolvers<Verdict | Outcome>(), isHeld: false };
    this.#waiting.set(inquiry, waiting);
    this.#outbox.send({
      kind: "inquiry",
      inquiry,
      of,
      request: carryRequest(request, this.#policy.current.document),
      requester: carryRequester(asker),
    });
    try {
      return await unlessAborted(waiting.answer.promise, signal);
    } catch (error) {
      if (signal.aborted) this.#outbox.send({ kind: "withdrawn", inquiry });
      throw error;
    } finally {
      this.#waiting.delete(inquiry);
      this.#free(waiting);
    }
  }

  /** Takes what the main isolate says. What comes too late is nobody's. */
  hear(message: ToInquiry): void {
    const waiting = this.#waiting.get(message.inquiry);
    if (waiting === undefined) return;
    switch (message.kind) {
      case "held":
        return this.#hold(message.inquiry, waiting, message.ms);
      case "freed":
        return this.#free(waiting);
      case "answered":
        return waiting.answer.resolve(message.answer);
      case "unanswerable":
        return waiting.answer.reject(new Error(message.why));
    }
    message satisfies never;
  }

  #hold(inquiry: number, waiting: Waiting, ms: number): void {
    waiting.isHeld = true;
    const gone = waiting.asker.held(ms);
    const leave = () => this.#outbox.send({ kind: "left", inquiry });
    if (gone.aborted) leave();
    else gone.addEventListener("abort", leave, { once: true });
  }

  #free(waiting: Waiting): void {
    if (!waiting.isHeld) return;
    waiting.isHeld = false;
    waiting.asker.freed();
  }
}
