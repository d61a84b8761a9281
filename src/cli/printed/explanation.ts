import type { Config } from "../../config/config.ts";
import { formatSocketAddress } from "../../net/address/endpoint.ts";
import { type Ask, BLOCK_REASONS, type Deny } from "../../policy/decision.ts";
import type { Step } from "../../policy/policy.ts";
import type { RequestRule } from "../../policy/request_rule.ts";
import { formatOrigin, type Origin, type Rule } from "../../policy/rule.ts";
import type { PolicyRequest } from "../../policy/socket_request.ts";
import { placeOf } from "../../proxy/place.ts";
import { refusalOf } from "../../proxy/refusal.ts";
import { describeUpstream } from "../../proxy/upstream/upstream_proxy.ts";
import type { PolicyFlags } from "../argv/command.ts";
import { flagWords, quoteWords } from "../shell/command_line.ts";
import type { Outcome } from "../explain.ts";
import type { ExplainTarget } from "../explain_target.ts";
import { applyRemedy, remedyFor } from "./remedy.ts";
import type { Shell } from "../../library/env/shell_quote.ts";
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
    ...advice.map(adviceLine),
  ];
}

/** For programs. Fields are added at the end, never renamed. */
export function explanationJson(explanation: Explanation): Readonly<Record<string, unknown>> {
  const { asked, outcome, steps, config } = explanation;
  const place = asked.kind === "request" ? placeOf(asked.request) : null;
  const network = networkOf(outcome);
  const isBlock = outcome.verdict === "deny" || outcome.verdict === "ask";
  return {
    verdict: outcome.verdict,
    method: asked.method,
    target: asked.target,
    host: place?.host ?? null,
    port: place?.port ?? null,
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
    addresses: network?.addresses?.map(formatSocketAddress) ?? null,
    steps: steps.map(({ question, answer, rule }) => ({ question, answer, rule: ruleJson(rule) })),
    next_steps: nextSteps(explanation).map(({ what, command = "" }) => what + command),
    sources: config.sources,
    upstream_proxy: network === null || network.via === null ? null : describeUpstream(network.via),
    request_rule: requestRuleJson(network?.decision.request),
  };
}

/** How the network would be reached. */
type AllowedNetwork = Extract<Outcome, { readonly addresses: unknown }>;

function networkOf(outcome: Outcome): AllowedNetwork | null {
  return outcome.verdict === "allow" && "addresses" in outcome ? outcome : null;
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

function answer({ asked, outcome, config }: Explanation): string {
  switch (outcome.verdict) {
    case "allow":
      return "socket" in outcome ? allowedSocket(outcome.socket, config) : allowed(outcome);
    case "ask":
    case "deny":
      return `${outcome.reason}: ${because(asked, outcome)}`;
    case "refused":
      return `would be refused with ${outcome.status}: ${outcome.why}`;
    case "unreachable":
      return `${outcome.error.code}: the proxy would answer ${outcome.status}: ${outcome.error.message}`;
  }
}

function allowedSocket(path: string, { network, originOf }: Config): string {
  const isAll = network.dangerously_allow_all_unix_sockets;
  const key = isAll ? "dangerously_allow_all_unix_sockets" : "allow_unix_sockets";
  const origin = originOf(`network.${key}`);
  return `by ${key}${origin === undefined ? "" : ` at ${formatOrigin(origin)}`}, to ${path}`;
}

function allowed({ decision, addresses, via }: AllowedNetwork): string {
  const host = decision.rule === null
    ? "nothing denies it, and everything that is not denied is allowed"
    : `by ${ruleText(decision.rule)}`;
  const { request } = decision;
  const by = request === undefined
    ? host
    : `${host}, by request rule "${request.text}" at ${formatOrigin(request.origin)}`;
  if (via !== null) return `${by}, through ${describeUpstream(via)}`;
  const where = addresses === null
    ? "; not looked up, its addresses must pass, too"
    : `, to ${addresses.map(formatSocketAddress).join(", ")}`;
  return by + where;
}

function because(asked: ExplainTarget, decision: Ask | Deny): string {
  const isUnlisted = asked.kind === "request" && asked.request.kind === "socket" &&
    decision.reason === "not_allowed";
  const sentence = isUnlisted ? "not in allow_unix_sockets" : BLOCK_REASONS[decision.reason];
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
      return networkOf(outcome)?.decision.rule ?? null;
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
  return { list, text, ...originJson(origin) };
}

function requestRuleJson(rule: RequestRule | undefined) {
  if (rule === undefined) return null;
  const { text, origin } = rule;
  return { text, ...originJson(origin) };
}

/** `preset` is there only for what a preset says. */
function originJson({ file, line, column, preset }: Origin) {
  return { file, line, column, ...(preset === undefined ? {} : { preset }) };
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

/** What to do. */
interface Advice {
  readonly what: string;
  /** To be copied; absent where there is none. */
  readonly command?: string;
}

function adviceLine({ what, command }: Advice): Line {
  return command === undefined ? [what] : [what, paint("copy", command)];
}

/** What to do who wants it to go through. */
function nextSteps(explanation: Explanation): readonly Advice[] {
  const { asked, outcome, config, policy, shell } = explanation;
  if (asked.kind === "refused") return [];
  if (outcome.verdict !== "ask" && outcome.verdict !== "deny") return [];
  const blocked = { ...blockedPlace(asked.request), reason: outcome.reason };
  const remedy = remedyFor(blocked, config.network.allow_unix_sockets);
  const flags = flagWords(applyRemedy(policy, remedy));
  const command = `${quoteWords(["doorward", "run", ...flags, "--"], shell)} COMMAND`;
  const once: Advice = { what: "to allow it once: ", command };
  const file = fileToEdit(explanation);
  switch (remedy.kind) {
    case "allow":
      return [
        ...unanswered(outcome, config).map((what): Advice => ({ what })),
        once,
        { what: `to allow it always: "${remedy.pattern}" in allowed_domains of ${file}` },
      ];
    case "allow_socket":
      return [
        once,
        {
          what: `to allow it always: ${
            JSON.stringify(remedy.path)
          } in allow_unix_sockets of ${file}`,
        },
      ];
    case "list_socket":
      return [{ what: toList(remedy.path, config) }];
    case "full_mode":
      return [once, { what: `to allow it always: mode = "full" in ${file}` }];
    case "intercept":
      return [
        { what: "to look into it once: ", command },
        { what: `to look into it always: mitm = true in ${file}` },
      ];
    case "explain":
      return outcome.reason === "denied"
        ? [{ what: "a deny rule always wins: only removing it helps" }]
        : [];
    case "none":
      return outcome.reason === "proxy_disabled"
        ? [{ what: `to switch it on: enabled = true in ${file}` }]
        : [];
  }
}

/** As a record has it: the path of a unix socket in place of its host. */
function blockedPlace(request: PolicyRequest) {
  const { host, port } = placeOf(request);
  return { host: request.kind === "socket" ? request.path : host, port };
}

function toList(path: string, { originOf }: Config): string {
  const origin = originOf("network.allow_unix_sockets");
  const where = origin === undefined ? "" : ` at ${formatOrigin(origin)}`;
  return `to allow it: add ${JSON.stringify(path)} to allow_unix_sockets${where}`;
}

function fileToEdit({ config, homeFile }: Explanation): string {
  const [file = "built-in"] = config.sources;
  return file === "built-in" ? homeFile ?? "a configuration file" : file;
}

function unanswered({ verdict }: Ask | Deny, { asksDecider, network }: Config): readonly string[] {
  if (verdict === "deny") return [];
  return [
    ...(asksDecider
      ? ["a decider is asked first, and not by explain: it may allow or deny it"]
      : []),
    ...(network.ask ? ["ask is on: the request would wait for a person to answer"] : []),
  ];
}
