import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { AdminError } from "../../../src/cli/admin/admin_error.ts";
import type { Answer } from "../../../src/calls/http_call.ts";
import { needsToken, parseJson, readReply, refusal } from "../../../src/cli/admin/read_reply.ts";
import { ProtocolError } from "../../../src/net/errors.ts";

function answer(status: number, ...pieces: readonly (string | Uint8Array)[]): Answer {
  return {
    head: { minor: 1, status, reason: "", fields: [], sent: { text: "", lines: [] } },
    body: async (take) => {
      for (const piece of pieces) {
        await take(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      }
    },
  };
}

Deno.test("readReply() reads an object, in pieces too", async () => {
  const bytes = new TextEncoder().encode('{"a":"ä"}');
  assertEquals(await readReply(answer(200, bytes.subarray(0, 7), bytes.subarray(7))), { a: "ä" });
});

Deno.test("readReply() rejects with what an answer says no with", async () => {
  const error = await assertRejects(
    () => readReply(answer(404, '{"status":"error","reason":"not_open","message":"It is gone."}')),
    AdminError,
  );
  assertEquals([error.exit, error.lines], [1, ["It is gone"]]);
  assertEquals([error.reply?.status, error.reply?.reason], [404, "not_open"]);
  assertEquals(error.reply?.json["message"], "It is gone.");
});

Deno.test("readReply() takes no redirection for a yes", async () => {
  const error = await assertRejects(() => readReply(answer(302, "{}")), AdminError);
  assertEquals(error.lines, ["The proxy answered 302"]);
});

Deno.test("refusal() tells every fault with its place", async () => {
  const faults = [
    { file: "/x/config.toml", line: 3, column: 7, message: "no such key" },
    { file: "-c", line: null, column: null, message: "not a number" },
  ];
  const text = JSON.stringify({ reason: "reload_failed", message: "Cannot reload.", faults });
  assertEquals((await refusal(answer(500, text))).lines, [
    "Cannot reload",
    "/x/config.toml:3:7: no such key",
    "-c: not a number",
  ]);
});

Deno.test("refusal() tells a hundred faults at most", async () => {
  const faults = Array.from({ length: 500 }, () => ({ file: "x", message: "y" }));
  const text = JSON.stringify({ message: "No.", faults });
  assertEquals((await refusal(answer(500, text))).lines.length, 101);
});

Deno.test("refusal() says what to do without a token", async () => {
  const error = await refusal(answer(401, '{"reason":"token_required","message":"A token."}'));
  assertEquals(error.lines, [
    "A token",
    "run this command as the user who started Doorward, with the same home folder",
  ]);
  assertEquals(needsToken(error), true);
});

Deno.test("needsToken() knows the answer that asks for one", async () => {
  assertEquals(needsToken(await refusal(answer(403, '{"reason":"bad_host"}'))), false);
  assertEquals(needsToken(new TypeError("x")), false);
});

Deno.test("parseJson() refuses what is no object", () => {
  for (const text of ["", "x", "[]", "null", '"x"', "{}{}", "1"]) {
    assertThrows(() => parseJson(text), ProtocolError, "Cannot read the answer: it is not");
  }
});

Deno.test("readReply() reads 64 MiB, and no more", async () => {
  const mebibyte = new Uint8Array(1024 * 1024).fill(0x20);
  const fits = [...Array.from({ length: 63 }, () => mebibyte), mebibyte.subarray(2), "{}"];
  assertEquals(await readReply(answer(200, ...fits)), {});
  await assertRejects(
    () => readReply(answer(200, ...fits, " ")),
    ProtocolError,
    "longer than 67108864 bytes",
  );
});
