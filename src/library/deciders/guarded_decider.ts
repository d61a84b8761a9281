import type { Deadlines } from "../../net/time/deadlines.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import { within } from "../../net/time/within.ts";
import type { Decider, DeciderAnswer, DeciderRequest } from "../../proxy/asking/decider.ts";
import { type Attempt, type BreakerPorts, CircuitBreaker } from "./circuit_breaker.ts";
import { DeciderFailure } from "./decider_failure.ts";
import { printableReason, readAnswer } from "./decider_message.ts";

/** What a guard takes. */
export interface Guard extends BreakerPorts {
  readonly deadlines: Deadlines;
  /** How long it may take to answer. */
  readonly timeoutMs: number;
  /** How many questions may be open at once. */
  readonly concurrency: number;
}

/**
 * Asks a decider that may do anything: throw, hang, answer nonsense. What comes of that is a denial whose reason begins
 * with `decider_failed`, and never a rejection, nor an approval.
 */
export function guardedDecider(decider: Decider, guard: Guard): Decider {
  const breaker = new CircuitBreaker(guard);
  let open = 0;
  return async (request, signal) => {
    try {
      if (signal.aborted) throw givenUp();
      if (open >= guard.concurrency) {
        throw new DeciderFailure("busy", "too many questions are open");
      }
      const attempt = breaker.admit();
      if (attempt === null) {
        throw new DeciderFailure("resting", "it failed too often, and is not asked for now");
      }
      open += 1;
      try {
        return await attempted(attempt, ask(decider, request, signal, guard), guard);
      } finally {
        open -= 1;
      }
    } catch (error) {
      return denial(error);
    }
  };
}

async function ask(
  decider: Decider,
  request: DeciderRequest,
  signal: AbortSignal,
  { deadlines, timeoutMs }: Guard,
): Promise<DeciderAnswer> {
  const limit = timeoutMs === 1000 ? "a second" : `${timeoutMs / 1000} seconds`;
  const late = () => new DeciderFailure("late", `it did not answer within ${limit}`);
  // One that throws at once has rejected.
  const step = async (signal: AbortSignal) => await decider(request, signal);
  try {
    const bounded = (signal: AbortSignal) => unlessAborted(step(signal), signal);
    return readAnswer(await within(deadlines, timeoutMs, signal, bounded, late));
  } catch (error) {
    throw signal.aborted ? givenUp() : error;
  }
}

/** Tells the breaker what comes of an attempt. */
async function attempted(
  attempt: Attempt,
  answer: Promise<DeciderAnswer>,
  { tell }: Guard,
): Promise<DeciderAnswer> {
  try {
    const given = await answer;
    attempt.succeeded();
    return given;
  } catch (error) {
    const failure = error instanceof DeciderFailure ? error : threw(error, tell);
    if (failure.fault === "given_up" || failure.fault === "busy") attempt.abandoned();
    else attempt.failed(failure.message);
    throw failure;
  }
}

/** What it threw is for whoever runs it, and not for whoever is denied. */
function threw(cause: unknown, tell: (line: string) => void): DeciderFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  tell(`The decider threw: ${printableReason(why)}`);
  return new DeciderFailure("threw", "it threw", { cause });
}

function givenUp(): DeciderFailure {
  return new DeciderFailure("given_up", "nobody waits for the answer");
}

function denial(error: unknown): DeciderAnswer {
  const why = error instanceof DeciderFailure ? `: ${error.message}` : "";
  return { decision: "deny", reason: printableReason(`decider_failed${why}`) };
}
