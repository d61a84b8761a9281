import { type GitRequest, mayBeginPush } from "./git_request.ts";
import type { BadPattern } from "./host_pattern.ts";
import { guardReading } from "./mode_guard.ts";
import { parsePathPattern, pathMatches, type PathPattern } from "./path_pattern.ts";
import type { HttpRequest } from "./request.ts";
import type { AmbiguousPath, RequestPath } from "./request_path.ts";

/** What a host may be used for, in one word. */
export const CAPABILITIES = ["read", "write", "git-fetch", "git-push"] as const;

/** A word of {@linkcode CAPABILITIES}, for a whole host or for a part of it. */
export interface Capability {
  readonly word: typeof CAPABILITIES[number];
  /** The path that it holds for, with what is below it; null for all of them. */
  readonly scope: (PathPattern & { readonly kind: "prefix" }) | null;
}

/** Reads `read`, or `git-push:my-org/repo`. */
export function parseCapability(text: string): Capability | BadPattern {
  const colon = text.indexOf(":");
  const written = colon === -1 ? text : text.slice(0, colon);
  const word = CAPABILITIES.find((each) => each === written);
  if (word === undefined) {
    return bad(`there is no such word; write one of ${CAPABILITIES.join(", ")}`);
  }
  if (colon === -1) return { word, scope: null };
  const rest = text.slice(colon + 1).replace(/^\//, "");
  if (rest === "") return bad(`nothing follows the colon; write ${word} for the whole host`);
  if (rest.includes("*")) {
    const parent = rest.replace(/\/?\*.*$/, "");
    return bad(
      `what is below a path goes with it; write ${parent === "" ? word : `${word}:${parent}`}`,
    );
  }
  const scope = parsePathPattern(`literal:/${rest.replace(/\.git\/?$/, "")}`, "literal");
  if (scope.kind === "bad") return scope;
  return scope.kind === "glob" ? bad("it is a pattern; write a path") : { word, scope };
}

/** Prints a capability as it is written. */
export function formatCapability({ word, scope }: Capability): string {
  return scope === null ? word : `${word}:${scope.path.slice(1)}`;
}

/** Whether a request does no more than a word says, in the part of the host that it says. */
export function permits(
  { word, scope }: Capability,
  request: HttpRequest,
  path: RequestPath | AmbiguousPath,
  git: GitRequest | null,
): boolean {
  if (scope !== null && !isWithin(scope, path, git)) return false;
  switch (word) {
    case "write":
      return true;
    case "read":
      return git?.does === "fetch" ||
        (guardReading(request) === null && !mayBeginPush(request.path, path));
    case "git-fetch":
      return git?.does === "fetch";
    case "git-push":
      return git?.does === "push";
  }
}

function isWithin(
  scope: NonNullable<Capability["scope"]>,
  path: RequestPath | AmbiguousPath,
  git: GitRequest | null,
): boolean {
  if (path.kind === "ambiguous") return false;
  if (git === null) return pathMatches(scope, path);
  // git writes the ending or leaves it out, and means the same repository.
  const { repository } = git;
  return repository === `${scope.path}.git` || pathMatches(scope, { ...path, text: repository });
}

function bad(why: string): BadPattern {
  return { kind: "bad", why };
}
