import { type Json, numberOf, textOf } from "./reply_fields.ts";
import { wallClock } from "./words.ts";

/** `allow rule "example.com"`. */
export function ruleName(rule: Json): string {
  return `${textOf(rule, "list")} rule "${textOf(rule, "pattern")}"`;
}

/** How long a rule holds. */
export function lasts(rule: Json): string {
  switch (textOf(rule, "scope")) {
    case "minutes":
      return `until ${wallClock()(numberOf(rule, "expires_at"))}`;
    case "always":
      return `always: it is in ${textOf(rule, "file")}`;
    default:
      return "until the proxy ends";
  }
}
