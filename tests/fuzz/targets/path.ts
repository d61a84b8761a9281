import {
  parsePathPattern,
  pathMatches,
  type PathPattern,
} from "../../../src/policy/path_pattern.ts";
import { canonical, readRequestPath, type RequestPath } from "../../../src/policy/request_path.ts";
import type { Random } from "../../support/random.ts";
import { type StarGlob, starGlobMatches } from "../../../src/policy/star_glob.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";

const PIECES = [
  ...[
    "a",
    "b",
    "repos",
    "my",
    "x.git",
    "%61",
    "%2e",
    "%2E%2e",
    "..",
    ".",
    "%2f",
    "%5c",
    "%25",
    "%252e",
  ],
  ...[
    "/",
    "//",
    ";",
    ";x",
    "..;",
    "\\",
    "?",
    "#",
    "%00",
    "%c0%ae",
    "%e2%81%84",
    "%ef%bc%8f",
    "%3f",
    "%23",
  ],
  ...["*", "**", "a*", "%", "%zz", "~", "%7e", "+", " ", "%20", ".%20", "&", "=", "\xe9", "%c3%a9"],
];

/** More fills a message. */
const WHY_MAX = 400;

/** Steps of the second reading: it tries every way at once, and is not made for length. */
const STEPS_MAX = 100_000;

/** `readRequestPath` and `parsePathPattern`: a request and a rule, with a line feed between them. */
export const PATH: FuzzTarget = {
  name: "path",
  kind: "text",
  words: [...PIECES, "\n", "pattern:", "literal:", "\\*", "/**/", "\u2044", "/repos/my"],
  any(random) {
    const rule = `${random.pick(["", "", "pattern:", "literal:"])}${anyPath(random)}`;
    return `${anyPath(random)}${random.pick(["", "?q=1", "?"])}\n${rule}`;
  },
  check(input) {
    const [target = "", ...rest] = input.split("\n");
    const read = readRequestPath(target);
    if (read.kind === "ambiguous") expectSentence(read.why);
    else checkPath(read, target);
    for (const stars of ["wild", "literal"] as const) {
      const pattern = parsePathPattern(rest.join("\n"), stars);
      if (pattern.kind === "bad") {
        expect(pattern.why.length <= WHY_MAX, "it is said briefly");
      } else if (read.kind === "path") checkMatch(pattern, read);
    }
  },
};

function checkPath(read: RequestPath, target: string): void {
  const { text, query } = read;
  expect(/^\/[!-~]*$/.test(text) && !/[?#\\]/.test(text), "a path is one to everybody");
  expectSame(readRequestPath(text), { ...read, query: null }, "a path read again");
  expectSame(canonical(text), text, "canonical twice");
  expectSame(
    query === null ? target.includes("?") : target.endsWith(`?${query}`),
    query !== null,
    "the query",
  );
  // Who decodes first, and who resolves dots first, are in the same folder.
  const url = new URL(`http://a.test${text}`);
  expectSame(decodeURIComponent(url.pathname), decodeURIComponent(text), "the path in a URL");
  // Nor is a slash or a dot segment made where characters are folded.
  const folded = decodeURIComponent(text).normalize("NFKC").split("/");
  expectSame(folded.length, text.split("/").length, "its segments");
  expect(!folded.includes("..") && !folded.includes("."), "no segment is a dot");
}

/** Once more, by segments. */
function checkMatch(pattern: PathPattern, read: RequestPath): void {
  const matches = pathMatches(pattern, read);
  const segments = read.text.split("/");
  if (pattern.kind === "prefix") {
    const isBelow = pattern.path.endsWith("/");
    const wanted = (isBelow ? pattern.path.slice(0, -1) : pattern.path).split("/");
    const isInside = wanted.every((name, at) => name === segments[at]) &&
      segments.length >= wanted.length + (isBelow ? 1 : 0);
    return expectSame(matches, isInside, `${pattern.path} and ${read.text}`);
  }
  if (pattern.segments.length * segments.length > STEPS_MAX) return;
  const isOne = !/%(3F|23)/.test(read.text) &&
    everyWay(pattern.segments, segments.slice(1), ({ pieces }, name) => isInSegment(pieces, name));
  expectSame(matches, isOne, `${JSON.stringify(pattern.segments)} and ${read.text}`);
}

/** Whether a name is these pieces, with one character or more between them. */
function isInSegment(pieces: readonly string[], name: string): boolean {
  const wanted = pieces.flatMap((piece, at) =>
    at === 0 ? [...piece] : ["any", "deep" as const, ...piece]
  );
  if (wanted.length * name.length > STEPS_MAX) {
    return starGlobMatches({ kind: "glob", pieces: pieces as StarGlob["pieces"] }, name, 1);
  }
  return everyWay(wanted, [...name], (sign, found) => sign === "any" || sign === found);
}

/** Whether the items fit the pattern, in which `deep` is any number of them. All ways are gone at once. */
function everyWay<Wanted, Item>(
  pattern: readonly (Wanted | "deep")[],
  items: readonly Item[],
  fits: (wanted: Exclude<Wanted, "deep">, item: Item) => boolean,
): boolean {
  const begun = pattern.map(() => false).concat(false);
  const passDeep = (reached: boolean[]) => {
    pattern.forEach((wanted, at) => {
      if (reached[at] && wanted === "deep") reached[at + 1] = true;
    });
    return reached;
  };
  let reached = passDeep(begun.with(0, true));
  for (const item of items) {
    const next = [...begun];
    pattern.forEach((wanted, at) => {
      if (!reached[at]) return;
      if (wanted === "deep") next[at] = true;
      else if (fits(wanted as Exclude<Wanted, "deep">, item)) next[at + 1] = true;
    });
    reached = passDeep(next);
  }
  return reached[pattern.length] === true;
}

function anyPath(random: Random): string {
  let path = "";
  for (let left = 1 + random.below(4); left > 0; left--) {
    path += `/${
      random.pick(random.below(3) === 0 ? PIECES : ["a", "b", "repos", "my", "*", "a*"])
    }`;
  }
  return path;
}
