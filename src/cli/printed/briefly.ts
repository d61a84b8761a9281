import type { BlockReason } from "../../policy/decision.ts";
import { isSocket } from "./remedy.ts";

const BRIEFLY: Readonly<Record<BlockReason, string>> = {
  denied: "a deny rule names it",
  not_allowed: "not in the allowlist",
  not_allowed_local: "a local, private or special address",
  own_listener: "Doorward's own address",
  upstream_proxy: "the proxy that Doorward goes through",
  method_not_allowed: "limited mode only reads",
  mitm_required: "the tunnel cannot be looked into",
  mitm_hook_denied: "no request rule allows it",
  sni_mismatch: "the TLS handshake names another host",
  host_mismatch: "names another host inside",
  not_tls: "not TLS inside the tunnel",
  policy_denied: "a program that decides said no",
  decider_failed: "the program that decides failed",
  proxy_disabled: "the proxy is disabled",
};

/** Why a request was blocked, in a few words; a reason of another version stays the word it is. */
export function briefly(reason: string, port: number): string {
  if (isSocket(port) && reason === "not_allowed") return "not in allow_unix_sockets";
  return Object.hasOwn(BRIEFLY, reason) ? BRIEFLY[reason as BlockReason] : reason;
}
