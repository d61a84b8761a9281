// Policy: request in, decision out. No I/O, no clock, no randomness; it never looks up a name.
import { formatHost } from "../net/host.ts";
import { formatIp, type IpAddress } from "../net/ip.ts";
import { classifyIp, isatapIpv4 } from "../net/ip_class.ts";
import { type Allow, type Ask, BLOCK_REASONS, type Decision, type Deny } from "./decision.ts";
import {
  CLASS_WORDS,
  classifyHost,
  judgeLocalAnswer,
  judgeLocalTarget,
  type LocalRules,
} from "./local_target.ts";
import { guardMode } from "./mode_guard.ts";
import type { Policy, PolicyDocument, Step } from "./policy.ts";
import { formatPorts } from "./port_words.ts";
import type { NetworkRequest } from "./request.ts";
import { formatOrigin, type Rule } from "./rule.ts";
import { RuleList } from "./rule_list.ts";
import type { Endpoint } from "../net/endpoint.ts";

type Note = ((step: Step) => void) | undefined;

/** Builds the indexes of a policy. */
export function compilePolicy(document: PolicyDocument): Policy {
  const { allowLocalBinding, mode, rules } = document;
  const deny = new RuleList(rules.filter((rule) => rule.list === "deny"));
  const allow = new RuleList(rules.filter((rule) => rule.list === "allow"));
  const local: LocalRules = { allow, allowLocalBinding };

  function decide(request: NetworkRequest, note?: (step: Step) => void): Decision {
    const { target } = request;
    const refused = askEnabled(document, note) ??
      askDenied(deny, target, "deny rules by name", note) ??
      askLocalTarget(local, target, note);
    if (refused !== null) return refused;
    const answer = askAllowed(document, allow, target, note);
    if (answer.verdict !== "allow") return answer;
    const guarded = guardMode(mode, request);
    note?.({ question: "mode", answer: modeAnswer(mode, guarded), rule: null });
    return guarded ?? answer;
  }

  function decideAddress(
    request: NetworkRequest,
    ip: IpAddress,
    note?: (step: Step) => void,
  ): Deny | null {
    const { target } = request;
    const dialled: Endpoint = { host: { kind: "ip", ip }, port: target.port };
    const disabled = askEnabled(document, undefined);
    if (disabled !== null) return disabled;
    if (target.host.kind === "ip") {
      // decide() has judged it. Asked again of the address itself, so that nothing else is dialled.
      const again = askDenied(deny, dialled, "", undefined) ??
        askLocalTarget(local, dialled, undefined);
      const answer = again === null ? "as asked for" : again.detail || matchAnswer(again.rule);
      note?.({ question: `address ${formatIp(ip)}`, answer, rule: again?.rule ?? null });
      return again;
    }
    const denied = askDenied(deny, dialled, `deny rules by address ${formatIp(ip)}`, note);
    if (denied === null) return askLocalAnswer(local, target, ip, note);
    // The address itself is not for the client to see; the step above tells it to who may.
    return { ...denied, detail: `${target.host.name} resolves to a denied address` };
  }

  return { document, decide, decideAddress };
}

function askEnabled(document: PolicyDocument, note: Note): Deny | null {
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

function askDenied(deny: RuleList, target: Endpoint, question: string, note: Note): Deny | null {
  let rule = deny.find(target);
  if (rule === null && target.host.kind === "ip") {
    const inner = isatapIpv4(target.host.ip);
    if (inner !== null) rule = deny.findIp(inner, target.port);
  }
  note?.({ question, answer: matchAnswer(rule), rule });
  if (rule === null) return null;
  return { verdict: "deny", reason: "denied", source: "baseline_policy", rule, detail: "" };
}

function askLocalTarget(local: LocalRules, target: Endpoint, note: Note): Deny | null {
  const kind = classifyHost(target.host);
  const refused = judgeLocalTarget(target, kind, local);
  note?.({
    question: "local or special address",
    answer: kind === "public" ? "no" : refused?.detail ?? `${CLASS_WORDS[kind]}, may pass`,
    rule: null,
  });
  return refused;
}

function askLocalAnswer(
  local: LocalRules,
  target: Endpoint,
  ip: IpAddress,
  note: Note,
): Deny | null {
  const kind = classifyIp(ip);
  const refused = judgeLocalAnswer(target, ip, kind, local);
  note?.({
    question: `address ${formatIp(ip)}`,
    answer: refused?.detail ?? `${CLASS_WORDS[kind]}, may pass`,
    rule: null,
  });
  return refused;
}

function askAllowed(
  document: PolicyDocument,
  allow: RuleList,
  target: Endpoint,
  note: Note,
): Allow | Ask | Deny {
  const rule = allow.find(target);
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
  const detail = whyMissed(allow, target);
  const common = { reason: "not_allowed", source: "baseline_policy", rule: null, detail } as const;
  return document.ask ? { verdict: "ask", ...common } : { verdict: "deny", ...common };
}

function whyMissed(allow: RuleList, target: Endpoint): string {
  if (allow.isEmpty) return "the list of allowed hosts is empty";
  const elsewhere = allow.matching(target.host);
  if (elsewhere.length === 0) return "";
  return `${formatHost(target.host)} is allowed ${formatPorts(elsewhere)}, not on ${target.port}`;
}

function matchAnswer(rule: Rule | null): string {
  return rule === null ? "no match" : `"${rule.text}" (${formatOrigin(rule.origin)})`;
}

function modeAnswer(mode: PolicyDocument["mode"], guarded: Deny | null): string {
  if (mode === "full") return "full: every method passes";
  if (guarded === null) return "limited: it only reads";
  return `limited: ${guarded.detail || BLOCK_REASONS[guarded.reason]}`;
}
