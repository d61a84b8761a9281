import { assertEquals, assertThrows } from "@std/assert";
import { field, tokensOf, valueOf, valuesOf } from "../../src/http/fields.ts";

Deno.test("field() keeps the name as written and a key to compare by", () => {
  assertEquals(field("X-MiXeD", "Value"), { name: "X-MiXeD", key: "x-mixed", value: "Value" });
});

Deno.test("field() takes a tab, obs-text and an empty value", () => {
  assertEquals(field("A", "\t\x80\xff").value, "\t\x80\xff");
  assertEquals(field("A", "").value, "");
});

Deno.test("field() throws for what would be a line of its own, or some other byte", () => {
  for (const bad of ["a\r\nB: c", "a\rb", "a\nb", "a\0b", "a\x7fb", "a\u010ab"]) {
    assertThrows(() => field("A", bad), TypeError, "Cannot make field");
    assertThrows(() => field(bad, "a"), TypeError, "Cannot make field");
  }
});

Deno.test("valueOf() finds the first line of that name, whatever its case", () => {
  const fields = [field("A", "1"), field("b", "2"), field("B", "3"), field("C", "")];
  assertEquals(valueOf(fields, "b"), "2");
  assertEquals(valueOf(fields, "c"), "");
  assertEquals(valueOf(fields, "d"), undefined);
});

Deno.test("valuesOf() finds every line of that name, in order", () => {
  const fields = [field("A", "1"), field("b", "2"), field("a", "3")];
  assertEquals(valuesOf(fields, "a"), ["1", "3"]);
  assertEquals(valuesOf(fields, "c"), []);
});

Deno.test("tokensOf() takes lists apart over all lines, in lower case, without empty members", () => {
  const fields = [
    field("Connection", "Close, \tX-A\t,,"),
    field("X", "y"),
    field("connection", ",B"),
  ];
  assertEquals(tokensOf(fields, "connection"), ["close", "x-a", "b"]);
  assertEquals(tokensOf(fields, "upgrade"), []);
});
