import { assertEquals, assertThrows } from "@std/assert";
import { screenOf, textOf } from "./screen.ts";

Deno.test("screenOf() keeps rows and inks apart", () => {
  assertEquals(screenOf("\x1b[32mgood\x1b[0m, \x1b[1mcopy\x1b[0m\r\n\r\nnext", 80), [
    [{ ink: "green", text: "good" }, { ink: "plain", text: ", " }, { ink: "bold", text: "copy" }],
    [],
    [{ ink: "plain", text: "next" }],
  ]);
});

Deno.test("screenOf() goes on in the next row when one is full, and not before", () => {
  const rows = (printed: string) => screenOf(printed, 4).map(textOf);
  assertEquals(rows("abcd\r\ne"), ["abcd", "e"]);
  assertEquals(rows("abcde"), ["abcd", "e"]);
  assertEquals(rows("ab\x1b[2mcde…"), ["abcd", "e…"]);
});

for (
  const [what, text] of [["a movement", "\x1b[2K"], ["a colour", "\x1b[35m"], ["a bell", "\x07"]]
) {
  Deno.test(`screenOf() draws no picture without ${what}`, () => {
    assertThrows(() => screenOf(`a${text}`, 80), Error, "Cannot draw ");
  });
}
