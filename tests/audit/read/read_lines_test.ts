import { assertEquals } from "@std/assert";
import { LINE_BYTES_MAX, readLines } from "../../../src/audit/read/read_lines.ts";

/** Reads bytes that come so many at a time. */
async function read(bytes: Uint8Array, atOnce: number, max?: number) {
  let at = 0;
  const lines = readLines((into) => {
    if (at === bytes.length) return Promise.resolve(null);
    const piece = bytes.subarray(at, at + Math.min(atOnce, into.length));
    into.set(piece);
    at += piece.length;
    return Promise.resolve(piece.length);
  }, max);
  const all = (await Array.fromAsync(lines)).flat();
  return all.map(({ text, fault }) => fault ?? text);
}

const TEXTS: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["a\n", ["a"]],
  ["a\n\nü😀\n", ["a", "", "ü😀"]],
  ["a\nhalf", ["a", "it is cut: it has no line end"]],
  ["\ufeffa\n", ["\ufeffa"]],
];

for (const [text, expected] of TEXTS) {
  Deno.test(`readLines() reads ${JSON.stringify(text)}, however it comes`, async () => {
    const bytes = new TextEncoder().encode(text);
    for (const atOnce of [1, 2, 3, 100]) assertEquals(await read(bytes, atOnce), expected);
  });
}

Deno.test("readLines() tells which line is no text", async () => {
  const bytes = new Uint8Array([0x61, 0x0a, 0xff, 0x0a, 0x62, 0x0a]);
  assertEquals(await read(bytes, 100), ["a", "it is no text in UTF-8", "b"]);
});

Deno.test("readLines() stops where it is told to", async () => {
  assertEquals(await read(new TextEncoder().encode("a\nb\nc\n"), 100, 4), ["a", "b"]);
});

Deno.test("readLines() does not hold a line of any length, and goes on behind it", async () => {
  const fault = "it is longer than any record";
  const long = "a".repeat(LINE_BYTES_MAX * 3);
  for (const atOnce of [1000, 65_537, Infinity]) {
    const text = (text: string) => read(new TextEncoder().encode(text), atOnce);
    assertEquals(await text(long), [fault]);
    assertEquals(await text(`b\n${long}\nc\nd\n`), ["b", fault, "c", "d"]);
    assertEquals(await text(`${long}\n${long}\nc`), [
      fault,
      fault,
      "it is cut: it has no line end",
    ]);
  }
});

Deno.test("readLines() takes the longest line, and not one that is longer", async () => {
  const longest = "a".repeat(LINE_BYTES_MAX);
  const lines = await read(new TextEncoder().encode(`${longest}\n${longest}a\nb\n`), Infinity);
  assertEquals(lines.map(({ length }) => length), [LINE_BYTES_MAX, 28, 1]);
});
