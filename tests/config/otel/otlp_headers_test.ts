import { assertEquals } from "@std/assert";
import { readHeaders } from "../../../src/config/otel/otlp_headers.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

/** What becomes of a table of this text. */
function read(text: string): [readonly string[] | undefined, string[]] {
  const findings = new Findings();
  const fields = readHeaders(tableOf(text).entries.get("headers")!.value, "headers", findings);
  return [fields?.map(({ name, value }) => `${name}: ${value}`), print(findings.faults())];
}

Deno.test("readHeaders() keeps names as they are written, and values without white space around", () => {
  assertEquals(read('headers = { "X-Api-Key" = " s3cret ", authorization = "Bearer x", e = "" }'), [
    ["X-Api-Key: s3cret", "authorization: Bearer x", "e: "],
    [],
  ]);
});

/** Entries, and what is wrong with them. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['"x y" = "s3cret"', 'header "x y": this is no name of a header'],
  ['"" = "s3cret"', 'header "": this is no name of a header'],
  ['"x\\r\\ny" = "s3cret"', 'header "x\\\\u000d\\\\u000ay": this is no name of a header'],
  ['Host = "s3cret"', 'header "Host": Doorward sets it itself: remove it'],
  ['content-length = "s3cret"', 'header "content-length": Doorward sets it itself: remove it'],
  ['Content-Encoding = "s3cret"', 'header "Content-Encoding": Doorward sets it itself: remove it'],
  [
    'Transfer-Encoding = "chunked"',
    'header "Transfer-Encoding": Doorward sets it itself: remove it',
  ],
  [
    'Proxy-Authorization = "s3cret"',
    'header "Proxy-Authorization": Doorward sets it itself: remove it',
  ],
  ["x = 1", 'header "x": its value is no text in quotes'],
  ['x = ["s3cret"]', 'header "x": its value is no text in quotes'],
  ['x = "s3cret\\r\\nHost: y"', 'header "x": its value has other characters than plain ASCII'],
  ['x = "s3crét"', 'header "x": its value has other characters than plain ASCII'],
  [`x = "${"s".repeat(4097)}"`, 'header "x": its value is longer than 4096 characters'],
  ['X-A = "1", x-a = "s3cret"', 'header "x-a" is written twice'],
];

for (const [entry, expected] of REFUSED) {
  Deno.test(`readHeaders() refuses ${entry.slice(0, 60)}, and shows no value`, () => {
    const [, faults] = read(`headers = { ${entry} }`);
    assertEquals(faults.map((fault) => fault.replace(/^\S+ /, "")), [
      expected.replaceAll("\\\\u", "\\u"),
    ]);
    assertEquals(faults.join().includes("s3cret"), false);
  });
}

Deno.test("readHeaders() refuses what is no table, and too large a one", () => {
  const why = '"headers" is no table: write { "x-api-key" = "…" }';
  assertEquals(read('headers = "x: s3cret"'), [undefined, [`1:11 ${why}`]]);
  const many = (count: number) =>
    `headers = { ${Array.from({ length: count }, (_, at) => `h${at} = "x"`).join(", ")} }`;
  assertEquals(read(many(32))[1], []);
  assertEquals(read(many(33)), [undefined, [
    '1:11 "headers" has more than 32 entries: remove some',
  ]]);
});
