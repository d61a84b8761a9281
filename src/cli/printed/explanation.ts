import type { Config } from "../../config/config.ts";
import { formatSocketAddress } from "../../net/address/endpoint.ts";
import { formatHost } from "../../net/address/host.ts";
import { type Ask, BLOCK_REASONS, type Deny } from "../../policy/decision.ts";
import type { Step } from "../../policy/policy.ts";
import { formatOrigin, type Rule } from "../../policy/rule.ts";
import { refusalOf } from "../../proxy/refusal.ts";
import { describeUpstream } from "../../proxy/upstream/upstream_proxy.ts";
import type { PolicyFlags } from "../argv/command.ts";
import { flagWords, quoteWords } from "../shell/command_line.ts";
import type { Outcome } from "../explain.ts";
import type { ExplainTarget } from "../explain_target.ts";
import { applyRemedy, remedyFor } from "./remedy.ts";
import type { Shell } from "../shell/shell_quote.ts";
import { type Line, paint, type Painted } from "./terminal.ts";

/** Everything that `explain` has found out. */
export interface Explanation {
  readonly asked: ExplainTarget;
  readonly outcome: Outcome;
  readonly steps: readonly Step[];
  readonly config: Config;
  readonly policy: PolicyFlags;
  /** The file to write rules into when none was read; null when there is no home. */
  readonly homeFile: string | null;
  readonly shell: Shell;
}

/** For people: the answer, then the steps that led to it, then what to do. */
export function explanationLines(explanation: Explanation): readonly Line[] {
  const { asked, steps } = explanation;
  const width = Math.max(0, ...steps.map((step) => step.question.length));
  const advice = nextSteps(explanation);
  return [
    [verdictWord(explanation.outcome), `  ${asked.method} ${asked.target}  ${answer(explanation)}`],
    ...steps.map((step): Line => [
      "  ",
      paint("faint", step.question.padEnd(width)),
      `  ${step.answer}`,
    ]),
    ...advice.map((line): Line => [line]),
  ];
}

/** For programs. Fields are added at the end, never renamed. */
export function explanationJson(explanation: Explanation): Readonly<Record<string, unknown>> {
  const { asked, outcome, steps, config } = explanation;
  const target = asked.kind === "request" ? asked.request.target : null;
  const isBlock = outcome.verdict === "deny" || outcome.verdict === "ask";
  return {
    verdict: outcome.verdict,
    method: asked.method,
    target: asked.target,
    host: target === null ? null : formatHost(target.host),
    port: target?.port ?? null,
    protocol: asked.kind === "request" ? asked.request.protocol : null,
    status: statusOf(explanation),
    reason: isBlock
      ? outcome.reason
      : outcome.verdict === "unreachable"
      ? outcome.error.code
      : null,
    source: isBlock ? outcome.source : null,
    message: answer(explanation),
    rule: ruleJson(ruleOf(outcome)),
    addresses: outcome.verdict === "allow"
      ? outcome.addresses?.map(formatSocketAddress) ?? null
      : null,
    steps: steps.map(({ question, answer, rule }) => ({ question, answer, rule: ruleJson(rule) })),
    next_steps: nextSteps(explanation),
    sources: config.sources,
    upstream_proxy: outcome.verdict === "allow" && outcome.via !== null
      ? describeUpstream(outcome.via)
      : null,
  };
}

function verdictWord({ verdict }: Outcome): Painted {
  switch (verdict) {
    case "allow":
      return paint("good", "allowed");
    case "ask":
    case "deny":
      return paint("bad", "blocked");
    case "refused":
      return paint("bad", "refused");
    case "unreachable":
      return paint("bad", "failed");
  }
}

function answer({ outcome }: Explanation): string {
  switch (outcome.verdict) {
    case "allow":
      return allowed(outcome);
    case "ask":
    case "deny":
      return `${outcome.reason}: ${because(outcome)}`;
    case "refused":
      return `would be refused with ${outcome.status}: ${outcome.why}`;
    case "unreachable":
      return `${outcome.error.code}: the proxy would answer ${outcome.status}: ${outcome.error.message}`;
  }
}

function allowed({ decision, addresses, via }: Extract<Outcome, { verdict: "allow" }>): string {
  const by = decision.rule === null
    ? "nothing denies it, and everything that is not denied is allowed"
    : `by ${ruleText(decision.rule)}`;
  if (via !== null) return `${by}, through ${describeUpstream(via)}`;
  const where = addresses === null
    ? "; not looked up, its addresses must pass, too"
    : `, to ${addresses.map(formatSocketAddress).join(", ")}`;
  return by + where;
}

function because(decision: Ask | Deny): string {
  const sentence = BLOCK_REASONS[decision.reason];
  const detail = decision.detail === "" ? "" : `; ${decision.detail}`;
  const rule = decision.rule === null ? "" : ` (${ruleText(decision.rule)})`;
  return sentence + detail + rule;
}

function ruleText(rule: Rule): string {
  return `${rule.list} rule "${rule.text}" at ${formatOrigin(rule.origin)}`;
}

function ruleOf(outcome: Outcome): Rule | null {
  switch (outcome.verdict) {
    case "allow":
      return outcome.decision.rule;
    case "ask":
    case "deny":
      return outcome.rule;
    case "refused":
    case "unreachable":
      return null;
  }
}

function ruleJson(rule: Rule | null) {
  if (rule === null) return null;
  const { list, text, origin } = rule;
  return { list, text, file: origin.file, line: origin.line, column: origin.column };
}

function statusOf({ asked, outcome }: Explanation): number | null {
  switch (outcome.verdict) {
    case "allow":
      return null;
    case "refused":
    case "unreachable":
      return outcome.status;
    case "ask":
    case "deny":
      return asked.kind === "request" ? refusalOf(asked.request, outcome).status : null;
  }
}

/** What to do who wants it to go through. */
function nextSteps(explanation: Explanation): readonly string[] {
  const { asked, outcome, policy, shell } = explanation;
  if (asked.kind === "refused") return [];
  if (outcome.verdict !== "ask" && outcome.verdict !== "deny") return [];
  const { host, port } = asked.request.target;
  const remedy = remedyFor({ host: formatHost(host), port, reason: outcome.reason });
  const flags = flagWords(applyRemedy(policy, remedy));
  const once = `to allow it once: ${
    quoteWords(["doorward", "run", ...flags, "--"], shell)
  } COMMAND`;
  const file = fileToEdit(explanation);
  switch (remedy.kind) {
    case "allow":
      return [
        ...unanswered(outcome),
        once,
        `to allow it always: "${remedy.pattern}" in allowed_domains of ${file}`,
      ];
    case "full_mode":
      return [once, `to allow it always: mode = "full" in ${file}`];
    case "explain":
      return outcome.reason === "denied" ? ["a deny rule always wins: only removing it helps"] : [];
    case "none":
      return outcome.reason === "proxy_disabled"
        ? [`to switch it on: enabled = true in ${file}`]
        : [];
  }
}

function fileToEdit({ config, homeFile }: Explanation): string {
  const [file = "built-in"] = config.sources;
  return file === "built-in" ? homeFile ?? "a configuration file" : file;
}

function unanswered({ verdict }: Ask | Deny): readonly string[] {
  if (verdict === "deny") return [];
  return ["ask is on, but nobody can be asked in this version: the answer is 403"];
}
