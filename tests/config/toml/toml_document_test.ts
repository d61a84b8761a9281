import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Located } from "../../../src/config/toml/located.ts";
import {
  NESTING_MAX,
  parseTomlDocument,
  parseTomlValue,
} from "../../../src/config/toml/toml_document.ts";
import { PLACE, where } from "../load.ts";

/** A value as `line:column value`, all in one list. */
function print(value: Located): string[] {
  const at = where(value.place.origin);
  switch (value.kind) {
    case "scalar":
      return [`${at} ${typeof value.value} ${value.value}`];
    case "list":
      return [`${at} list`, ...value.items.flatMap(print)];
    case "table":
      return [
        `${at} table`,
        ...[...value.entries].flatMap(([name, { key, value }]) => [
          `${where(key.origin)} ${name}:`,
          ...print(value),
        ]),
      ];
  }
}

function fault(text: string): string {
  const read = parseTomlDocument(text, "config.toml");
  assert(read.kind === "bad");
  return `${where(read.place.origin)} ${read.message}`;
}

for (
  const text of [
    "[otel]\nexporter = { otlp-http = { headers = { a = s3cret } } }",
    "[otel.exporter.otlp-http]\nendpoint = s3cret",
    "[otel.exporter.otlp-http.headers]\nx-api-key = s3cret",
    "[otel.exporter]\notlp-http.headers.a = s3cret",
    "otel.exporter.otlp-http.headers.a = s3cret",
    '[network.rules."a.test".inject]\na = s3cret',
    "[[network.mitm_hooks]]\na = s3cret",
    "[network]\ndecider = s3cret",
    "[network.decider]\na = s3cret",
  ]
) {
  Deno.test(`parseTomlDocument() repeats no secret without quotes: ${text.split("\n")[0]}`, () => {
    assertMatch(fault(text), /not TOML: invalid value; put text in quotes$/);
  });
}

Deno.test("parseTomlDocument() gives every value its place", () => {
  const table = parseTomlDocument("[a]\nb = [1, 'x', { c = 1.5 }]\nd = true", "config.toml");
  assert(table.kind === "table");
  assertEquals(print(table), [
    "1:1 table",
    "1:2 a:",
    "1:2 table",
    "2:1 b:",
    "2:5 list",
    "2:6 bigint 1",
    "2:9 string x",
    "2:14 table",
    "2:16 c:",
    "2:20 number 1.5",
    "3:1 d:",
    "3:5 boolean true",
  ]);
});

Deno.test("parseTomlDocument() keeps dates as one value", () => {
  const table = parseTomlDocument("a = 1979-05-27", "config.toml");
  assert(table.kind === "table");
  assertEquals(table.entries.get("a")?.value.kind, "scalar");
});

Deno.test("parseTomlDocument() names the file", () => {
  const table = parseTomlDocument("", "/etc/x.toml");
  assertEquals(table.place.origin, { file: "/etc/x.toml", line: 1, column: 1 });
});

const FAULTS: readonly (readonly [string, string])[] = [
  ["[a]\nmode = full", '2:8 not TOML: invalid value; write "full"'],
  ["mode = [full]", '1:9 not TOML: invalid value; write "full"'],
  ["a = [1, *.com]", '1:9 not TOML: invalid value; write "*.com"'],
  ["a = [\n  full,", "2:3 not TOML: invalid value; put text in quotes"],
  ["a = http://u:s3#cret@h", "1:5 not TOML: invalid value; put text in quotes"],
  ["upstream_proxy = http://u:s3cret", "1:18 not TOML: invalid value; put text in quotes"],
  ["a = True", "1:5 not TOML: invalid value; write true"],
  ["a = yes", "1:5 not TOML: invalid value; write true"],
  ["a = [Off]", "1:6 not TOML: invalid value; write false"],
  ["a = # x", "1:5 not TOML: invalid value; write a value"],
  ["a =\r\n", "1:4 not TOML: invalid value; write a value"],
  ["a == 1", "1:4 not TOML: invalid value; write one equals sign"],
  ["a = [1,,2]", "1:8 not TOML: invalid value; remove the comma"],
  ["a = \u201cx\u201d", '1:5 not TOML: invalid value; write straight quotes, as in "text"'],
  [
    "a = { b = 1, b = 2 }",
    "1:14 not TOML: trying to redefine an already defined value; write each key and each table once",
  ],
  ["a = FALSE # x", "1:5 not TOML: invalid value; write false"],
  [
    "a = 1 b = 2",
    "1:7 not TOML: each key-value declaration must be followed by an end-of-line; start a new line here",
  ],
  [
    "a = 1\r\na = 2",
    "2:1 not TOML: trying to redefine an already defined table or value; write each key and each table once",
  ],
  [
    "[a]\n[a]",
    "2:2 not TOML: trying to redefine an already defined table or value; write each key and each table once",
  ],
  ['a = "x', "1:5 not TOML: unfinished string; close it with the quote it starts with"],
  [
    "a = [1 2]",
    "1:8 not TOML: expected comma or end of structure; put a comma between values, and close the bracket",
  ],
  ["a = [1,", "1:5 not TOML: unfinished array; close it with a bracket"],
  ["a = {b = 1,", "1:5 not TOML: unfinished table; close it with a brace"],
  [
    'a = "\\d"',
    "1:7 not TOML: unrecognised escape sequence; double the backslash, or use single quotes",
  ],
  ["a", "1:1 not TOML: incomplete key-value: cannot find end of key; write key = value"],
  [
    'a = """x \\ y"""',
    "1:10 not TOML: invalid escape: only line-ending whitespace may be escaped; double the backslash",
  ],
  [
    "a = 1979-05-2",
    "1:5 not TOML: invalid date-time: date part is malformed; put text in quotes",
  ],
  [
    "a = 1979-05-27T1",
    "1:5 not TOML: invalid date-time: time part is malformed; put text in quotes",
  ],
  ["a = 01", "1:5 not TOML: illegal leading zero; write the number without it"],
  [
    "😀 = 1",
    "1:1 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
  ],
];

for (const [text, expected] of FAULTS) {
  Deno.test(`parseTomlDocument() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(fault(text), expected);
  });
}

Deno.test("parseTomlDocument() takes what nests to the limit, and no more", () => {
  const dotted = (depth: number): string => `${"a.".repeat(depth - 1)}a = 1`;
  const list = (depth: number): string => `a = ${"[".repeat(depth)}${"]".repeat(depth)}`;
  assertEquals(parseTomlDocument(dotted(NESTING_MAX), "config.toml").kind, "table");
  assertEquals(
    fault(`\n${dotted(NESTING_MAX + 1)}`),
    "2:133 nested more than 64 deep; write it flatter",
  );
  assertEquals(parseTomlDocument(list(NESTING_MAX - 1), "config.toml").kind, "table");
  assertEquals(
    fault(list(NESTING_MAX + 1)),
    "1:69 nested more than 64 deep; write it flatter",
  );
  assertEquals(fault(dotted(100_000)), "1:129 nested more than 64 deep; write it flatter");
});

const VALUES: readonly (readonly [string, readonly string[] | undefined])[] = [
  ["true", ["1:1 boolean true"]],
  ["3 # c", ["1:1 bigint 3"]],
  ['"x"', ["1:1 string x"]],
  ['["a"]', ["1:1 list", "1:1 string a"]],
  ['{"a"="b"}', ["1:1 table", "1:1 a:", "1:1 string b"]],
  ["[\n1]", ["1:1 list", "1:1 bigint 1"]],
  ["hello", undefined],
  ["", undefined],
  ["1\nenabled = false", undefined],
  ["1\n[network]", undefined],
];

for (const [text, expected] of VALUES) {
  Deno.test(`parseTomlValue() reads ${JSON.stringify(text)}`, () => {
    const value = parseTomlValue(text, PLACE);
    assertEquals(value === undefined || value.kind === "bad" ? undefined : print(value), expected);
  });
}

Deno.test("parseTomlValue() refuses what nests too deep", () => {
  const value = parseTomlValue(`{ ${"a.".repeat(NESTING_MAX)}a = 1 }`, PLACE);
  assertEquals(value, {
    kind: "bad",
    place: PLACE,
    message: "nested more than 64 deep; write it flatter",
  });
});
