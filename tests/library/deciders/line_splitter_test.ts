import { assertEquals } from "@std/assert";
import { LineSplitter } from "../../../src/library/deciders/line_splitter.ts";

/** The lines that come of these pieces: those that are cut with an ellipsis. */
function lines(max: number, ...pieces: readonly string[]): string[] {
  const splitter = new LineSplitter(max);
  return pieces.flatMap((piece) => [...splitter.push(new TextEncoder().encode(piece))])
    .map(({ text, isWhole }) => isWhole ? text : `${text}…`);
}

Deno.test("push() makes lines, wherever the pieces end", () => {
  assertEquals(lines(9, "a\nbc", "d\n\ne\r\n", "f"), ["a", "bcd", "", "e"]);
});

Deno.test("push() takes a line of the greatest length, and cuts one that is a byte longer", () => {
  assertEquals(lines(3, "abc\nabcd\nx\n"), ["abc", "abc…", "x"]);
  assertEquals(lines(3, "abc", "\nab", "cd", "ef\nx\n"), ["abc", "abc…", "x"]);
});

Deno.test("push() tells of a line without end at once, and once", () => {
  assertEquals(lines(2, "abc", "def", "ghi"), ["ab…"]);
});

Deno.test("push() puts characters together that were cut apart", () => {
  const splitter = new LineSplitter(9);
  const [first, second, end] = new TextEncoder().encode("é\n");
  assertEquals([...splitter.push(Uint8Array.of(first!))], []);
  assertEquals([...splitter.push(Uint8Array.of(second!, end!))], [{ text: "é", isWhole: true }]);
});

Deno.test("last() is what has no end yet", () => {
  const splitter = new LineSplitter(3);
  assertEquals(splitter.last(), null);
  assertEquals([...splitter.push(new TextEncoder().encode("a\nb"))].length, 1);
  assertEquals(splitter.last(), { text: "b", isWhole: true });
  assertEquals(splitter.last(), null);
  assertEquals([...splitter.push(new TextEncoder().encode("abcd"))].length, 1);
  assertEquals(splitter.last(), null);
});
