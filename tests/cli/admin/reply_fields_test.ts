import { assertEquals } from "@std/assert";
import {
  isJson,
  type Json,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  textsOf,
} from "../../../src/cli/admin/reply_fields.ts";

const REPLY: Json = { a: "x", b: 7, c: null, d: { e: 1 }, f: [{ g: 1 }, "h", null, 3], i: "" };

Deno.test("isJson() takes objects only", () => {
  assertEquals([{}, [], null, "x", 1, undefined].map(isJson), [
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

Deno.test("textOf() prints texts and numbers, and a dash for the rest", () => {
  const read = ["a", "b", "c", "d", "f", "i", "nope", "toString", "__proto__"].map((key) => {
    return textOf(REPLY, key);
  });
  assertEquals(read, ["x", "7", "-", "-", "-", "-", "-", "-", "-"]);
});

Deno.test("numberOf() takes finite numbers", () => {
  assertEquals(["a", "b", "nope"].map((key) => numberOf(REPLY, key)), [null, 7, null]);
  assertEquals(numberOf(JSON.parse('{"n":1e999}'), "n"), null);
});

Deno.test("objectOf() takes an object, else an empty one", () => {
  assertEquals(["d", "a", "f", "nope"].map((key) => objectOf(REPLY, key)), [{ e: 1 }, {}, {}, {}]);
});

Deno.test("objectsOf() leaves out what is no object", () => {
  assertEquals(["f", "a", "nope"].map((key) => objectsOf(REPLY, key)), [[{ g: 1 }], [], []]);
});

Deno.test("textsOf() leaves out what is no text", () => {
  assertEquals(["f", "a"].map((key) => textsOf(REPLY, key)), [["h"], []]);
});
