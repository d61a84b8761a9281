import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseHost } from "../../src/net/address/host.ts";
import {
  formatHostPattern,
  parseHostPattern,
  wildcardBase,
} from "../../src/policy/host_pattern.ts";
import { NameIndex } from "../../src/policy/name_index.ts";
import { rule } from "../support/policy.ts";
import { type Random, seededRandom } from "../support/random.ts";

const LABELS = [
  "a",
  "b",
  "com",
  "example",
  "a*",
  "*b",
  "?",
  "*",
  "a?b",
  "**",
  "x-y",
  "1",
  "xn--p1ai",
];

function anyPattern(random: Random): string {
  const labels = Array.from({ length: 1 + random.below(4) }, () => random.pick(LABELS));
  const front = random.pick(["", "", "*.", "**.", " ", "[", "https://"]);
  const back = random.pick(["", "", "", ".", ":443", ".:8443", ":0", "/8", "]", "\n"]);
  const whole = ["10.0.0.0/8", "fd00::/8", "[::1]:443", "::1", "127.0.0.1:80", "::ffff:0:0/96"];
  return random.below(6) === 0 ? random.pick(whole) : front + labels.join(".") + back;
}

Deno.test("parseHostPattern() never throws, and says why in printable ASCII", () => {
  const random = seededRandom(1);
  for (let turn = 0; turn < 10_000; turn++) {
    const alphabet = "a.*?:/[]{}!-\\ @%0é\ud800\0xn1";
    const text = random.pick([anyPattern(random), random.text(alphabet, 20)]);
    const pattern = parseHostPattern(text);
    assertMatch(pattern.kind === "bad" ? pattern.why : formatHostPattern(pattern), /^[ -~]+$/);
  }
});

Deno.test("parseHostPattern() reads what it printed as the same pattern", () => {
  const random = seededRandom(2);
  const example = parseHostPattern("example.com");
  for (let turn = 0; turn < 10_000; turn++) {
    const pattern = parseHostPattern(anyPattern(random));
    const printed = pattern.kind === "bad" ? "example.com" : formatHostPattern(pattern);
    assertEquals(parseHostPattern(printed), pattern.kind === "bad" ? example : pattern);
  }
});

/** What a pattern says about names, as the manual has it, in a language with its own engine. */
function patternRegExp(text: string): RegExp {
  const [host] = text.trim().toLowerCase().replace(/\.?(:\d+)?$/, "").split(":");
  const front = /^\*\*?\./.exec(host!)?.[0] ?? "";
  const rest = host!.slice(front.length)
    .replaceAll(".", "\\.")
    .replaceAll("?", "[^.]")
    .replaceAll(/(?<=^|\.)\*(?=\\|$)/g, "[^.]+")
    .replaceAll(/(?<!\])\*/g, "[^.]*");
  const repeat = front === "*." ? "+" : front === "**." ? "*" : "{0}";
  return new RegExp(`^(?:[^.]+\\.)${repeat}${rest}$`);
}

Deno.test("a pattern matches a name if and only if the manual says so", () => {
  const random = seededRandom(3);
  const seen = { true: 0, false: 0 };
  const texts = Array.from({ length: 30_000 }, () => {
    const labels = Array.from({ length: 1 + random.below(3) }, () => random.pick(LABELS));
    return `${random.pick(["", "*.", "**."])}${labels.join(".")}`;
  });
  for (const text of texts.filter((text) => parseHostPattern(text).kind !== "bad")) {
    const name = anyName(random);
    const found = new NameIndex([rule("allow", text)]).find(name, 443, "https_connect") !== null;
    assertEquals(found, patternRegExp(text).test(name), `${text} ${name}`);
    seen[`${found}`] += 1;
  }
  assert(seen.true > 300 && seen.false > 300, JSON.stringify(seen));
});

Deno.test("wildcardBase() ends every name that the pattern matches", () => {
  const random = seededRandom(4);
  for (let turn = 0; turn < 20_000; turn++) {
    const text = `${random.pick(["*", "**", "a*", "?", "*b"])}.${anyName(random)}`;
    const pattern = parseHostPattern(text);
    assert(pattern.kind !== "bad", text);
    const base = wildcardBase(pattern)!;
    const name = anyName(random);
    const found = new NameIndex([rule("allow", text)]).find(name, 443, "https_connect") !== null;
    assert(!found || name === base || name.endsWith(`.${base}`), `${text} ${name}`);
  }
});

function anyName(random: Random): string {
  const labels = ["a", "ab", "b", "axb", "com", "example", "x-y", "a1"];
  const name = Array.from({ length: 1 + random.below(4) }, () => random.pick(labels)).join(".");
  assertEquals(parseHost(name), { kind: "name", name });
  return name;
}
