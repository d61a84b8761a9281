import { formatEndpoint } from "../net/address/endpoint.ts";
import {
  type Ask,
  BLOCK_REASONS,
  type BlockReason,
  type Deny,
  reasonWord,
} from "../policy/decision.ts";
import { narrowestPattern } from "../policy/narrowest_pattern.ts";
import { formatOrigin } from "../policy/rule.ts";
import type { PolicyRequest } from "../policy/socket_request.ts";
import { mayHideName } from "./hidden_name.ts";
import { placeOf } from "./place.ts";

/** How a block is told to the program and to the person behind it. The words of the wire are the seeds'. */
export interface Refusal {
  readonly status: 403 | 421 | 503;
  /** `x-proxy-error`; a disabled proxy has none. */
  readonly header: ProxyErrorHeader | null;
  readonly reason: BlockReason;
  /** One line of ASCII, at most 80 characters: what most programs show of a failed CONNECT. */
  readonly phrase: string;
  /** One sentence. */
  readonly message: string;
  /** The structured decision, in the order it is printed. */
  readonly fields: RefusalFields;
}

/** The four values that `x-proxy-error` may have. */
export type ProxyErrorHeader =
  | "blocked-by-allowlist"
  | "blocked-by-denylist"
  | "blocked-by-method-policy"
  | "blocked-by-policy";

/** The JSON body of a plain HTTP block. Fields are added at the end, never renamed. */
export interface RefusalFields {
  readonly status: "blocked";
  readonly host: string;
  /** A word of docs/reasons.md, or the decider's own. */
  readonly reason: string;
  readonly decision: "deny" | "ask";
  readonly source: string;
  readonly protocol: string;
  readonly port: number;
  readonly message: string;
  /** The rule that decided, with its place; null where it was the absence of one, a mode, or an address. */
  readonly rule: string | null;
  /** What a person, or the program, can do now. */
  readonly next_steps: readonly string[];
  /** Whether the same request could pass without a change of the policy. */
  readonly retryable: boolean;
}

const HEADERS: Readonly<Record<BlockReason, ProxyErrorHeader | null>> = {
  not_allowed: "blocked-by-allowlist",
  not_allowed_local: "blocked-by-allowlist",
  denied: "blocked-by-denylist",
  method_not_allowed: "blocked-by-method-policy",
  mitm_required: "blocked-by-method-policy",
  mitm_hook_denied: "blocked-by-policy",
  sni_mismatch: "blocked-by-policy",
  host_mismatch: "blocked-by-policy",
  not_tls: "blocked-by-policy",
  policy_denied: "blocked-by-policy",
  decider_failed: "blocked-by-policy",
  own_listener: "blocked-by-policy",
  upstream_proxy: "blocked-by-policy",
  proxy_disabled: null,
};

/** Where it is not 403. RFC 9110 section 15.5.20: a request that was sent to the wrong place. */
const STATUSES: Partial<Readonly<Record<BlockReason, 421 | 503>>> = {
  host_mismatch: 421,
  proxy_disabled: 503,
};

const PHRASE_MAX = 80;

/** Puts a block into words. */
export function refusalOf(request: PolicyRequest, decision: Ask | Deny): Refusal {
  const { host, port } = placeOf(request);
  const message = messageOf(request, decision);
  return {
    status: STATUSES[decision.reason] ?? 403,
    header: decision.said === undefined ? HEADERS[decision.reason] : "blocked-by-policy",
    reason: decision.reason,
    phrase: phraseOf(request, decision.reason),
    message,
    fields: {
      status: "blocked",
      host,
      reason: reasonWord(decision),
      decision: decision.verdict,
      source: decision.source,
      protocol: request.protocol,
      port,
      message,
      rule: ruleOf(request, decision),
      next_steps: nextSteps(request, decision),
      // Somebody may be there to say yes the next time.
      retryable: decision.verdict === "ask" || decision.reason === "decider_failed",
    },
  };
}

/** What {@linkcode decisionLine} begins with. */
export const DECISION_PREFIX = "CODEX_NETWORK_POLICY_DECISION ";

/**
 * The structured decision as the line that programs look for in text (the seeds), without its line end. Key
 * order is part of the format.
 */
export function decisionLine({ fields }: Refusal): string {
  const { decision, reason, source, protocol, host, port } = fields;
  const json = JSON.stringify({ decision, reason, source, protocol, host, port });
  return `${DECISION_PREFIX}${json}`;
}

/**
 * What is to be said of a block elsewhere, because its protocol has codes and no words, or the client has been told that
 * its tunnel stands: the line for programs, then sentences for whoever reads the log. Nothing where the client itself
 * is told.
 */
export function unsaidLines(
  request: PolicyRequest,
  decision: Ask | Deny,
  isAnnounced = false,
): readonly string[] {
  const isSaid = request.kind !== "tunnel" ||
    (request.protocol === "https_connect" && !isAnnounced);
  if (isSaid) return [];
  const refusal = refusalOf(request, decision);
  const { host, port } = placeOf(request);
  const isHint = mayHideName({ protocol: request.protocol, host, port, reason: decision.reason });
  return [decisionLine(refusal), refusal.message, ...(isHint ? [USE_SOCKS5H] : [])];
}

const USE_SOCKS5H = "If the program was given a name, it has looked it up itself: use socks5h:// " +
  "(curl --socks5-hostname), so that the name is decided.";

/**
 * Whose details say nothing but what was asked and what is allowed. What a name or an address turned out to be
 * is for `explain`: the program behind the proxy may be asking in order to map the network.
 */
const TOLD: ReadonlySet<BlockReason> = new Set([
  "not_allowed",
  "method_not_allowed",
  "mitm_required",
  "mitm_hook_denied",
  "sni_mismatch",
  "host_mismatch",
  "not_tls",
  "policy_denied",
  "decider_failed",
]);

function messageOf(request: PolicyRequest, { reason, detail, said }: Ask | Deny): string {
  const told = said === undefined ? detail : `its reason: ${said}`;
  const more = TOLD.has(reason) && told !== "" ? `; ${told}` : "";
  const why = request.kind === "socket" && reason === "not_allowed"
    ? "allow_unix_sockets does not name it"
    : BLOCK_REASONS[reason];
  return `Doorward blocked this request: ${placeOf(request).words}: ${why}${more}.`;
}

/** A rule about addresses that stopped a name is kept back: it would tell where the name leads. */
function ruleOf(request: PolicyRequest, { rule }: Ask | Deny): string | null {
  if (rule === null || request.kind === "socket") return null;
  const isAboutAddresses = rule.pattern.kind === "ip" || rule.pattern.kind === "range";
  if (isAboutAddresses && request.target.host.kind === "name") return null;
  return `${rule.list} ${rule.text} (${formatOrigin(rule.origin)})`;
}

function phraseOf(request: PolicyRequest, reason: BlockReason): string {
  const why = PHRASES[reason];
  const isSocket = request.kind === "socket";
  const text = isSocket ? request.path : formatEndpoint(request.target);
  const room = PHRASE_MAX - "Blocked by Doorward: : ".length - why.length;
  const port = isSocket ? "" : `:${request.target.port}`;
  const shown = text.length > room ? `${text.slice(0, room - 3 - port.length)}...${port}` : text;
  return `Blocked by Doorward: ${shown}: ${why}`;
}

const PHRASES: Readonly<Record<BlockReason, string>> = {
  not_allowed: "not in the allowlist",
  not_allowed_local: "local or private address",
  denied: "denied by a rule",
  method_not_allowed: "limited mode is read-only",
  mitm_required: "it cannot be looked into",
  mitm_hook_denied: "no request rule allows it",
  sni_mismatch: "the TLS handshake names another host",
  host_mismatch: "the request names another host",
  not_tls: "this is not TLS",
  policy_denied: "denied by a program that decides",
  decider_failed: "the program that decides failed",
  own_listener: "this is the proxy itself",
  upstream_proxy: "this is the upstream proxy",
  proxy_disabled: "the proxy is disabled",
};

const ASK_A_PERSON = "Ask the person who runs Doorward, and do not try another route.";

/** How a place can be allowed that no list names. */
function stepsToAllow(request: PolicyRequest): string[] {
  if (request.kind === "socket") {
    const path = JSON.stringify(request.path);
    return [ASK_A_PERSON, `They can allow it: add ${path} to allow_unix_sockets under [network]`];
  }
  const { host, port } = placeOf(request);
  const pattern = narrowestPattern(host, port);
  return [
    ASK_A_PERSON,
    `They can allow it for one command: doorward run --allow ${pattern} -- COMMAND`,
    `They can allow it always: add "${pattern}" to allowed_domains under [network]`,
  ];
}

/** How a question can be answered while the same request waits again. */
function stepsToAnswer(request: PolicyRequest, { verdict }: Ask | Deny): string[] {
  if (verdict !== "ask" || request.kind === "socket") return [];
  const { host, port } = placeOf(request);
  return [`They can answer while it waits: doorward approve ${narrowestPattern(host, port)}`];
}

/** What would have to change for a tunnel to be looked into. */
function stepToLookInside(request: PolicyRequest): string {
  const { host, port } = placeOf(request);
  const isPossible = request.protocol === "https_connect" ||
    (request.protocol === "socks5_tcp" && port === 443);
  return isPossible
    ? "To have it looked into: mitm = true under [network]"
    : `To leave other ports out of the request rules: write "${
      narrowestPattern(host, 443)
    }:443" in [network.rules]`;
}

function nextSteps(request: PolicyRequest, decision: Ask | Deny): string[] {
  switch (decision.reason) {
    case "not_allowed":
      return [...stepsToAnswer(request, decision), ...stepsToAllow(request)];
    case "not_allowed_local":
      return [
        ...(request.kind === "socket"
          ? []
          : [`To see why: doorward explain ${formatEndpoint(request.target)}`]),
        ASK_A_PERSON,
      ];
    case "denied":
      return [
        "A deny rule always wins: only removing it from the configuration helps.",
        ASK_A_PERSON,
      ];
    case "method_not_allowed":
      return ['To allow more than reading: mode = "full" under [network]', ASK_A_PERSON];
    case "host_mismatch":
      return ["Send the request to the host that the tunnel was opened to.", ASK_A_PERSON];
    case "mitm_required":
      return [stepToLookInside(request), ASK_A_PERSON];
    case "mitm_hook_denied":
      return [
        ASK_A_PERSON,
        "They can allow it: a rule that it matches, in [network.rules]",
      ];
    case "sni_mismatch":
      return ["Name the host that was asked for in the TLS handshake.", ASK_A_PERSON];
    case "policy_denied":
    case "decider_failed":
      return stepsToAllow(request);
    case "not_tls":
      return [ASK_A_PERSON, ...stepsToCarryAnything(request)];
    case "own_listener":
    case "upstream_proxy":
      return ["Send requests through Doorward, not to it."];
    case "proxy_disabled":
      return ["To switch it on: enabled = true under [network]"];
  }
}

function stepsToCarryAnything(request: PolicyRequest): string[] {
  if (request.kind === "socket") return [];
  const place = formatEndpoint(request.target);
  return [`They can allow it: "${place} raw" in allowed_domains under [network]`];
}
