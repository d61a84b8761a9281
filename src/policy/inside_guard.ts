import { formatHost, parseHost } from "../net/address/host.ts";
import type { Deny } from "./decision.ts";
import type { TunnelRequest } from "./request.ts";
import type { RequestRules } from "./request_rules.ts";
import { appliesTo } from "./rule.ts";
import type { RuleList } from "./rule_list.ts";

/** Where a tunnel is expected to carry HTTPS, and nothing else. */
export const HTTPS_PORT = 443;

/** What the first words inside a tunnel are. */
export type Inside =
  | {
    readonly kind: "tls";
    /** The names of the handshake, as sent. */
    readonly names: readonly string[];
    /** The extension in which there may be another. */
    readonly hiding: "ech" | "esni" | null;
  }
  | { readonly kind: "other"; readonly why: string };

/** By what a tunnel is judged, besides the name that was allowed. */
export interface InsideRules {
  readonly deny: RuleList;
  /** A host that has any is not to be reached by its address, past them. Null where each request is seen. */
  readonly requestRules: RequestRules | null;
  /** Whether a handshake that may hide another name is refused for that. */
  readonly denyEch: boolean;
}

/** Whether any rule lets a tunnel carry whatever it likes; the first to match may be another. */
export function isRaw(
  { target: { host, port }, protocol }: TunnelRequest,
  allow: readonly RuleList[],
): boolean {
  return allow.some((list) =>
    list.matching(host).some((rule) => rule.raw === true && appliesTo(rule, port, protocol))
  );
}

/**
 * Asks whether a tunnel carries what it was allowed for: TLS, and by the very name that policy has seen. Where an
 * address was allowed any name will do that has no rules of its own, and none. Null lets it pass.
 */
export function guardInside(
  request: TunnelRequest,
  inside: Inside,
  { deny, requestRules, denyEch }: InsideRules,
): Deny | null {
  if (inside.kind === "other") return refuse("not_tls", inside.why);
  const { names: [name, ...others], hiding } = inside;
  if (others.length > 0) return refuse("sni_mismatch", "it names more than one");
  if (hiding === "esni") return refuse("sni_mismatch", "it may hide another name (ESNI)");
  if (hiding === "ech" && denyEch) return refuse("sni_mismatch", "it may hide another name (ECH)");
  const { host } = request.target;
  if (host.kind === "ip") {
    return name === undefined ? null : guardNamed(name, request, deny, requestRules);
  }
  if (name?.toLowerCase() === host.name) return null;
  return refuse("sni_mismatch", name === undefined ? "it names none" : namedWords(name));
}

/** Asks about a name that comes with an address that was allowed. */
function guardNamed(
  name: string,
  { target: { port }, protocol }: TunnelRequest,
  deny: RuleList,
  requestRules: RequestRules | null,
): Deny | null {
  const host = parseHost(name);
  if (host.kind === "bad") return refuse("sni_mismatch", "it names no host");
  const rule = deny.find({ host, port }, protocol);
  const words = `it names ${formatHost(host)}`;
  if (rule !== null) return { ...refuse("sni_mismatch", `${words}, which is denied`), rule };
  if (requestRules === null || requestRules.of({ host, port }).length === 0) return null;
  return refuse("sni_mismatch", `${words}, which has request rules`);
}

/** A name that a client chose is shown again only if it is one. */
function namedWords(name: string): string {
  const host = parseHost(name);
  return host.kind === "name" ? `it names ${host.name}` : "it names no host";
}

function refuse(reason: "sni_mismatch" | "not_tls", detail: string): Deny {
  return { verdict: "deny", reason, source: "baseline_policy", rule: null, detail };
}
