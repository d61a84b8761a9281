import { parse } from "smol-toml";
import type { Located, Place } from "../../../src/config/toml/located.ts";
import { parseTomlDocument, parseTomlValue } from "../../../src/config/toml/toml_document.ts";
import { expect, expectSame } from "../expect.ts";
import { anyWords, type FuzzTarget } from "../target.ts";

const WORDS = [
  ...[
    "a",
    "b",
    "a.b",
    '"c d"',
    "'e'",
    " = ",
    "=",
    "1",
    "0x1f",
    "1.5",
    "1e3",
    "true",
    '"x"',
    "'y'",
    "nan",
  ],
  ...[
    "[a]\n",
    "[a.b]\n",
    "[[c]]\n",
    "\n",
    "\r\n",
    "# x\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    "[1, 2]",
    "{ a = 1 }",
  ],
  ...[
    '"""',
    "'''",
    '"""a\\\n  b"""',
    "\\u0041",
    "\\",
    "1979-05-27T07:32:00Z",
    "07:32:00",
    "\t",
    ".",
    "_",
    "-",
  ],
  ...[
    "__proto__",
    "constructor",
    "\ufeff",
    "\u{1f600}",
    "\0",
    "inf",
    "[[",
    "]]",
    "[".repeat(80),
    "a.".repeat(80),
  ],
];

/** How much of what stands at a place is looked at. */
const SHOWN = 200;

const PLACE: Place = { origin: { file: "-c", line: 1, column: 1 }, rank: 1, flag: "x" };

/** `parseTomlDocument` and `parseTomlValue`: every value of the document, and the place where it stands. */
export const TOML: FuzzTarget = {
  name: "toml",
  kind: "text",
  words: WORDS,
  any(random) {
    if (random.below(4) === 0) return anyWords(random, WORDS, 12);
    let text = "";
    for (let left = random.below(6); left > 0; left--) {
      const key = random.pick(["a", "b.c", '"d e"', "f", "g"]);
      const value = random.pick([
        "1",
        '"x"',
        "[1, 2]",
        "{ a = 1, b = [] }",
        "true",
        "'''\nx'''",
        "1.0",
      ]);
      text += random.pick([
        `${key} = ${value}\n`,
        `${key}=${value} # x\r\n`,
        `[${key}]\n`,
        `[[${key}]]\n`,
      ]);
    }
    return text;
  },
  check(input) {
    const document = parseTomlDocument(input, "config.toml");
    if (document.kind === "bad") expectMessage(document.message);
    else {
      const starts = lineStarts(input);
      expectSame(plain(document), parse(input, { integersAsBigInt: true }), "the values");
      for (const [name, { key, value }] of document.entries) {
        expectKey(textAt(input, starts, key), name);
        checkPlaced(value, (place) => textAt(input, starts, place));
      }
    }
    const value = parseTomlValue(input, PLACE);
    if (value?.kind === "bad") expectMessage(value.message);
  },
};

function expectMessage(message: string): void {
  expect(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,400}$/u.test(message), `no message: ${message}`);
}

function expectKey(text: string, name: string): void {
  expect(
    /^["']/.test(text) || text.startsWith(name.slice(0, SHOWN)),
    `the key ${name} is not at its place`,
  );
}

/** How the text of a value begins. That of a table which a header or a dotted key made is its key. */
function checkPlaced(value: Located, textAt: (place: Place) => string): void {
  const text = textAt(value.place);
  switch (value.kind) {
    case "table":
      expect(/^[{"'A-Za-z0-9_-]/.test(text), "a table at its place");
      for (const [name, { key, value: held }] of value.entries) {
        expectKey(textAt(key), name);
        checkPlaced(held, textAt);
      }
      return;
    case "list":
      expect(/^[["'A-Za-z0-9_-]/.test(text), "a list at its place");
      return value.items.forEach((item) => checkPlaced(item, textAt));
    case "scalar":
      expect(
        (typeof value.value === "string" ? /^["']/ : /^[+\-0-9tfin]/).test(text),
        "a value at its place",
      );
  }
}

function plain(value: Located): unknown {
  switch (value.kind) {
    case "table":
      return Object.fromEntries(
        [...value.entries].map(([name, entry]) => [name, plain(entry.value)]),
      );
    case "list":
      return value.items.map(plain);
    case "scalar":
      return value.value;
  }
}

function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

function textAt(
  source: string,
  starts: readonly number[],
  { origin: { line, column } }: Place,
): string {
  const start = starts[line! - 1]! + column! - 1;
  return source.slice(start, start + SHOWN);
}
