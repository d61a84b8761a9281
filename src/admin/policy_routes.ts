import type { RuleRecord } from "../audit/event.ts";
import type { Rule } from "../policy/rule.ts";
import type { Scope } from "../proxy/asking/question.ts";
import type { RulePattern } from "../policy/rule_pattern.ts";
import { textOf as ruleText } from "../proxy/runtime_rule.ts";
import type { AdminParts } from "./admin.ts";
import { ApiError } from "./api_error.ts";
import { type Call, json, type Route, textOf, wordOf } from "./route.ts";
import { scopeOf } from "./scope.ts";

/** What changes the policy in force: mode, reload, rules. */
export function policyRoutes(parts: AdminParts): readonly Route[] {
  return [
    {
      method: "POST",
      path: "/mode",
      summary: "Switches the mode, until Doorward ends",
      body: { mode: "full or limited" },
      token: "for full where the configuration says limited",
      serve: (call) => setMode(call, parts),
    },
    {
      method: "POST",
      path: "/reload",
      summary: "Reads the configuration again, and puts it into force whole or not at all",
      token: "never",
      serve: async () => {
        const { changed, closed } = await parts.configuration.reload();
        const { generation } = parts.proxy.policy.current;
        return json({ status: "reloaded", generation, changed, closed });
      },
    },
    ...(["allow", "deny"] as const).flatMap((list) => listRoutes(list, parts)),
  ];
}

function listRoutes(list: Rule["list"], parts: AdminParts): readonly Route[] {
  return [
    {
      method: "POST",
      path: `/${list}`,
      summary: `Adds a pattern to those that are ${list === "allow" ? "allowed" : "denied"}`,
      body: {
        host: "a pattern as in the configuration",
        scope: "minutes, run (until Doorward ends; the default) or always (into the file)",
        minutes: "how many, for the scope minutes",
      },
      token: list === "allow" ? "always" : "for the scope always",
      serve: (call) => addRule(list, call, parts),
    },
    {
      method: "DELETE",
      path: `/${list}`,
      summary: "Withdraws a pattern, and closes the connections that it let through",
      query: {
        host: "the pattern as /patterns shows it",
        scope: "always, for one that stands in the file",
      },
      token: list === "allow" ? "for the scope always" : "always",
      serve: (call) => removeRule(list, call, parts),
    },
  ];
}

async function setMode(call: Call, { proxy: { policy } }: AdminParts): Promise<Response> {
  const mode = wordOf(await call.body(), "mode", ["full", "limited"]);
  // Back to what the file says is no more than the file says.
  if (mode === "full" && policy.configured.mode === "limited") {
    call.demandToken('The mode "full" loosens what the configuration says');
  }
  await policy.everywhere(policy.setMode(mode));
  return json({ status: "ok", mode, generation: policy.current.generation });
}

async function addRule(list: Rule["list"], call: Call, parts: AdminParts): Promise<Response> {
  const { proxy: { policy }, configuration } = parts;
  if (list === "allow") call.demandToken("To allow a host");
  const body = await call.body();
  const pattern = await parsePattern(textOf(body, "host"), parts);
  const scope = scopeOf(body, ["minutes", "run", "always"], "run");
  const text = ruleText(pattern);
  if (scope.kind === "always") call.demandToken("To write into the configuration");
  const said = policy.saying(list, text).find((rule) => holdsAsLong(rule, scope));
  if (said === undefined) {
    policy.refuse(list, pattern);
    if (scope.kind === "always") {
      await configuration.persist(list, text);
      // What the file says need not be said again for a while.
      await policy.everywhere(policy.remove(list, text).closed);
    } else {
      const { change } = policy.add({ list, pattern, scope, from: "runtime" });
      await policy.everywhere(change.closed);
    }
  }
  const rule = said ?? policy.saying(list, text).at(-1) ?? null;
  const { generation } = policy.current;
  return json({ status: "ok", rule, changed: said === undefined, generation });
}

/** Whether a rule that is there holds at least as long as one that is wished for. */
function holdsAsLong({ origin, scope }: RuleRecord, wished: Scope): boolean {
  if (wished.kind === "always") return origin === "config";
  return scope !== "minutes" && (origin !== "runtime" || wished.kind === "minutes");
}

async function removeRule(list: Rule["list"], call: Call, parts: AdminParts): Promise<Response> {
  const { proxy: { policy }, configuration } = parts;
  if (list === "deny") call.demandToken("To withdraw a denial");
  const host = call.query("host");
  if (host === null) {
    throw new ApiError("bad_parameter", 'Cannot withdraw a rule: "host" is missing');
  }
  const text = ruleText(await parsePattern(host, parts));
  const same = policy.saying(list, text);
  if (same.length === 0) {
    throw new ApiError("not_a_rule", `Cannot withdraw "${host}": no ${list} rule says that`);
  }
  const isWritten = same.some(({ id }) => id === null);
  const isAlways = call.query("scope") === "always";
  if (isWritten && !isAlways) {
    throw new ApiError(
      "configured",
      `Cannot withdraw "${host}": the configuration says it; scope=always takes it out of the file`,
      { rules: same },
    );
  }
  if (isAlways) call.demandToken("To write into the configuration");
  const written = isWritten ? await configuration.withdraw(list, text) : null;
  const removed = await policy.everywhere(policy.remove(list, text).closed);
  const closed = removed + (written?.closed ?? 0);
  return json({ status: "ok", removed: same, closed, generation: policy.current.generation });
}

async function parsePattern(text: string, { configuration }: AdminParts): Promise<RulePattern> {
  const parsed = await configuration.parsePattern(text);
  if (parsed.kind !== "bad") return parsed;
  throw new ApiError("bad_pattern", `Cannot use this pattern: ${parsed.why}`);
}
