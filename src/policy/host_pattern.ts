import { parsePort } from "../net/address/endpoint.ts";
import { parseHost } from "../net/address/host.ts";
import { formatIp, type IpAddress, parseIp } from "../net/address/ip.ts";
import { formatIpRange, type IpRange, parseIpRange } from "../net/address/ip_range.ts";
import { EVERYTHING, whyNotPattern, whyNotRange } from "./pattern_fault.ts";

/** What a pattern matches. Port null means any port. */
export type HostPattern =
  /** One name: `example.com`. */
  | { readonly kind: "exact"; readonly name: string; readonly port: number | null }
  /** Every name below `name` (`*.example.com`), and `name` itself with `apex` (`**.example.com`). */
  | {
    readonly kind: "suffix";
    readonly name: string;
    readonly apex: boolean;
    readonly port: number | null;
  }
  /** Labels with `*` and `?` inside: `region*.example.com`. `deep` adds any labels in front. */
  | {
    readonly kind: "glob";
    readonly labels: readonly string[];
    /** `none`: exactly these labels; `some`: one or more in front (`*.`); `any`: zero or more (`**.`). */
    readonly deep: "none" | "some" | "any";
    readonly port: number | null;
  }
  /** One address. */
  | { readonly kind: "ip"; readonly ip: IpAddress; readonly port: number | null }
  /** A CIDR block; takes no port. */
  | { readonly kind: "range"; readonly range: IpRange; readonly port: null };

/** Text that is not a pattern. `why` says what is wrong and what to write instead. */
export interface BadPattern {
  readonly kind: "bad";
  readonly why: string;
}

/** Reads one pattern. Refuses accidental breadth that can be told without the public suffix list. */
export function parseHostPattern(text: string): HostPattern | BadPattern {
  const trimmed = text.trim();
  const fault = whyNotPattern(trimmed);
  if (fault !== null) return bad(fault);
  const pattern = trimmed.toLowerCase();
  if (pattern.includes("/")) return parseRangePattern(pattern);

  const bare = parseIp(pattern);
  if (bare !== null) return { kind: "ip", ip: bare, port: null };
  const colon = pattern.indexOf(":", pattern.startsWith("[") ? pattern.indexOf("]") : 0);
  if (colon !== -1 && pattern.includes(":", colon + 1)) return bad(COLONS);
  const port = colon === -1 ? null : parsePort(pattern.slice(colon + 1));
  if (port !== null && typeof port !== "number") {
    return bad(`${port.why}; write one from 1 to 65535, or none for any port`);
  }
  const host = colon === -1 ? pattern : pattern.slice(0, colon);
  const rooted = host.endsWith(".") ? host.slice(0, -1) : host;
  if (rooted.split(".").includes("")) {
    return bad("a label is empty; write example.com, or *.example.com for what lies below it");
  }
  return /[*?]/.test(rooted) ? parseWild(rooted, port) : parsePlain(rooted, port);
}

const COLONS = "it has more than one colon; write an IPv6 address with a port as [2001:db8::1]:443";

function parseRangePattern(pattern: string): HostPattern | BadPattern {
  const range = parseIpRange(pattern);
  if (range === null) return bad(whyNotRange(pattern));
  if (range.prefix === 0) return bad(EVERYTHING);
  return { kind: "range", range, port: null };
}

function parsePlain(text: string, port: number | null): HostPattern | BadPattern {
  const host = parseHost(text);
  switch (host.kind) {
    case "name":
      return { kind: "exact", name: host.name, port };
    case "ip":
      return { kind: "ip", ip: host.ip, port };
    case "bad":
      return bad(`${host.why}; write a host such as example.com`);
  }
}

function parseWild(text: string, port: number | null): HostPattern | BadPattern {
  if (/^[*?.]+$/.test(text)) return bad(EVERYTHING);
  const all = text.split(".");
  const front = all[0] === "*" || all[0] === "**" ? all[0] : null;
  const labels = front === null ? all : all.slice(1);
  const fault = labels.map(whyNotGlobLabel).find((why) => why !== null) ?? whyNotShape(labels);
  if (fault !== null) return bad(fault);

  const apex = front === "**";
  const name = labels.join(".");
  if (!/[*?]/.test(name)) return { kind: "suffix", name, apex, port };
  return { kind: "glob", labels, deep: front === null ? "none" : apex ? "any" : "some", port };
}

function whyNotGlobLabel(label: string): string | null {
  if (label.includes("**")) {
    return "** stands only in front of a whole name; write **.example.com, or one * inside a label";
  }
  // The letters after the prefix are an encoding: a part of them means nothing.
  if (/^xn--.*[*?]/.test(label)) return "an A-label is written in full, without * or ?";
  return null;
}

/** Why the labels would make no name if every wildcard stood for some letter. */
function whyNotShape(labels: readonly string[]): string | null {
  const text = labels.join(".");
  const host = parseHost(text.replaceAll(/[*?]/g, "a"));
  if (/^[0-9.*?]+$/.test(text)) {
    return "an address has no wildcards; write a range such as 10.0.0.0/24";
  }
  if (/[*?]/.test(labels.at(-1)!)) {
    return "the last label must be written out, for anyone may register a name under some other; " +
      "write one pattern for each host";
  }
  return host.kind === "bad" ? `${host.why}; write a host such as example.com` : null;
}

/** Prints a pattern in its one canonical spelling. */
export function formatHostPattern(pattern: HostPattern): string {
  switch (pattern.kind) {
    case "exact":
      return withPort(pattern.name, pattern.port);
    case "suffix":
      return withPort(`${pattern.apex ? "**." : "*."}${pattern.name}`, pattern.port);
    case "glob":
      return withPort(FRONT[pattern.deep] + pattern.labels.join("."), pattern.port);
    case "ip": {
      const ip = formatIp(pattern.ip);
      const needsBrackets = pattern.port !== null && pattern.ip.family === 6;
      return withPort(needsBrackets ? `[${ip}]` : ip, pattern.port);
    }
    case "range":
      return formatIpRange(pattern.range);
  }
}

const FRONT = { none: "", some: "*.", any: "**." } as const;

function withPort(host: string, port: number | null): string {
  return port === null ? host : `${host}:${port}`;
}

/**
 * The longest name under which everything lies that a wildcard pattern matches: `com` for `*.com` and
 * for `*example.com`. Null for a pattern without wildcards. Where it is a public suffix, the pattern
 * matches names that anyone may register.
 */
export function wildcardBase(pattern: HostPattern): string | null {
  switch (pattern.kind) {
    case "suffix":
      return pattern.name;
    case "glob":
      return pattern.labels.slice(wildLabels(pattern.labels)).join(".");
    case "exact":
    case "ip":
    case "range":
      return null;
  }
}

/** How many labels there are up to the last that has a wildcard. */
function wildLabels(labels: readonly string[]): number {
  return labels.findLastIndex((label) => /[*?]/.test(label)) + 1;
}

function bad(why: string): BadPattern {
  return { kind: "bad", why };
}
