import { printableOverride } from "../../config/toml/printable_override.ts";
import { parseIp } from "../../net/address/ip.ts";
import { narrowestPattern } from "../../policy/narrowest_pattern.ts";
import type { PolicyFlags } from "../argv/command.ts";

/** A request that was not let through, as far as it matters for what to do about it. */
export interface BlockedTarget {
  /** Without brackets; the path of a unix socket. */
  readonly host: string;
  /** 0 for a unix socket. */
  readonly port: number;
  /** A word of docs/reasons.md, or a decider's own. */
  readonly reason: string;
}

/** What somebody can do who wants the request to go through. */
export type Remedy =
  /** Allow this pattern: the narrowest that covers the request. */
  | { readonly kind: "allow"; readonly pattern: string }
  /** Allow this unix socket, for no other is. */
  | { readonly kind: "allow_socket"; readonly path: string }
  /** Add this unix socket to the list that there is: a flag would put another list in its place. */
  | { readonly kind: "list_socket"; readonly path: string }
  /** Let requests through that do more than read. */
  | { readonly kind: "full_mode" }
  /** Look into tunnels. */
  | { readonly kind: "intercept" }
  /** Look for the rule or the address that decided. */
  | { readonly kind: "explain" }
  /** Nothing that a flag could change. */
  | { readonly kind: "none" };

/**
 * Finds the remedy for a blocked request.
 *
 * @param listed the unix sockets that the configuration allows, as they are written
 */
export function remedyFor(blocked: BlockedTarget, listed: readonly string[]): Remedy {
  const { host, port } = blocked;
  switch (blocked.reason) {
    case "not_allowed":
      return isSocket(port)
        ? socketRemedy(host, listed)
        : { kind: "allow", pattern: narrowestPattern(host, port) };
    case "not_allowed_local":
      // A name was refused for an address it resolved to: allowing the name again changes nothing.
      return namesAnAddress(host)
        ? { kind: "allow", pattern: narrowestPattern(host, port) }
        : { kind: "explain" };
    case "denied":
      return { kind: "explain" };
    case "method_not_allowed":
      return { kind: "full_mode" };
    case "mitm_required":
      return { kind: "intercept" };
    case "mitm_hook_denied":
      return { kind: "explain" };
    case "not_tls":
      // The port, too: nothing but this is meant to carry what nobody can look into.
      return { kind: "allow", pattern: `${hostAndPort(host, port)} raw` };
    case "sni_mismatch":
    case "host_mismatch":
    case "own_listener":
    case "upstream_proxy":
    case "proxy_disabled":
      return { kind: "none" };
    default:
      // A program that decides said no. A rule that allows it is not its to judge.
      return isSocket(port)
        ? { kind: "none" }
        : { kind: "allow", pattern: narrowestPattern(host, port) };
  }
}

/** The flags with the remedy applied to them. */
export function applyRemedy(flags: PolicyFlags, remedy: Remedy): PolicyFlags {
  switch (remedy.kind) {
    case "allow":
      return { ...flags, allow: [...flags.allow, remedy.pattern] };
    case "full_mode":
      return { ...flags, mode: "full" };
    case "intercept":
      return { ...flags, overrides: [...flags.overrides, "network.mitm=true"] };
    case "allow_socket":
      return { ...flags, overrides: [...flags.overrides, socketsOverride([remedy.path])] };
    case "list_socket":
    case "explain":
    case "none":
      return flags;
  }
}

/** The value of `-c` that allows these unix sockets and no other. TOML escapes visible ASCII as JSON does. */
export function socketsOverride(paths: readonly string[]): string {
  return `network.allow_unix_sockets=${JSON.stringify(paths)}`;
}

/** `host:port`, with brackets round an IPv6 address; the path of a unix socket as it is. */
export function hostAndPort(host: string, port: number): string {
  if (isSocket(port)) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether a record is about a unix socket, by its port: the path stands where others have a host. */
export function isSocket(port: number): boolean {
  return port === 0;
}

function socketRemedy(path: string, listed: readonly string[]): Remedy {
  // Its links led elsewhere when the configuration was read, or lead elsewhere now.
  if (listed.includes(path)) return { kind: "explain" };
  const override = socketsOverride([path]);
  // What may be a password is cut out of a flag that is printed: that would be another path.
  const isPrintable = printableOverride(override) === override;
  return { kind: listed.length === 0 && isPrintable ? "allow_socket" : "list_socket", path };
}

/** RFC 6761 section 6.3: localhost and everything below it are names for loopback addresses. */
function namesAnAddress(host: string): boolean {
  return parseIp(host) !== null || host === "localhost" || host.endsWith(".localhost");
}
