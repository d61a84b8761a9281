import type { HostTraffic } from "../../audit/summary/audit_summary.ts";
import { parseHost } from "../../net/address/host.ts";
import { parseIp } from "../../net/address/ip.ts";
import { narrowestPattern } from "../../policy/narrowest_pattern.ts";
import { briefly } from "../printed/briefly.ts";

/** What to do about what was blocked. */
export interface Advice {
  /** Patterns that allow what no rule allows, each once. */
  readonly allow: readonly string[];
  /** What more than such a pattern is needed for, and why. */
  readonly explained: readonly Explained[];
}

/** A host that was blocked for another reason than that nobody had allowed it. */
export interface Explained {
  readonly host: string;
  readonly port: number;
  readonly reason: string;
  readonly why: string;
}

/** Finds what to do about each host that was blocked. */
export function adviceFor(hosts: readonly HostTraffic[]): Advice {
  const allow = new Set<string>();
  const explained: Explained[] = [];
  for (const { host, port, reasons } of hosts) {
    for (const reason of Object.keys(reasons)) {
      if (reason === "not_allowed" && isHost(host, port)) allow.add(narrowestPattern(host, port));
      else explained.push({ host, port, reason, why: whyOf(reason, port) });
    }
  }
  return { allow: [...allow].sort(), explained };
}

/** What a rule can name. Whatever else stands in a file is nothing to paste anywhere. */
function isHost(host: string, port: number): boolean {
  if (port === 0) return false;
  if (parseIp(host) !== null) return true;
  const parsed = parseHost(host);
  return parsed.kind === "name" && parsed.name === host;
}

function whyOf(reason: string, port: number): string {
  const brief = briefly(reason, port);
  switch (reason) {
    case "denied":
      return `${brief}: take that rule out if this is to pass`;
    case "not_allowed_local":
      return `${brief}: doorward explain tells what would allow it`;
    case "method_not_allowed":
      return `${brief}: --mode full`;
    case "mitm_required":
      return `${brief}: -c network.mitm=true`;
    default:
      return brief;
  }
}
