// What a program that decides is sent, and what it answers: one JSON object each.
import { safeJson } from "../../audit/safe_json.ts";
import type { DeciderAnswer, DeciderRequest } from "../../proxy/asking/decider.ts";
import { DeciderFailure } from "./decider_failure.ts";

/** Of what is sent. A reader that knows another one should not answer. */
const VERSION = 1;
/** Command lines may be megabytes. A question has to fit what helpers read at once. */
const TEXT_CHARACTERS_MAX = 2048;
/** A reason is a sentence in a log, and in a head of HTTP. */
export const REASON_CHARACTERS_MAX = 200;
/** The reason of a denial that says none. */
export const NO_REASON = "policy_denied";

/** A question, on one line: nothing in it ends a line or steers a terminal. */
export function questionJson(id: string, request: DeciderRequest): string {
  return safeJson({
    version: VERSION,
    id,
    host: request.host,
    port: request.port,
    protocol: request.protocol,
    method: cut(request.method),
    client_addr: request.clientAddr,
    command: cut(request.command),
    exec_policy_hint: cut(request.execPolicyHint),
    attempt_id: cut(request.attemptId),
    label: cut(request.label),
    listener: request.listener,
  });
}

/** An object of JSON; null for what is none. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // The only error there is: it is not JSON.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return { ...value };
}

/**
 * Reads an answer: `decision`, and for a denial its `reason`, made printable and cut.
 *
 * @throws {DeciderFailure} for anything else
 */
export function readAnswer(value: unknown): DeciderAnswer {
  if (typeof value !== "object" || value === null) throw bad("its answer is not an object");
  const { decision, reason = "" } = value as { decision?: unknown; reason?: unknown };
  if (decision === "allow") return { decision };
  if (decision !== "deny" && decision !== "ask") {
    throw bad('"decision" of its answer is not "allow", "deny" or "ask"');
  }
  if (typeof reason !== "string") throw bad('"reason" of its answer is not text');
  return { decision, reason: printableReason(reason) };
}

/** On one line, without what steers a terminal, and not endless. */
export function printableReason(text: string): string {
  const line = cutTo(text, REASON_CHARACTERS_MAX * 8)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}]+/gu, " ")
    .trim();
  return line === "" ? NO_REASON : cutTo(line, REASON_CHARACTERS_MAX);
}

function cut(text: string | null): string | null {
  return text === null ? null : cutTo(text, TEXT_CHARACTERS_MAX);
}

function cutTo(text: string, most: number): string {
  // What is longer in units may not be in characters; spreading what is endless would cost its length.
  const characters = [...text.slice(0, 2 * most + 2)];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

function bad(message: string): DeciderFailure {
  return new DeciderFailure("bad_answer", message);
}
