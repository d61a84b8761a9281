import type { BlockReason, Deny } from "./decision.ts";
import { HTTPS_PORT } from "./inside_guard.ts";
import type { Mode } from "./policy.ts";
import type { TunnelRequest } from "./request.ts";

/** Where a tunnel is expected to carry plain HTTP: some programs send it that way (RFC 9110 section 9.3.6). */
export const HTTP_PORT = 80;

/** What decides whether a tunnel to an allowed host is looked into. */
export interface TunnelGuard {
  readonly mode: Mode;
  /** Whether TLS can be ended here. */
  readonly interception: boolean;
  /** Whether there are request rules for the host. */
  readonly isRuled: boolean;
  /** Whether somebody wants to know what is in it. */
  readonly isWatched: boolean;
}

/** Asks whether a tunnel may pass unseen (null), has to be looked into, or would have to be and cannot be. */
export function guardTunnel(
  { target: { port }, protocol }: TunnelRequest,
  { mode, interception, isRuled, isWatched }: TunnelGuard,
): "inspect" | Deny | null {
  if (isWatched && interception && isOfTheWeb(port, protocol)) return "inspect";
  const isLimited = mode === "limited";
  if (!isLimited && !isRuled) return null;
  const needs = isRuled ? "there are request rules for this host" : "limited mode is read-only";
  switch (protocol) {
    case "https_connect":
      if (interception || port === HTTP_PORT) return "inspect";
      return deny("mitm_required", `${needs}, and interception is off`);
    case "socks5_tcp":
      // Whatever is spoken elsewhere, most of it is not HTTP, and a SOCKS5 client cannot be told why it ends.
      if (interception && port === HTTPS_PORT) return "inspect";
      if (isLimited) return deny("method_not_allowed", "SOCKS5 does not say what it carries");
      return deny(
        "mitm_required",
        `${needs}, and ${
          interception ? "SOCKS5 is looked into on 443 only" : "interception is off"
        }`,
      );
    case "socks5_udp":
      return isLimited
        ? guardDatagrams(mode)
        : deny("mitm_required", `${needs}, and datagrams are not looked into`);
  }
}

/** Whether what goes there is most likely HTTP: where nothing needs the look, all else passes as it is. */
function isOfTheWeb(port: number, protocol: TunnelRequest["protocol"]): boolean {
  return protocol === "https_connect"
    ? port === HTTPS_PORT || port === HTTP_PORT
    : protocol === "socks5_tcp" && port === HTTPS_PORT;
}

/** Asks whether the mode lets any datagram pass at all; null does. */
export function guardDatagrams(mode: Mode): Deny | null {
  return mode === "full" ? null : deny("method_not_allowed", "SOCKS5 does not say what it carries");
}

function deny(reason: BlockReason, detail: string): Deny {
  return { verdict: "deny", reason, source: "mode_guard", rule: null, detail };
}
