import type { BadPattern } from "./host_pattern.ts";
import { canonical, readRequestPath, type RequestPath } from "./request_path.ts";
import { parseStarGlob, type StarGlob, starGlobMatches } from "./star_glob.ts";

/** Which paths a rule is about. */
export type PathPattern =
  /** The path itself and what is below it; only the latter where it ends with a slash. */
  | { readonly kind: "prefix"; readonly path: string }
  /** A whole path, segment by segment. `deep` is any number of segments. */
  | { readonly kind: "glob"; readonly segments: readonly (StarGlob | "deep")[] };

/**
 * Reads a path. `pattern:` in front makes a glob of it, and `literal:` a prefix; where neither stands, `stars` says
 * whether a `*` does.
 */
export function parsePathPattern(
  text: string,
  stars: "wild" | "literal",
): PathPattern | BadPattern {
  if (text.startsWith("pattern:")) return parseGlob(text.slice("pattern:".length));
  if (text.startsWith("literal:")) return parsePrefix(text.slice("literal:".length));
  return stars === "wild" && text.includes("*") ? parseGlob(text) : parsePrefix(text);
}

/** Whether a path is one of those. */
export function pathMatches(pattern: PathPattern, { text }: RequestPath): boolean {
  if (pattern.kind === "prefix") {
    const { path } = pattern;
    return text === path || text.startsWith(path.endsWith("/") ? path : `${path}/`);
  }
  // A server that decodes first ends the path at such a character, and what follows was never looked at.
  if (/%(3F|23)/.test(text)) return false;
  return segmentsMatch(pattern.segments, text.slice(1).split("/"));
}

/** Only the last `deep` is ever tried again, so the steps are at most the product of both lengths. */
function segmentsMatch(
  pattern: readonly (StarGlob | "deep")[],
  segments: readonly string[],
): boolean {
  let at = 0;
  let next = 0;
  let deep = -1;
  let retry = 0;
  while (at < segments.length) {
    const wanted = pattern[next];
    if (wanted === "deep") {
      deep = next;
      retry = at;
      next += 1;
    } else if (wanted !== undefined && starGlobMatches(wanted, segments[at]!, 1)) {
      next += 1;
      at += 1;
    } else if (deep !== -1) {
      retry += 1;
      at = retry;
      next = deep + 1;
    } else {
      return false;
    }
  }
  while (pattern[next] === "deep") next += 1;
  return next === pattern.length;
}

function parsePrefix(text: string): PathPattern | BadPattern {
  return whyNotPath(text, text) ?? { kind: "prefix", path: canonical(text) };
}

function parseGlob(text: string): PathPattern | BadPattern {
  // No wildcard may complete an encoded character, or a dot segment: x does neither.
  const fault = whyNotPath(text, text.replaceAll(/\\(.)/g, "$1").replaceAll("*", "x"));
  if (fault !== null) return fault;
  const segments: (StarGlob | "deep")[] = [];
  for (const segment of text.slice(1).split("/")) {
    const glob = segment === "**" ? "deep" : parseStarGlob(segment);
    if (glob !== "deep" && glob.kind === "bad") return glob;
    if (glob !== "deep" && glob.pieces.slice(1, -1).includes("")) {
      return bad("** stands alone between slashes; write one * inside a segment");
    }
    segments.push(glob === "deep" ? glob : canonicalGlob(glob));
  }
  return { kind: "glob", segments };
}

function canonicalGlob({ pieces: [first, ...rest] }: StarGlob): StarGlob {
  return { kind: "glob", pieces: [canonical(first), ...rest.map(canonical)] };
}

/** Why a path of the configuration matches no request, and what to write instead. */
function whyNotPath(text: string, path: string): BadPattern | null {
  if (!text.startsWith("/")) {
    const mend = `/${text}`;
    return bad(`a path begins with a slash${isShown(mend) ? `; write "${mend}"` : ""}`);
  }
  if (path.includes("?")) {
    return bad('a path ends where its query begins; write the query as query = { key = "value" }');
  }
  if (/[^!-~]/.test(path) && path.isWellFormed()) {
    const mend = encodeURI(path);
    const shown = isShown(mend) ? `, "${mend}"` : "";
    return bad(`a URL has no such characters; write them encoded${shown}`);
  }
  const read = readRequestPath(path);
  if (read.kind === "path") return null;
  return bad(`it has ${read.why}: servers differ in what they make of it, and no request matches`);
}

/** A longer one would fill the message, and the place in the file says which it is. */
const SHOWN_MAX = 200;

function isShown(path: string): boolean {
  // Whoever writes a whole URL may write a password, too.
  return path.length <= SHOWN_MAX && !/:.*@/s.test(path);
}

function bad(why: string): BadPattern {
  return { kind: "bad", why };
}
