// Policy: request in, decision out. No I/O, no clock, no randomness; it never looks up a name.
import type { Endpoint } from "../net/address/endpoint.ts";
import { formatIp, type IpAddress } from "../net/address/ip.ts";
import type { Allow, Decision, Deny, Inspect } from "./decision.ts";
import type { LocalRules } from "./local_target.ts";
import { guardInside, HTTPS_PORT, type Inside, isRaw } from "./inside_guard.ts";
import { guardDatagrams, guardTunnel, type TunnelGuard } from "./tunnel_guard.ts";
import type { Policy, PolicyDocument, Step } from "./policy.ts";
import {
  askAllowed,
  askDenied,
  askEnabled,
  askLocalAnswer,
  askLocalTarget,
  askMode,
  askRequestRules,
  askSocket,
  askTunnel,
  askTunnelRules,
  matchAnswer,
} from "./questions.ts";
import type { NetworkRequest, TunnelRequest } from "./request.ts";
import { RequestRules } from "./request_rules.ts";
import type { Rule } from "./rule.ts";
import { RuleList } from "./rule_list.ts";
import type { SocketRequest } from "./socket_request.ts";

/** Builds the indexes of a policy. */
export function compilePolicy(document: PolicyDocument, generation = 1): Policy {
  const { allowLocalBinding, denyEch, interception, mode, rules, runtimeRules = [] } = document;
  const deny = listOf("deny", [...rules, ...runtimeRules]);
  const configured = listOf("allow", rules);
  const allow = runtimeRules.length === 0
    ? [configured]
    : [configured, listOf("allow", runtimeRules)];
  const requestRules = new RequestRules(document.requestRules);
  const local: LocalRules = {
    allow: configured,
    allowLocalBinding,
    allowAll: document.dangerouslyAllowAllDomains,
  };

  function decide(request: NetworkRequest, note?: (step: Step) => void): Decision {
    const { target, protocol } = request;
    const refused = askEnabled(document, note) ??
      askDenied(deny, target, protocol, "name", note) ??
      askLocalTarget(local, target, protocol, note);
    if (refused !== null) return refused;
    const answer = askAllowed(document, allow, request, note);
    if (answer.verdict !== "allow") return answer;
    return decideDeed(request, answer, note);
  }

  /** What becomes of a request whose host is allowed. */
  function decideDeed(
    request: NetworkRequest,
    allowed: Allow,
    note: ((step: Step) => void) | undefined,
  ): Allow | Inspect | Deny {
    if (request.kind === "http") {
      const rule = askRequestRules(requestRules, request, note);
      if (rule?.verdict === "deny") return rule;
      const granted = rule === null ? allowed : { ...allowed, request: rule.request };
      return askMode(mode, request, note) ?? granted;
    }
    const isRuled = askTunnelRules(requestRules, request, note);
    const answer = askTunnel(guardOf(request, isRuled), request, note);
    return answer === "inspect" ? { verdict: "inspect", rule: allowed.rule } : answer ?? allowed;
  }

  /** By what it is told whether a tunnel may pass unseen. */
  function guardOf(request: TunnelRequest, isRuled: boolean): TunnelGuard {
    const isWatched = document.inspectsAll === true && !isRaw(request, allow);
    return { mode, interception, isRuled, isWatched };
  }

  function decideAddress(
    request: NetworkRequest,
    ip: IpAddress,
    note?: (step: Step) => void,
  ): Deny | null {
    const { target, protocol } = request;
    const dialled: Endpoint = { host: { kind: "ip", ip }, port: target.port };
    const disabled = askEnabled(document, undefined);
    if (disabled !== null) return disabled;
    if (target.host.kind === "ip") {
      // decide() has judged it. Asked again of the address itself, so that nothing else is dialled.
      const again = askDenied(deny, dialled, protocol, "address", undefined) ??
        askLocalTarget(local, dialled, protocol, undefined);
      const answer = again === null ? "as asked for" : again.detail || matchAnswer(again.rule);
      note?.({ question: `address ${formatIp(ip)}`, answer, rule: again?.rule ?? null });
      return again;
    }
    const denied = askDenied(deny, dialled, protocol, "address", note);
    if (denied === null) return askLocalAnswer(local, request, ip, note);
    // The address itself is not for the client to see; the step above tells it to who may.
    return { ...denied, detail: `${target.host.name} resolves to a denied address` };
  }

  function decideDatagrams(): Deny | null {
    return askEnabled(document, undefined) ?? guardDatagrams(mode);
  }

  function decideSocketEntrance(request: SocketRequest, note?: (step: Step) => void): Deny | null {
    return askEnabled(document, note) ?? askMode(mode, request, note);
  }

  function decideSocket(
    request: SocketRequest,
    canonical: string | null,
    note?: (step: Step) => void,
  ): Deny | null {
    return decideSocketEntrance(request, note) ?? askSocket(document, canonical, note);
  }

  function looksInside(request: TunnelRequest): boolean {
    const { target, protocol } = request;
    return document.sniBinding && target.port === HTTPS_PORT && protocol !== "socks5_udp" &&
      !isRaw(request, allow);
  }

  function decideInside(request: TunnelRequest, inside: Inside): Deny | null {
    const isRuled = requestRules.of(request.target).length > 0;
    const isUnseen = guardTunnel(request, guardOf(request, isRuled)) === null;
    return guardInside(request, inside, {
      deny,
      denyEch,
      requestRules: isUnseen ? requestRules : null,
    });
  }

  return {
    document,
    generation,
    looksInside,
    decideInside,
    decide,
    decideApproved: (request, rule, note) => decideDeed(request, { verdict: "allow", rule }, note),
    decideDatagrams,
    decideAddress,
    decideSocketEntrance,
    decideSocket,
  };
}

function listOf(list: Rule["list"], rules: readonly Rule[]): RuleList {
  return new RuleList(rules.filter((rule) => rule.list === list));
}
