import { assertEquals } from "@std/assert";
import { tableLines } from "../../../src/cli/admin/table_lines.ts";
import { paint } from "../../../src/cli/printed/terminal.ts";
import { plainText } from "../../support/plain_text.ts";

const HEADER = ["ID", "HOST", "METHOD", "ADDRESS"];
const ROWS = [
  ["q3", "api.example.com:443", "CONNECT", "a name, not looked up yet"],
  ["q12", "b.test:80", "", "public"],
];

function table(header: readonly string[] | null, columns: number | null): readonly string[] {
  return tableLines({ header, rows: ROWS }, columns).map(plainText);
}

const ALIGNED: readonly [string, string, string] = [
  "ID   HOST                 METHOD   ADDRESS",
  "q3   api.example.com:443  CONNECT  a name, not looked up yet",
  "q12  b.test:80                     public",
];

Deno.test("tableLines() sets cells out in columns where there is room", () => {
  assertEquals(table(HEADER, null), ALIGNED);
  assertEquals(table(HEADER, ALIGNED[1].length), ALIGNED);
});

Deno.test("tableLines() breaks the last cell where it is all that has no room", () => {
  assertEquals(table(HEADER, ALIGNED[1].length - 1), [
    ALIGNED[0],
    "q3   api.example.com:443  CONNECT  a name, not looked up",
    "                                   yet",
    ALIGNED[2],
  ]);
});

Deno.test("tableLines() folds every row where one has no room, and says what each cell is", () => {
  assertEquals(table(HEADER, 58), [
    "q3  host api.example.com:443  method CONNECT",
    "    address a name, not looked up yet",
    "q12  host b.test:80  address public",
  ]);
});

Deno.test("tableLines() breaks a cell that is longer than a row", () => {
  assertEquals(table(HEADER, 26), [
    "q3",
    "    host",
    "    api.example.com:443",
    "    method CONNECT",
    "    address a name, not",
    "    looked up yet",
    "q12  host b.test:80",
    "     address public",
  ]);
});

Deno.test("tableLines() folds a table without names by its cells alone", () => {
  assertEquals(table(null, 40), [
    "q3  api.example.com:443  CONNECT",
    "    a name, not looked up yet",
    "q12  b.test:80  public",
  ]);
});

Deno.test("tableLines() stands what is folded a little to the right, not below a long name", () => {
  const rows = [["  registry.example.com", "read", "x".repeat(20)]];
  assertEquals(tableLines({ header: null, rows }, 30).map(plainText), [
    "  registry.example.com  read",
    `      ${"x".repeat(20)}`,
  ]);
});

Deno.test("tableLines() paints the names of columns, and keeps to the least widths", () => {
  assertEquals(tableLines({ header: ["A", "B"], rows: [["a", "b"]], least: [4] }, null), [
    [paint("faint", "A     B")],
    ["a     b"],
  ]);
  assertEquals(
    tableLines({ header: ["A", "B"], rows: [["a", "b b b b"]] }, 7)[0],
    [
      "a",
      "  ",
      paint("faint", "b"),
      " b b b b",
    ].slice(0, 1),
  );
});
