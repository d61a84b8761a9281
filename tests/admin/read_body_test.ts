import { assertEquals, assertRejects } from "@std/assert";
import { ApiError } from "../../src/admin/api_error.ts";
import { dropBody, readBody } from "../../src/admin/read_body.ts";

type Headers = Readonly<Record<string, string>>;

const JSON_TYPE = { "content-type": "application/json" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };

function posted(body: BodyInit | null, headers: Headers = JSON_TYPE): Request {
  return new Request("http://127.0.0.1/", { method: "POST", body, headers });
}

/** A body in pieces of a kilobyte, and how many of them were asked for. */
function pieces(count: number, piece = new Uint8Array(1024).fill(0x20)) {
  let given = 0;
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller): void {
      given += 1;
      if (given > count) controller.close();
      else controller.enqueue(piece);
    },
    cancel: () => void (isCancelled = true),
  }, { highWaterMark: 0 });
  return { stream, given: () => given, isCancelled: () => isCancelled };
}

async function reasonOf(read: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => read, ApiError)).reason;
}

Deno.test("readBody() reads a JSON object", async () => {
  assertEquals(await readBody(posted('{"a":[1],"é":"ü"}')), { a: [1], é: "ü" });
});

/** Types of a body that are taken from a program, and whether they are from a page. */
const TYPES: readonly (readonly [Headers, boolean, boolean])[] = [
  [JSON_TYPE, true, true],
  [{ "content-type": "Application/JSON ; charset=utf-8" }, true, true],
  [FORM_TYPE, true, false],
  [{ "content-type": "application/x-www-form-urlencoded; charset=UTF-8" }, true, false],
  [{ "content-type": "" }, true, false],
  [{ "content-type": "text/plain" }, false, false],
  [{ "content-type": "text/plain; application/json" }, false, false],
  [{ "content-type": "application/jsonp" }, false, false],
  [{ "content-type": "application/json, text/plain" }, false, false],
  [{ "content-type": "multipart/form-data; boundary=a" }, false, false],
];

for (const [headers, isTaken, isTakenFromPage] of TYPES) {
  Deno.test(`readBody() knows ${JSON.stringify(headers)} of a page from that of a program`, async () => {
    const read = (marks: Headers = {}) =>
      readBody(posted(new TextEncoder().encode("{}"), { ...headers, ...marks }))
        .then(() => true, (error) => {
          assertEquals(error.reason, "unsupported_media_type");
          return false;
        });
    assertEquals(await read(), isTaken);
    for (const mark of ["origin", "referer", "sec-fetch-site"]) {
      assertEquals(await read({ [mark]: "x" }), isTakenFromPage, mark);
    }
  });
}

/** What is no call. */
const BAD: readonly (readonly [string, BodyInit | null, string])[] = [
  ["nothing", null, "missing_body"],
  ["an empty text", "", "missing_body"],
  ["half an object", "{", "invalid_json"],
  ["two objects", "{}{}", "invalid_json"],
  ["a list", "[]", "invalid_json"],
  ["null", "null", "invalid_json"],
  ["a number", "1", "invalid_json"],
  [
    "what is not UTF-8",
    new TextEncoder().encode('{"a":"?"}').map((byte) => byte === 0x3f ? 0xff : byte),
    "invalid_json",
  ],
];

for (const [what, body, reason] of BAD) {
  Deno.test(`readBody() refuses ${what}`, async () => {
    assertEquals(await reasonOf(readBody(posted(body))), reason);
  });
}

Deno.test("readBody() reads 8 KiB and not a byte more", async () => {
  const exactly = `{"a":"${"x".repeat(8 * 1024 - 8)}"}`;
  assertEquals(exactly.length, 8 * 1024);
  assertEquals(Object.keys(await readBody(posted(exactly))), ["a"]);
  assertEquals(await reasonOf(readBody(posted(`${exactly} `))), "body_too_large");
});

Deno.test("readBody() does not read on what is too long", async () => {
  const endless = pieces(Infinity);
  assertEquals(await reasonOf(readBody(posted(endless.stream))), "body_too_large");
  assertEquals([endless.given(), endless.isCancelled()], [9, true]);
});

Deno.test("readBody() puts pieces together, through the middle of a letter", async () => {
  const bytes = new TextEncoder().encode('{"a":"é"}');
  const stream = ReadableStream.from([bytes.slice(0, 7), bytes.slice(7)]);
  assertEquals(await readBody(posted(stream)), { a: "é" });
});

Deno.test("readBody() answers a body that breaks off", async () => {
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(new Error("gone")),
  });
  assertEquals(await reasonOf(readBody(posted(stream))), "invalid_body");
});

Deno.test("dropBody() takes no body, an empty one, and one that it would read", async () => {
  await dropBody(posted(null, {}));
  await dropBody(posted("", { "content-type": "text/plain" }));
  await dropBody(posted("{}"));
  await dropBody(posted("anything, even this"));
});

Deno.test("dropBody() refuses what it would not read", async () => {
  assertEquals(
    await reasonOf(dropBody(posted("x", { "content-type": "text/plain" }))),
    "unsupported_media_type",
  );
  const endless = pieces(Infinity);
  assertEquals(await reasonOf(dropBody(posted(endless.stream))), "body_too_large");
  assertEquals(endless.given(), 9);
});
