import type { BlockReason, Deny } from "./decision.ts";
import { gitRequest } from "./git_request.ts";
import type { Mode } from "./policy.ts";
import type { HttpAction, HttpRequest } from "./request.ts";
import { readRequestPath } from "./request_path.ts";
import { shownWord } from "./shown_word.ts";
import type { PolicyRequest } from "./socket_request.ts";

/** The methods that limited mode lets through; letters count (RFC 9110 section 9.1). */
const READING_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Whether a request with this method only reads, if nothing else in it says otherwise. */
export function isReading(method: string): boolean {
  return READING_METHODS.includes(method);
}

/** Asks whether the mode lets a request do what it does; null does. A tunnel does nothing that the mode could see. */
export function guardMode(mode: Mode, request: PolicyRequest): Deny | null {
  return mode === "full" || request.kind === "tunnel" ? null : guardRequest(request);
}

function guardRequest(request: Exclude<PolicyRequest, { readonly kind: "tunnel" }>): Deny | null {
  const refused = guardReading(request);
  if (refused === null || request.kind === "socket" || !isFetch(request)) return refused;
  return { ...refused, detail: `${refused.detail}; ${FETCHING}` };
}

/** git asks for what it reads with POST. */
const FETCHING = 'a git fetch passes with mode = "full" and the request rule "read"';

function isFetch(request: HttpRequest): boolean {
  const path = readRequestPath(request.path);
  return path.kind === "path" && gitRequest(request, path)?.does === "fetch";
}

/** Asks whether a request only reads; null does. */
export function guardReading(request: HttpAction): Deny | null {
  const { method } = request;
  if (!isReading(method)) {
    const upper = method.toUpperCase();
    return deny(
      "method_not_allowed",
      isReading(upper)
        ? `${shownWord(method, "the method")} is not ${upper}: methods are case-sensitive`
        : `${shownWord(method, "the method")} is not a reading method`,
    );
  }
  if (request.hasBody) return deny("method_not_allowed", `${method} with a body`);
  if (request.upgrades) return deny("method_not_allowed", `${method} with an Upgrade header`);
  if (request.methodOverride !== null) {
    const header = shownWord(request.methodOverride, "a header");
    return deny("method_not_allowed", `${header} asks for another method than ${method}`);
  }
  return null;
}

function deny(reason: BlockReason, detail: string): Deny {
  return { verdict: "deny", reason, source: "mode_guard", rule: null, detail };
}
