import type { BlockReason, Deny } from "./decision.ts";
import type { Mode } from "./policy.ts";
import type { HttpAction, TunnelRequest } from "./request.ts";
import type { PolicyRequest } from "./socket_request.ts";

/** The methods that limited mode lets through; letters count (RFC 9110 section 9.1). */
const READING_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** A longer word is not shown again: whoever sent it chose it. */
const WORD_LENGTH_MAX = 40;

/**
 * Asks whether the mode lets a request through whose target is allowed; null does. Also the question to
 * ask again once a person or a decider has allowed a host that no rule names.
 */
export function guardMode(mode: Mode, request: PolicyRequest): Deny | null {
  if (request.kind === "tunnel") return guardTunnel(mode, request.protocol);
  return mode === "full" ? null : guardMethod(request);
}

/** Asks the same of a tunnel, wherever it leads. */
export function guardTunnel(mode: Mode, protocol: TunnelRequest["protocol"]): Deny | null {
  if (mode === "full") return null;
  switch (protocol) {
    case "https_connect":
      return deny("mitm_required", "");
    case "socks5_tcp":
    case "socks5_udp":
      return deny("method_not_allowed", "SOCKS5 does not say what it carries");
  }
}

function guardMethod(request: HttpAction): Deny | null {
  const { method } = request;
  if (!READING_METHODS.includes(method)) {
    const upper = method.toUpperCase();
    return deny(
      "method_not_allowed",
      READING_METHODS.includes(upper)
        ? `${word(method, "the method")} is not ${upper}: methods are case-sensitive`
        : `${word(method, "the method")} is not a reading method`,
    );
  }
  if (request.hasBody) return deny("method_not_allowed", `${method} with a body`);
  if (request.upgrades) return deny("method_not_allowed", `${method} with an Upgrade header`);
  if (request.methodOverride !== null) {
    const header = word(request.methodOverride, "a header");
    return deny("method_not_allowed", `${header} asks for another method than ${method}`);
  }
  return null;
}

/** A client's word, if it is fit to be shown: a token of RFC 9110 section 5.6.2, and short. */
function word(text: string, otherwise: string): string {
  const isToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
  return isToken && text.length <= WORD_LENGTH_MAX ? text : otherwise;
}

function deny(reason: BlockReason, detail: string): Deny {
  return { verdict: "deny", reason, source: "mode_guard", rule: null, detail };
}
