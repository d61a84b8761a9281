import type { AdminCommand, RuleScope } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import type { Line } from "../printed/terminal.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AdminClient } from "./admin_client.ts";
import { AdminError } from "./admin_error.ts";
import { printLines } from "./print_lines.ts";
import { numberOf, objectOf, objectsOf } from "./reply_fields.ts";
import { lasts, ruleName } from "./rule_words.ts";
import { counted } from "../printed/counted.ts";

/** A rule that is to hold from now on. */
export interface AddedRule {
  readonly list: "allow" | "deny";
  readonly pattern: string;
  readonly scope: RuleScope;
}

/** A rule that is to hold no longer. */
export interface RemovedRule {
  readonly list: "allow" | "deny";
  readonly pattern: string;
  /** Whether it is taken out of the configuration file, too. */
  readonly always: boolean;
}

/** Adds a rule and says so. Resolves to the exit code. */
export async function addRule(
  admin: AdminClient,
  { list, pattern, scope }: AddedRule,
  { json }: AdminCommand,
  { terminal }: Surroundings,
): Promise<number> {
  const reply = await admin.send("POST", `/${list}`, {
    host: pattern,
    scope: scope.kind,
    ...(scope.kind === "minutes" ? { minutes: scope.minutes } : {}),
  });
  const rule = objectOf(reply, "rule");
  const before = reply["changed"] === false ? "there already: " : "";
  terminal.out.line(json ? JSON.stringify(reply) : `${before}${ruleName(rule)}, ${lasts(rule)}`);
  return EXIT.done;
}

/** Takes a rule back and says so. Resolves to the exit code. */
export async function removeRule(
  admin: AdminClient,
  { list, pattern, always }: RemovedRule,
  { json }: AdminCommand,
  { terminal }: Surroundings,
): Promise<number> {
  const scope = always ? "&scope=always" : "";
  const path = `/${list}?host=${encodeURIComponent(pattern)}${scope}`;
  const reply = await admin.send("DELETE", path).catch((error) => {
    throw isConfigured(error) ? withMend(error) : error;
  });
  if (json) {
    terminal.out.line(JSON.stringify(reply));
    return EXIT.done;
  }
  const closed = numberOf(reply, "closed") ?? 0;
  await printLines(terminal.out, [
    ...objectsOf(reply, "removed").map((rule): Line => [`removed ${ruleName(rule)}`]),
    ...(closed === 0 ? [] : [[`closed ${counted(closed, "connection")}`]]),
  ]);
  return EXIT.done;
}

function isConfigured(error: unknown): error is AdminError {
  return error instanceof AdminError && error.reply?.reason === "configured";
}

function withMend(error: AdminError): AdminError {
  const lines = [...error.lines, "to take it out of the file: the same with --for always"];
  return new AdminError(error.exit, lines, error.reply, { cause: error });
}
