import { assertEquals } from "@std/assert";
import { alignedLine, columnWidths } from "../../../src/cli/admin/columns.ts";

Deno.test("alignedLine() puts cells below each other, the last as it is", () => {
  const rows = [["a", "bb", "c"], ["aaa", "b", "cccc"]];
  const widths = columnWidths(rows);
  assertEquals(rows.map((row) => alignedLine(row, widths)), ["a    bb  c", "aaa  b   cccc"]);
});

Deno.test("alignedLine() leaves no space at the end", () => {
  assertEquals(alignedLine(["a", "", ""], [3, 3]), "a");
});

Deno.test("columnWidths() keeps to the least", () => {
  assertEquals(columnWidths([["a", "bbbb", "c"]], [3, 3]), [3, 4]);
  assertEquals(columnWidths([], [3, 3]), [3, 3]);
});

Deno.test("columnWidths() does not let one long cell push all others", () => {
  assertEquals(columnWidths([["x".repeat(48), ""], ["x".repeat(49), ""]]), [48]);
});

Deno.test("alignedLine() measures what is printed", () => {
  const rows = [["\x1b[2J", "b"], ["aaaaaaaaa", "b"]];
  assertEquals(rows.map((row) => alignedLine(row, columnWidths(rows))), [
    "\\u001b[2J  b",
    "aaaaaaaaa  b",
  ]);
});

Deno.test("alignedLine() cuts what is no name any more", () => {
  assertEquals(alignedLine(["x".repeat(300), ""], []), "x".repeat(300));
  assertEquals(alignedLine(["x".repeat(301), ""], []), `${"x".repeat(300)}…`);
});
