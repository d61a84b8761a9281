import { assertEquals, assertThrows } from "@std/assert";
import { ApiError } from "../../src/admin/api_error.ts";
import { bodyReader, type Call, json, textOf, wholeNumber, wordOf } from "../../src/admin/route.ts";

function queried(value: string | null): Call {
  return { query: (name: string) => name === "limit" ? value : null } as Call;
}

Deno.test("json() answers with one line that steers nothing", async () => {
  const reply = json({ host: "a\u001b[2J\u2028" }, 404);
  assertEquals([reply.status, reply.headers.get("content-type")], [404, "application/json"]);
  assertEquals(await reply.text(), '{"host":"a\\u001b[2J\\u2028"}\n');
});

Deno.test("wholeNumber() reads one, or tells that there is none", () => {
  assertEquals(wholeNumber(queried("0"), "limit"), 0);
  assertEquals(wholeNumber(queried("007"), "limit"), 7);
  assertEquals(wholeNumber(queried("999999999999999"), "limit"), 999_999_999_999_999);
  assertEquals(wholeNumber(queried(null), "limit"), null);
});

for (const text of ["", "-1", "1.5", "1e3", "0x1", " 1", "NaN", "1000000000000000", "١"]) {
  Deno.test(`wholeNumber() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => wholeNumber(queried(text), "limit"), ApiError);
    assertEquals([error.reason, error.message], [
      "bad_parameter",
      'Cannot read "limit": it is not a whole number',
    ]);
  });
}

Deno.test("textOf() reads a text that says something", () => {
  assertEquals(textOf({ host: "a.test" }, "host"), "a.test");
  for (const host of ["", 1, null, undefined, ["a.test"], {}]) {
    const error = assertThrows(() => textOf({ host }, "host"), ApiError);
    assertEquals(error.reason, "invalid_json");
  }
});

Deno.test("wordOf() reads one of its words", () => {
  const words = ["full", "limited"] as const;
  assertEquals(wordOf({ mode: "full" }, "mode", words), "full");
  assertEquals(wordOf({}, "mode", words, "limited"), "limited");
  assertEquals(wordOf({ mode: null }, "mode", words, "limited"), "limited");
  for (const mode of ["Full", "", 1, false, ["full"]]) {
    const error = assertThrows(() => wordOf({ mode }, "mode", words, "full"), ApiError);
    assertEquals([error.reason, error.message], [
      "invalid_json",
      'Cannot read the call: "mode" is one of full, limited',
    ]);
  }
  assertThrows(() => wordOf({}, "mode", words), ApiError);
});

Deno.test("bodyReader() reads nothing until it is asked to", async () => {
  const request = new Request("http://127.0.0.1/", {
    method: "POST",
    body: '{"a":1}',
    headers: { "content-type": "application/json" },
  });
  const body = bodyReader(request);
  assertEquals(request.bodyUsed, false);
  assertEquals(await body(), { a: 1 });
});
