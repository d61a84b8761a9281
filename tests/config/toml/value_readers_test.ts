import { assert, assertEquals } from "@std/assert";
import { Findings } from "../../../src/config/toml/findings.ts";
import type { JsonSchema } from "../../../src/config/toml/json_schema.ts";
import type { Located, LocatedTable } from "../../../src/config/toml/located.ts";
import { parseTomlDocument } from "../../../src/config/toml/toml_document.ts";
import {
  key,
  type Reader,
  reader,
  readFlag,
  readTable,
  readText,
  readTexts,
  readWhole,
  readWord,
  refuseUnknown,
  tableSchema,
  type TableShape,
} from "../../../src/config/toml/value_readers.ts";
import { PLACE, where } from "../load.ts";

const PLACED: Located = { kind: "scalar", place: PLACE, value: 1n };

function table(text: string): LocatedTable {
  const table = parseTomlDocument(text, "config.toml");
  assert(table.kind === "table");
  return table;
}

function messages(findings: Findings): string[] {
  return findings.faults().map(({ origin, message }) => `${where(origin)} ${message}`);
}

/** What a reader makes of `key = <text>`, and what it says. */
function read(reader: Reader<unknown>, text: string): [unknown, ...string[]] {
  const findings = new Findings();
  const value = reader(table(`key = ${text}`).entries.get("key")!.value, "key", findings);
  return [value, ...messages(findings)];
}

const word = readWord("full", "limited");
const whole = readWhole(1, 10);

const READ: readonly (readonly [Reader<unknown>, string, unknown, ...string[]])[] = [
  [readFlag, "true", true],
  [readFlag, "false", false],
  [readFlag, '"true"', undefined, '1:7 "key" is "true": expected true or false'],
  [readFlag, "1", undefined, '1:7 "key" is 1: expected true or false'],
  [readText, '""', ""],
  [readText, "3", undefined, '1:7 "key" is 3: expected text in quotes'],
  [readText, "['x']", undefined, '1:7 "key" is a list: expected text in quotes'],
  [readTexts, "[]", []],
  [readTexts, "['a', \"b\"]", ["a", "b"]],
  [readTexts, "'a'", undefined, '1:7 "key" is "a": expected a list, as in ["…"]'],
  [readTexts, "{}", undefined, '1:7 "key" is a table: expected a list, as in ["…"]'],
  [
    readTexts,
    "['a', 3, [], 'b']",
    ["a", "b"],
    '1:13 "key[1]" is 3: expected text in quotes',
    '1:16 "key[2]" is an empty list: expected text in quotes',
  ],
  [word, "'limited'", "limited"],
  [word, "'Limited'", undefined, '1:7 "key" is "Limited": expected "full" or "limited"'],
  [word, "3", undefined, '1:7 "key" is 3: expected "full" or "limited"'],
  [word, "[]", undefined, '1:7 "key" is an empty list: expected "full" or "limited"'],
  [whole, "1", 1],
  [whole, "0xA", 10],
  [whole, "0", undefined, '1:7 "key" is 0: expected a whole number from 1 to 10'],
  [whole, "11", undefined, '1:7 "key" is 11: expected a whole number from 1 to 10'],
  [whole, "1.0", undefined, '1:7 "key" is 1.0: expected a whole number from 1 to 10'],
  [whole, "nan", undefined, '1:7 "key" is nan: expected a whole number from 1 to 10'],
  [whole, "'5'", undefined, '1:7 "key" is "5": expected a whole number from 1 to 10'],
  [
    whole,
    "99999999999999999999",
    undefined,
    '1:7 "key" is 99999999999999999999: expected a whole number from 1 to 10',
  ],
  [whole, "2020-01-01", undefined, '1:7 "key" is a date: expected a whole number from 1 to 10'],
];

for (const [reader, text, ...expected] of READ) {
  const name = reader.name === "" ? expected[0] : reader.name;
  Deno.test(`${name} reads ${text}`, () => {
    assertEquals(read(reader, text), expected);
  });
}

const SHAPE: TableShape<{ on: boolean; name: string }> = {
  where: "[t]",
  keys: { on: key(readFlag, "on or off"), name: key(readText, "a name") },
  defaults: { on: true, name: "x" },
};

Deno.test("readTable() keeps the default of what is not written, or wrong", () => {
  const findings = new Findings();
  assertEquals(readTable(table("name = 3"), SHAPE, findings), { on: true, name: "x" });
  assertEquals(readTable(table("on = false"), SHAPE, findings), { on: false, name: "x" });
  assertEquals(messages(findings), ['1:8 "name" is 3: expected text in quotes']);
});

Deno.test("readTable() refuses a key that it does not know, at the key", () => {
  const findings = new Findings();
  readTable(table("nmae = 3\n toString = 1"), SHAPE, findings);
  assertEquals(messages(findings), [
    '1:1 unknown key "nmae": did you mean "name"?',
    '2:2 unknown key "toString": remove it; the keys of [t] are on, name',
  ]);
});

Deno.test("readTable() leaves the keys that are read elsewhere", () => {
  const findings = new Findings();
  readTable(table("other = 3\nothr = 1"), { ...SHAPE, others: { other: {} } }, findings);
  assertEquals(messages(findings), ['2:1 unknown key "othr": did you mean "other"?']);
});

Deno.test("reader() gives a function its schema", () => {
  const read = reader<number>({ type: "integer" }, () => 7);
  assertEquals([read.schema, read(PLACED, "key", new Findings())], [{ type: "integer" }, 7]);
});

/** Readers, and what an editor is told that they take. */
const SCHEMAS: readonly (readonly [Reader<unknown>, JsonSchema])[] = [
  [readFlag, { type: "boolean" }],
  [readText, { type: "string" }],
  [readTexts, { type: "array", items: { type: "string" } }],
  [word, { type: "string", enum: ["full", "limited"] }],
  [whole, { type: "integer", minimum: 1, maximum: 10 }],
];

for (const [{ schema }, expected] of SCHEMAS) {
  Deno.test(`a reader carries the schema ${JSON.stringify(expected)}`, () => {
    assertEquals(schema, expected);
  });
}

Deno.test("tableSchema() takes the keys of the table, those read elsewhere, and no others", () => {
  const others = { other: { type: "array" } } as const;
  assertEquals(tableSchema({ ...SHAPE, others }, { on: true }), {
    type: "object",
    properties: {
      on: { description: "on or off", default: true, type: "boolean" },
      name: { description: "a name", type: "string" },
      other: { type: "array" },
    },
    additionalProperties: false,
  });
});

Deno.test("refuseUnknown() tells of each key that is not among those known", () => {
  const findings = new Findings();
  refuseUnknown(table("on = 1\nnme = 2\nzzzz = 3"), ["on", "name"], "here", findings);
  assertEquals(messages(findings).map((line) => line.slice(0, 22)), [
    '2:1 unknown key "nme":',
    '3:1 unknown key "zzzz"',
  ]);
});
