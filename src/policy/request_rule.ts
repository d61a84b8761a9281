import { type Capability, formatCapability, permits } from "./capability.ts";
import { type GitRequest, gitRequest } from "./git_request.ts";
import type { HostPattern } from "./host_pattern.ts";
import { pathMatches, type PathPattern } from "./path_pattern.ts";
import { hasParameter, readParameters, type WantedParameter } from "./query_parameters.ts";
import type { HttpRequest } from "./request.ts";
import { type AmbiguousPath, readRequestPath, type RequestPath } from "./request_path.ts";
import type { Origin } from "./rule.ts";
import { valueMatches, type ValuePattern } from "./value_pattern.ts";

/** What one request to a host has to be, and what is done to it before it goes on. */
export interface RequestRule {
  readonly host: HostPattern;
  readonly matches: RequestMatch;
  readonly actions: RequestActions;
  /** What was written, in one line, without the values of headers and parameters. */
  readonly text: string;
  readonly origin: Origin;
}

/** All of it has to hold; what is null or empty is not asked about. */
export interface RequestMatch {
  /** Letters count (RFC 9110 section 9.1). */
  readonly methods: readonly string[] | null;
  readonly paths: readonly PathPattern[] | null;
  readonly query: readonly WantedParameter[];
  readonly headers: readonly WantedHeader[];
  readonly can: readonly Capability[] | null;
}

/** A header that has to be there; without values its presence will do. */
export interface WantedHeader {
  /** Lower case. */
  readonly name: string;
  readonly values: readonly ValuePattern[];
}

/** What becomes of the header of a request that matches. */
export interface RequestActions {
  /** The names of fields to take out, in lower case. */
  readonly strip: readonly string[];
  /** Fields to put in afterwards, each in place of all that have its name. */
  readonly inject: readonly HeaderInjection[];
}

/** A field that the client never sees. */
export interface HeaderInjection {
  readonly name: string;
  /** A function, so that whatever prints a policy does not print it. */
  readonly value: () => string;
}

/** A request, and what its rules ask of it again and again. */
export interface RuledRequest {
  readonly request: HttpRequest;
  readonly path: RequestPath | AmbiguousPath;
  readonly git: GitRequest | null;
}

/** What a rule misses in a request. */
export interface Miss {
  /** How much of the rule holds: what is near is told first. */
  readonly rank: number;
  readonly why: string;
}

/** Reads what rules ask about. */
export function ruledRequest(request: HttpRequest): RuledRequest {
  const path = readRequestPath(request.path);
  return { request, path, git: path.kind === "path" ? gitRequest(request, path) : null };
}

/** What a rule misses in a request; null where it matches. */
export function missOf({ matches, actions }: RequestRule, ruled: RuledRequest): Miss | null {
  const { request, path } = ruled;
  const method = missedMethod(matches.methods, request);
  if (method !== null) return { rank: 0, why: method };
  const asksForPath = matches.paths !== null || matches.query.length > 0;
  if (asksForPath && path.kind === "ambiguous") return { rank: RANK_OF_DOUBT, why: doubt(path) };
  const questions: readonly (() => string | null)[] = [
    () => missedPath(matches.paths, path),
    () => missedQuery(matches.query, path),
    () => missedHeaders(matches.headers, request),
    () => missedWord(matches.can, ruled),
    () => missedSecrecy(actions, request),
  ];
  for (const [index, question] of questions.entries()) {
    const why = question();
    if (why !== null) return { rank: index + 1, why };
  }
  return null;
}

/** Whoever sends such a path wonders why a rule that seems to match does not. */
const RANK_OF_DOUBT = 9;

function missedMethod(
  methods: RequestMatch["methods"],
  { method, upgrades, methodOverride }: HttpRequest,
): string | null {
  if (methods === null) return null;
  if (!methods.includes(method)) return "no rule has this method";
  if (methodOverride !== null) return "a header asks for another method, which no rule has";
  // What is spoken afterwards has no methods.
  return upgrades ? "it asks to leave HTTP, and the rule names methods" : null;
}

function missedPath(
  paths: RequestMatch["paths"],
  path: RequestPath | AmbiguousPath,
): string | null {
  if (paths === null) return null;
  const isOne = path.kind === "path" && paths.some((pattern) => pathMatches(pattern, path));
  return isOne ? null : "no rule with this method has this path";
}

function missedQuery(
  wanted: RequestMatch["query"],
  path: RequestPath | AmbiguousPath,
): string | null {
  if (wanted.length === 0) return null;
  const parameters = path.kind === "path" ? readParameters(path.query) : null;
  if (parameters === null) return "servers differ in how they read this query";
  return wanted.every((each) => hasParameter(parameters, each))
    ? null
    : "the query is not what the rule asks for";
}

function missedHeaders(wanted: RequestMatch["headers"], request: HttpRequest): string | null {
  const isThere = ({ name, values }: WantedHeader): boolean => {
    const sent = request.header(name);
    return sent.length > 0 &&
      sent.every((value) =>
        values.length === 0 || values.some((pattern) => valueMatches(pattern, value))
      );
  };
  return wanted.every(isThere) ? null : "the headers are not what the rule asks for";
}

function missedWord(
  can: RequestMatch["can"],
  { request, path, git }: RuledRequest,
): string | null {
  if (can === null || can.some((each) => permits(each, request, path, git))) return null;
  if (path.kind === "ambiguous" && can.every(({ scope }) => scope !== null)) return doubt(path);
  const words = can.map(formatCapability).join(", ");
  return `${git?.does === "push" ? "a git push" : "this"} is more than the rule says: ${words}`;
}

/** A secret never goes out in the clear, nor to where it is shown to the client. */
function missedSecrecy(
  { inject }: RequestActions,
  { scheme, method }: HttpRequest,
): string | null {
  if (inject.length === 0) return null;
  if (scheme !== "https") {
    return "the rule that fits puts a secret into the header, and that goes out over HTTPS only";
  }
  // RFC 9110 section 9.3.8: the answer is the request. Some servers take a method in lower case for it.
  return method.toUpperCase() === "TRACE"
    ? "the rule that fits puts a secret into the header, and the answer to TRACE would show it"
    : null;
}

function doubt({ why }: AmbiguousPath): string {
  return `servers differ in how they read this path: it has ${why}`;
}
