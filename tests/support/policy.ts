import { parseEndpoint } from "../../src/net/address/endpoint.ts";
import { type IpAddress, parseIp } from "../../src/net/address/ip.ts";
import { parseCapability } from "../../src/policy/capability.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import { type BadPattern, parseHostPattern } from "../../src/policy/host_pattern.ts";
import { parsePathPattern } from "../../src/policy/path_pattern.ts";
import type { Policy, PolicyDocument } from "../../src/policy/policy.ts";
import type { HttpRequest, TunnelRequest } from "../../src/policy/request.ts";
import type { RequestActions, RequestMatch, RequestRule } from "../../src/policy/request_rule.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { parseRulePattern } from "../../src/policy/rule_pattern.ts";
import type { SocketRequest } from "../../src/policy/socket_request.ts";

/** One rule, written in line 1 of a file that does not exist. Throws for what is no pattern. */
export function rule(list: "allow" | "deny", text: string): Rule {
  const parsed = parseRulePattern(text);
  if (parsed.kind === "bad") throw new TypeError(`Cannot make rule of "${text}": ${parsed.why}`);
  const { pattern, protocol, raw } = parsed;
  const origin = { file: "test.toml", line: 1, column: 1 };
  const words = { ...(protocol === null ? {} : { protocol }), ...(raw ? { raw } : {}) };
  return { list, pattern, ...words, text, origin };
}

/**
 * One request rule: a host pattern, then methods in capitals, paths and capability words. Throws for what is none.
 */
export function requestRule(
  text: string,
  line = 1,
  { actions, ...more }: Partial<RequestMatch> & { readonly actions?: RequestActions } = {},
): RequestRule {
  const [name = "", ...words] = text.split(" ");
  const isPath = (word: string): boolean => /^(\/|pattern:|literal:)/.test(word);
  const isMethod = (word: string): boolean => /^[A-Z]+$/.test(word);
  const can = words.filter((word) => !isPath(word) && !isMethod(word));
  const methods = words.filter(isMethod);
  const paths = words.filter(isPath);
  return {
    host: known(parseHostPattern(name)),
    matches: {
      methods: methods.length === 0 ? null : methods,
      paths: paths.length === 0 ? null : paths.map((path) => known(parsePathPattern(path, "wild"))),
      query: [],
      headers: [],
      can: can.length === 0 ? null : can.map((word) => known(parseCapability(word))),
      ...more,
    },
    actions: actions ?? { strip: [], inject: [] },
    text,
    origin: { file: "test.toml", line, column: 1 },
  };
}

function known<T extends object>(parsed: T | BadPattern): T {
  if ("kind" in parsed && parsed.kind === "bad") throw new TypeError(`Cannot read: ${parsed.why}`);
  return parsed as T;
}

/** A policy out of patterns: enabled, full mode, and everything else off, unless said otherwise. */
export function policyOf(
  lists: { readonly allow?: readonly string[]; readonly deny?: readonly string[] },
  switches: Partial<Omit<PolicyDocument, "rules">> = {},
): Policy {
  return compilePolicy({
    enabled: true,
    mode: "full",
    requestRules: [],
    allowLocalBinding: false,
    interception: false,
    sniBinding: false,
    denyEch: false,
    dangerouslyAllowAllDomains: false,
    ask: false,
    unixSockets: [],
    dangerouslyAllowAllUnixSockets: false,
    ...switches,
    rules: [
      ...(lists.deny ?? []).map((text) => rule("deny", text)),
      ...(lists.allow ?? []).map((text) => rule("allow", text)),
    ],
  });
}

/** A CONNECT to `host` or `host:port`; port 443 unless said otherwise. */
export function connectTo(
  text: string,
  protocol: TunnelRequest["protocol"] = "https_connect",
): TunnelRequest {
  const target = parseEndpoint(text, 443);
  if ("kind" in target) throw new TypeError(`Cannot connect to "${text}": ${target.why}`);
  return { kind: "tunnel", protocol, target };
}

/** A plain GET to `host` or `host:port`, or what `parts` make of it; port 80 unless said otherwise. */
export function httpTo(text: string, parts: Partial<HttpRequest> = {}): HttpRequest {
  const { target } = connectTo(text.includes(":") ? text : `${text}:80`);
  return {
    kind: "http",
    protocol: "http",
    target,
    scheme: "http",
    path: "/",
    header: () => [],
    method: "GET",
    hasBody: false,
    upgrades: false,
    methodOverride: null,
    ...parts,
  };
}

/** A plain GET to a unix socket, or what `parts` make of it. */
export function socketAt(path: string, parts: Partial<SocketRequest> = {}): SocketRequest {
  return {
    kind: "socket",
    protocol: "http",
    path,
    method: "GET",
    hasBody: false,
    upgrades: false,
    methodOverride: null,
    ...parts,
  };
}

/** An address that is known to be one. */
export function ip(text: string): IpAddress {
  const parsed = parseIp(text);
  if (parsed === null) throw new TypeError(`Cannot read address "${text}"`);
  return parsed;
}
