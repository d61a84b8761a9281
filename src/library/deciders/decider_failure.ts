/** Why there is no answer. */
export type DeciderFault =
  /** It did not answer in time. */
  | "late"
  /** As many questions are open as may be. */
  | "busy"
  /** Nobody asks it for a while, since it failed again and again. */
  | "resting"
  /** There is no program that runs, and none could be started. */
  | "not_started"
  /** The program ended, or had to be. */
  | "ended"
  /** What it said is no answer. */
  | "bad_answer"
  /** The server could not be reached. */
  | "unreachable"
  /** It threw: a function of whoever embeds the proxy. */
  | "threw"
  /** Nobody waits for the answer any more. */
  | "given_up";

/** A decider gave no answer. */
export class DeciderFailure extends Error {
  override readonly name = "DeciderFailure";

  /** @param message a clause about the decider, fit for whoever is denied: "it did not answer within 5 seconds" */
  constructor(readonly fault: DeciderFault, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
