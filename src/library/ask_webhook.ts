// Who answers questions for a person: a program that is asked over HTTP.
import { ConnectError, ProtocolError } from "../net/errors.ts";
import type { Answer, Answerer, Question, Scope } from "../proxy/asking/question.ts";
import { FAULT_WORDS } from "../proxy/fault_words.ts";
import type { Post, Reply } from "../calls/post_json.ts";

/** Of what is sent. A reader that knows another one should not answer. */
const VERSION = 1;
/** A week. What is to hold longer belongs into the configuration. */
const MINUTES_MAX = 7 * 24 * 60;

/** Answers that leave the question to the others. */
const NO_ANSWER: readonly number[] = [202, 204];

/**
 * Asks the program at a URL. Only its origin is ever told: what stands behind it may be what lets us in.
 *
 * A webhook cannot answer `always`: no program edits the configuration.
 */
export function webhook(url: URL, post: Post): Answerer {
  return async (question, signal) => {
    try {
      return answerOf(await post(url, JSON.stringify(questionMessage(question)), signal));
    } catch (error) {
      if (signal.aborted) return null;
      throw new Error(`Cannot ask the webhook at ${url.origin}: ${whyOf(error)}`, { cause: error });
    }
  };
}

/** A question as a webhook gets it: the keys of the admin API, and a version. */
function questionMessage(question: Question): Readonly<Record<string, unknown>> {
  return {
    version: VERSION,
    id: question.id,
    host: question.host,
    port: question.port,
    protocol: question.protocol,
    method: question.method,
    client: question.client,
    command: question.command,
    attempt_id: question.attempt,
    address_class: question.addressClass,
    waiting: question.waiting,
    asked_at: question.askedAt / 1000,
    expires_at: question.expiresAt / 1000,
    pattern: question.pattern,
    listener: question.listener,
    label: question.label,
    exec_policy_hint: question.execPolicyHint,
  };
}

function answerOf({ status, text }: Reply): Answer | null {
  if (NO_ANSWER.includes(status)) return null;
  if (status !== 200) throw new BadAnswer(`it answered ${status}`);
  const said = objectOf(text);
  const { decision } = said;
  if (decision !== "approve" && decision !== "deny") {
    throw new BadAnswer('"decision" of its answer is neither "approve" nor "deny"');
  }
  return { decision, scope: scopeOf(said), by: "webhook" };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadAnswer("its answer is not JSON", { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new BadAnswer("its answer is not a JSON object");
}

function scopeOf({ scope = "once", minutes }: Readonly<Record<string, unknown>>): Scope {
  switch (scope) {
    case "once":
    case "run":
      return { kind: scope };
    case "minutes":
      return { kind: "minutes", minutes: minutesOf(minutes) };
    case "always":
      throw new BadAnswer('"always" is not for a webhook to say: it edits the configuration');
    default:
      throw new BadAnswer('"scope" of its answer is not "once", "minutes" or "run"');
  }
}

function minutesOf(value: unknown): number {
  const fits = typeof value === "number" && Number.isInteger(value) && value >= 1 &&
    value <= MINUTES_MAX;
  if (fits) return value;
  throw new BadAnswer(`"minutes" of its answer is not a whole number from 1 to ${MINUTES_MAX}`);
}

/** It was reached, and its answer is none. */
class BadAnswer extends Error {
  override readonly name = "BadAnswer";
}

/** Messages that were not made for it might hold the URL. */
function whyOf(error: unknown): string {
  if (error instanceof ConnectError) return error.detail || FAULT_WORDS[error.code];
  if (error instanceof ProtocolError || error instanceof BadAnswer) return error.message;
  return "it failed";
}
