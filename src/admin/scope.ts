import type { Scope } from "../proxy/asking/question.ts";
import { ApiError } from "./api_error.ts";
import type { JsonObject } from "./read_body.ts";
import { wordOf } from "./route.ts";

/** A week: what is to hold for longer belongs into the configuration. */
const MINUTES_MAX = 7 * 24 * 60;

/** Reads for how long something is to hold. */
export function scopeOf<T extends Scope["kind"]>(
  body: JsonObject,
  words: readonly T[],
  otherwise: T,
): Extract<Scope, { readonly kind: T }> {
  const kind = wordOf(body, "scope", words, otherwise);
  const scope: Scope = kind === "minutes" ? { kind, minutes: minutesOf(body) } : { kind } as Scope;
  return scope as Extract<Scope, { readonly kind: T }>;
}

function minutesOf({ minutes = 10 }: JsonObject): number {
  const isMeant = typeof minutes === "number" && Number.isInteger(minutes) && minutes >= 1 &&
    minutes <= MINUTES_MAX;
  if (isMeant) return minutes;
  throw new ApiError(
    "invalid_json",
    `Cannot read the call: "minutes" is a whole number from 1 to ${MINUTES_MAX}`,
  );
}
