import type { Attribution } from "../../audit/attribution.ts";
import type { Asker } from "../asking/asker.ts";
import type { Back } from "../front.ts";
import { requesterOf, requestOf } from "./carried_request.ts";
import type { FromWorker, Inquiry, ToWorker } from "./messages.ts";

/** One that is being answered. */
interface Answering {
  /** Aborted when nobody waits for the answer any more. */
  readonly over: AbortController;
  /** Aborted when the client has gone while its request was held. */
  readonly gone: AbortController;
}

/** What a worker says of its inquiries. */
export type FromInquiry = Extract<FromWorker, { readonly inquiry: number }>;

/** Why an answer is wanted no more. Made once: see `ClientConnection`. */
const WITHDRAWN = new DOMException("Nobody waits for the answer", "AbortError");

/** Answers what a worker asks, as if it had been asked here. */
export class AnsweredInquiries {
  readonly #back: Pick<Back, "ask" | "decide">;
  readonly #attribution: Attribution;
  readonly #post: (message: ToWorker) => void;
  readonly #answering = new Map<number, Answering>();

  constructor(
    back: Pick<Back, "ask" | "decide">,
    attribution: Attribution,
    post: (message: ToWorker) => void,
  ) {
    this.#back = back;
    this.#attribution = attribution;
    this.#post = post;
  }

  /** Takes what the worker says. */
  hear(message: FromInquiry): void {
    switch (message.kind) {
      case "inquiry":
        return void this.#answer(message);
      case "left":
        return this.#answering.get(message.inquiry)?.gone.abort(WITHDRAWN);
      case "withdrawn":
        return this.#answering.get(message.inquiry)?.over.abort(WITHDRAWN);
    }
    message satisfies never;
  }

  /** The worker is over: nobody waits. */
  end(): void {
    for (const { over } of this.#answering.values()) over.abort(WITHDRAWN);
  }

  async #answer({ inquiry, of, request, requester }: Inquiry): Promise<void> {
    const answering = { over: new AbortController(), gone: new AbortController() };
    this.#answering.set(inquiry, answering);
    const asker: Asker = {
      ...requesterOf(requester, this.#attribution),
      held: (ms) => {
        this.#post({ kind: "held", inquiry, ms });
        return answering.gone.signal;
      },
      freed: () => this.#post({ kind: "freed", inquiry }),
    };
    const { decide, ask } = this.#back;
    const asked = of === "decider" ? decide : ask;
    try {
      if (asked === null) throw new Error("Cannot ask: there is no decider");
      const answer = await asked(requestOf(request), asker, answering.over.signal);
      this.#post({ kind: "answered", inquiry, answer });
    } catch (error) {
      if (!answering.over.signal.aborted) {
        this.#post({ kind: "unanswerable", inquiry, why: String(error) });
      }
    } finally {
      this.#answering.delete(inquiry);
    }
  }
}
