import { parseIp } from "../../net/address/ip.ts";
import type { BlockReason } from "../../policy/decision.ts";
import type { PolicyFlags } from "../argv/command.ts";

/** A request that was not let through, as far as it matters for what to do about it. */
export interface BlockedTarget {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly reason: BlockReason;
}

/** What somebody can do who wants the request to go through. */
export type Remedy =
  /** Allow this pattern: the narrowest that covers the request. */
  | { readonly kind: "allow"; readonly pattern: string }
  /** Let requests through that do more than read. */
  | { readonly kind: "full_mode" }
  /** Look for the rule or the address that decided. */
  | { readonly kind: "explain" }
  /** Nothing that a flag could change. */
  | { readonly kind: "none" };

/** Finds the remedy for a blocked request. */
export function remedyFor(blocked: BlockedTarget): Remedy {
  switch (blocked.reason) {
    case "not_allowed":
      // A unix socket is no host that a flag could name: its own answer says where to allow it.
      return isSocket(blocked.host)
        ? { kind: "none" }
        : { kind: "allow", pattern: narrowestPattern(blocked) };
    case "not_allowed_local":
      // A name was refused for an address it resolved to: allowing the name again changes nothing.
      return namesAnAddress(blocked.host)
        ? { kind: "allow", pattern: narrowestPattern(blocked) }
        : { kind: "explain" };
    case "denied":
      return { kind: "explain" };
    case "method_not_allowed":
    case "mitm_required":
      return { kind: "full_mode" };
    case "own_listener":
    case "proxy_disabled":
      return { kind: "none" };
  }
}

/** The flags with the remedy applied to them. */
export function applyRemedy(flags: PolicyFlags, remedy: Remedy): PolicyFlags {
  switch (remedy.kind) {
    case "allow":
      return { ...flags, allow: [...flags.allow, remedy.pattern] };
    case "full_mode":
      return { ...flags, mode: "full" };
    case "explain":
    case "none":
      return flags;
  }
}

/** `host:port`, with brackets round an IPv6 address; the path of a unix socket as it is. */
export function hostAndPort(host: string, port: number): string {
  return isSocket(host) ? host : `${bracketed(host)}:${port}`;
}

/** Whether a record is about a unix socket, whose path stands where others have a host. */
function isSocket(host: string): boolean {
  return host.startsWith("/");
}

/** A name on a port of the web is allowed whole; another port is named. */
function narrowestPattern({ host, port }: BlockedTarget): string {
  return port === 80 || port === 443 ? bracketed(host) : hostAndPort(host, port);
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** RFC 6761 section 6.3: localhost and everything below it are names for loopback addresses. */
function namesAnAddress(host: string): boolean {
  return parseIp(host) !== null || host === "localhost" || host.endsWith(".localhost");
}
