// The questions that a policy asks, in the order they stand here. Each tells its step before it answers.
import type { Endpoint } from "../net/address/endpoint.ts";
import { formatHost } from "../net/address/host.ts";
import { formatIp, type IpAddress } from "../net/address/ip.ts";
import { classifyIp, isatapIpv4 } from "../net/address/ip_class.ts";
import { type Allow, type Ask, BLOCK_REASONS, type Deny } from "./decision.ts";
import {
  CLASS_WORDS,
  classifyHost,
  judgeLocalAnswer,
  judgeLocalTarget,
  type LocalRules,
} from "./local_target.ts";
import { guardMode } from "./mode_guard.ts";
import type { Mode, PolicyDocument, Step } from "./policy.ts";
import { formatReach } from "./port_words.ts";
import type { HttpRequest, NetworkRequest, Protocol, TunnelRequest } from "./request.ts";
import type { RequestRule } from "./request_rule.ts";
import type { RequestRules } from "./request_rules.ts";
import { formatOrigin, type Rule } from "./rule.ts";
import type { RuleList } from "./rule_list.ts";
import type { PolicyRequest } from "./socket_request.ts";
import { guardTunnel, type TunnelGuard } from "./tunnel_guard.ts";

/** Who is told each step, if anybody wants to know. */
export type Note = ((step: Step) => void) | undefined;

/** Asks whether there is a policy in force at all. */
export function askEnabled(document: PolicyDocument, note: Note): Deny | null {
  note?.({ question: "proxy", answer: document.enabled ? "enabled" : "disabled", rule: null });
  if (document.enabled) return null;
  return {
    verdict: "deny",
    reason: "proxy_disabled",
    source: "proxy_state",
    rule: null,
    detail: "",
  };
}

/** Asks the deny rules. An address is denied by what it claims to carry, too. */
export function askDenied(
  deny: RuleList,
  target: Endpoint,
  protocol: Protocol,
  by: "name" | "address",
  note: Note,
): Deny | null {
  let rule = deny.find(target, protocol);
  if (rule === null && target.host.kind === "ip") {
    const inner = isatapIpv4(target.host.ip);
    if (inner !== null) rule = deny.findIp(inner, target.port, protocol);
  }
  note?.({
    question: by === "name"
      ? "deny rules by name"
      : `deny rules by address ${formatHost(target.host)}`,
    answer: matchAnswer(rule),
    rule,
  });
  if (rule === null) return null;
  return { verdict: "deny", reason: "denied", source: "baseline_policy", rule, detail: "" };
}

/** Asks whether the target is this machine, or some other place that is not on the internet. */
export function askLocalTarget(
  local: LocalRules,
  target: Endpoint,
  protocol: Protocol,
  note: Note,
): Deny | null {
  const kind = classifyHost(target.host);
  const refused = judgeLocalTarget(target, kind, protocol, local);
  note?.({
    question: "local or special address",
    answer: kind === "public" ? "no" : refused?.detail ?? `${CLASS_WORDS[kind]}, may pass`,
    rule: null,
  });
  return refused;
}

/** Asks the same of an address that the target resolved to. */
export function askLocalAnswer(
  local: LocalRules,
  request: NetworkRequest,
  ip: IpAddress,
  note: Note,
): Deny | null {
  const kind = classifyIp(ip);
  const refused = judgeLocalAnswer(request, ip, kind, local);
  note?.({
    question: `address ${formatIp(ip)}`,
    answer: refused?.detail ?? `${CLASS_WORDS[kind]}, may pass`,
    rule: null,
  });
  return refused;
}

/** Asks the allow rules. */
export function askAllowed(
  document: PolicyDocument,
  allow: readonly RuleList[],
  { target, protocol }: NetworkRequest,
  note: Note,
): Allow | Ask | Deny {
  const rule = firstOf(allow, target, protocol);
  note?.({ question: "allow rules by name", answer: matchAnswer(rule), rule });
  if (rule !== null) return { verdict: "allow", rule };
  if (document.dangerouslyAllowAllDomains) {
    note?.({
      question: "dangerously_allow_all_domains",
      answer: "on: all that is not denied is allowed",
      rule: null,
    });
    return { verdict: "allow", rule: null };
  }
  const detail = whyMissed(allow, target, protocol);
  const common = { reason: "not_allowed", rule: null, detail } as const;
  return document.ask || document.decider
    ? { verdict: "ask", source: "decider", ...common }
    : { verdict: "deny", source: "baseline_policy", ...common };
}

function firstOf(lists: readonly RuleList[], target: Endpoint, protocol: Protocol): Rule | null {
  for (const list of lists) {
    const rule = list.find(target, protocol);
    if (rule !== null) return rule;
  }
  return null;
}

function whyMissed(
  allow: readonly RuleList[],
  { host, port }: Endpoint,
  protocol: Protocol,
): string {
  if (allow.every((list) => list.isEmpty)) return "the list of allowed hosts is empty";
  const elsewhere = allow.flatMap((list) => list.matching(host));
  if (elsewhere.length === 0) return "";
  const reach = formatReach(elsewhere);
  const missed = reach.startsWith("over ") ? `over ${protocol}` : `on ${port}`;
  return `${formatHost(host)} is allowed ${reach}, not ${missed}`;
}

/** Asks the request rules of the host: null, if it has none. Nothing is told where nobody has any. */
export function askRequestRules(
  rules: RequestRules,
  request: HttpRequest,
  note: Note,
): { readonly verdict: "match"; readonly request: RequestRule } | Deny | null {
  if (rules.isEmpty) return null;
  const answer = rules.answer(request);
  const tell = (words: string): void =>
    note?.({ question: "request rules", answer: words, rule: null });
  switch (answer.kind) {
    case "none":
      tell("none for this host");
      return null;
    case "match":
      tell(requestRuleWords(answer.rule));
      return { verdict: "match", request: answer.rule };
    case "miss":
      tell(`no match: ${answer.detail}; the nearest is ${requestRuleWords(answer.nearest)}`);
      return {
        verdict: "deny",
        reason: "mitm_hook_denied",
        source: "baseline_policy",
        rule: null,
        detail: answer.detail,
      };
  }
}

function requestRuleWords({ text, origin }: RequestRule): string {
  return `"${text}" (${formatOrigin(origin)})`;
}

/** Asks whether there are request rules for what goes through a tunnel. */
export function askTunnelRules(
  rules: RequestRules,
  { target }: TunnelRequest,
  note: Note,
): boolean {
  if (rules.isEmpty) return false;
  const { length } = rules.of(target);
  const answer = length === 0 ? "none for this host" : `${length} for this host`;
  note?.({ question: "request rules", answer, rule: null });
  return length > 0;
}

/** Asks whether the mode lets through what the request does. */
export function askMode(mode: Mode, request: PolicyRequest, note: Note): Deny | null {
  const refused = guardMode(mode, request);
  note?.({ question: "mode", answer: modeAnswer(mode, refused), rule: null });
  return refused;
}

/** Asks whether a tunnel may pass unseen: null, if so. */
export function askTunnel(
  guard: TunnelGuard,
  request: TunnelRequest,
  note: Note,
): "inspect" | Deny | null {
  const answer = guardTunnel(request, guard);
  note?.({ question: "mode", answer: tunnelAnswer(guard, answer), rule: null });
  return answer;
}

function tunnelAnswer({ mode }: TunnelGuard, answer: "inspect" | Deny | null): string {
  if (answer === "inspect") return `${mode}: the tunnel is looked into`;
  return modeAnswer(mode, answer);
}

/** Asks whether the unix socket at that path, every symbolic link resolved, may be reached. */
export function askSocket(
  document: PolicyDocument,
  canonical: string | null,
  note: Note,
): Deny | null {
  const isAll = document.dangerouslyAllowAllUnixSockets;
  const isListed = canonical !== null && document.unixSockets.includes(canonical);
  note?.({
    question: "unix sockets",
    answer: isAll ? "all are allowed" : isListed ? `${canonical} is allowed` : "no match",
    rule: null,
  });
  if (isAll || isListed) return null;
  const detail = document.unixSockets.length === 0 ? "the list is empty" : "";
  return {
    verdict: "deny",
    reason: "not_allowed",
    source: "baseline_policy",
    rule: null,
    detail,
  };
}

function modeAnswer(mode: Mode, refused: Deny | null): string {
  if (mode === "full") return "full: every method passes";
  if (refused === null) return "limited: it only reads";
  return `limited: ${refused.detail || BLOCK_REASONS[refused.reason]}`;
}

/** The answer of a list of rules, in words. */
export function matchAnswer(rule: Rule | null): string {
  return rule === null ? "no match" : `"${rule.text}" (${formatOrigin(rule.origin)})`;
}
