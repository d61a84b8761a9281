import { assert, assertEquals } from "@std/assert";
import { parsePathPattern, pathMatches, type PathPattern } from "../../src/policy/path_pattern.ts";
import { readRequestPath } from "../../src/policy/request_path.ts";
import { parseStarGlob, starGlobMatches } from "../../src/policy/star_glob.ts";
import { type Random, seededRandom } from "../support/random.ts";

/** How servers have been seen to read a path; each in turn, and all of them in every order that matters. */
type Reading = (path: string) => string;

const READINGS: Readonly<Record<string, Reading>> = {
  "cuts the query and the fragment": (path) => path.split(/[?#]/, 1)[0]!,
  "decodes once": (path) => decode(path),
  "decodes twice": (path) => decode(decode(path)),
  "decodes until nothing changes": (path) => {
    let text = path;
    for (let next = decode(text); next !== text; next = decode(text)) text = next;
    return text;
  },
  "takes backslashes for slashes": (path) => path.replaceAll("\\", "/"),
  "cuts off parameters": (path) => path.replaceAll(/;[^/]*/g, ""),
  "merges slashes": (path) => path.replaceAll(/\/+/g, "/"),
  "ends at a NUL": (path) => path.split("\0", 1)[0]!,
  "drops control characters": (path) => path.replaceAll(/\p{Cc}/gu, ""),
  "drops dots and blanks behind names": (path) =>
    path.split("/").map((name) => isDots(name) ? name : name.replace(/[. ]+$/, "")).join("/"),
  "trims names": (path) => path.split("/").map((name) => name.trim()).join("/"),
  "folds what looks alike": (path) => path.normalize("NFKC"),
  "resolves dot segments": resolve,
};

/** Malformed triplets stay, overlong forms are understood: as the most lenient do. */
function decode(text: string): string {
  const bytes = text.replaceAll(
    /%([0-9A-Fa-f]{2})/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  return bytes
    .replaceAll(/[\u00c0\u00c1]([\u0080-\u00bf])/g, (pair) => {
      return String.fromCharCode(((pair.charCodeAt(0) & 3) << 6) | (pair.charCodeAt(1) & 0x3f));
    })
    .replaceAll(/([\u00e0-\u00ef])([\u0080-\u00bf])([\u0080-\u00bf])/g, (three) => {
      const [a, b, c] = [0, 1, 2].map((at) => three.charCodeAt(at)) as [number, number, number];
      return String.fromCharCode(((a & 15) << 12) | ((b & 63) << 6) | (c & 63));
    });
}

function isDots(name: string): boolean {
  return /^[. ]+$/.test(name);
}

/** RFC 3986 section 5.2.4. */
function resolve(path: string): string {
  const kept: string[] = [];
  const names = path.split("/").slice(1);
  names.forEach((name, index) => {
    const isLast = index === names.length - 1;
    if (name === "..") kept.pop();
    else if (name !== ".") kept.push(name);
    if (isLast && (name === "." || name === "..")) kept.push("");
  });
  return `/${kept.join("/")}`;
}

const PIECES = [
  "/",
  "/",
  "/",
  "//",
  "repos",
  "my",
  "my",
  "-evil",
  "x",
  ".",
  "..",
  "...",
  "%2e",
  "%2E%2e",
  "%252e",
  "%2f",
  "%2F",
  "%252f",
  "%5c",
  "\\",
  ";",
  ";a=b",
  "%3b",
  "?",
  "%3f",
  "#",
  "%23",
  "%00",
  "%20",
  " ",
  "%0a",
  "%c0%ae",
  "%c0%af",
  "%ef%bc%8e",
  "%ef%bc%8f",
  "%e2%80%a5",
  "%6d%79",
  "%",
  "%2",
  "\u00e9",
  "%c3%a9",
  "MY",
];

/** A path that means mischief, most often one that begins as the rule does. */
function anyPath(random: Random): string {
  const start = random.pick(["/repos/my", "/repos/my/", "/repos/my/x", "/repos/", "/"]);
  return start + Array.from({ length: random.below(7) }, () => random.pick(PIECES)).join("");
}

/** Up to four of the readings one after the other: a chain of proxies and the server behind them. */
function anyServer(random: Random): { readonly names: readonly string[]; readonly read: Reading } {
  const names = Array.from(
    { length: 1 + random.below(4) },
    () => random.pick(Object.keys(READINGS)),
  );
  // At the end every server looks for a file, or a route.
  const all = [...names, "decodes until nothing changes", "resolves dot segments"];
  return { names: all, read: (path) => all.reduce((text, name) => READINGS[name]!(text), path) };
}

function pattern(text: string): PathPattern {
  const parsed = parsePathPattern(text, "wild");
  assert(!("why" in parsed));
  return parsed;
}

Deno.test("no path that a rule matches is outside of its prefix for any server that normalises", () => {
  const random = seededRandom(39);
  const prefixes = ["/repos/my", "/repos/my/"].map((text) => [text, pattern(text)] as const);
  const globs = ["/repos/my/**", "/repos/my/*", "/repos/my/*/x"].map(pattern);
  let matched = 0;
  let refused = 0;
  for (let turn = 0; turn < 100_000; turn++) {
    const target = anyPath(random);
    const read = readRequestPath(target);
    if (read.kind === "ambiguous") {
      refused += 1;
      continue;
    }
    const server = anyServer(random);
    const seen = server.read(target.split("?", 1)[0]!);
    const isInside = seen === "/repos/my" || seen.startsWith("/repos/my/");
    const told = `${target} for a server that ${server.names.join(", ")}: ${seen}`;
    for (const [, prefix] of prefixes) {
      if (pathMatches(prefix, read)) assert(isInside, told);
    }
    for (const glob of globs) if (pathMatches(glob, read)) assert(isInside, told);
    if (pathMatches(prefixes[0]![1], read)) matched += 1;
  }
  assert(matched > 5000 && refused > 5000, `${matched} matched, ${refused} refused`);
});

Deno.test("a path that a rule matches is the same path once it is read again", () => {
  const random = seededRandom(40);
  for (let turn = 0; turn < 20_000; turn++) {
    const read = readRequestPath(anyPath(random));
    if (read.kind === "ambiguous") continue;
    assertEquals(readRequestPath(read.text), { ...read, query: null });
  }
});

Deno.test("globs match what a regular expression of the same meaning matches", () => {
  const random = seededRandom(41);
  const seen = { yes: 0, no: 0 };
  for (let turn = 0; turn < 20_000; turn++) {
    const text = random.text("ab*", 8);
    const glob = parseStarGlob(text);
    assert(glob.kind === "glob");
    const value = random.text("ab", 10);
    for (const least of [0, 1] as const) {
      const expected = new RegExp(`^${text.replaceAll("*", least === 0 ? ".*" : ".+")}$`);
      const answer = starGlobMatches(glob, value, least);
      assertEquals(answer, expected.test(value), `${text} ${value} ${least}`);
      seen[answer ? "yes" : "no"] += 1;
    }
  }
  assert(seen.yes > 1000 && seen.no > 1000);
});

Deno.test("path globs match what a regular expression of the same meaning matches", () => {
  const random = seededRandom(42);
  const seen = { yes: 0, no: 0 };
  for (let turn = 0; turn < 20_000; turn++) {
    const names = Array.from(
      { length: 1 + random.below(4) },
      () => random.pick(["a", "b", "*", "a*", "**"]),
    );
    const source = names.map((name) =>
      name === "**" ? "(?:/[^/]*)*" : `/${name.replaceAll("*", "[^/]+")}`
    ).join("");
    const path = `/${
      Array.from({ length: 1 + random.below(5) }, () => random.pick(["a", "b", "ab"])).join("/")
    }`;
    const read = readRequestPath(path);
    assert(read.kind === "path");
    const answer = pathMatches(pattern(`pattern:/${names.join("/")}`), read);
    assertEquals(answer, new RegExp(`^${source}$`).test(path), `${names.join("/")} ${path}`);
    seen[answer ? "yes" : "no"] += 1;
  }
  assert(seen.yes > 1000 && seen.no > 1000);
});
