import { assertEquals, assertRejects } from "@std/assert";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import type { BadMessage, Decoded } from "../../src/socks/decoded.ts";
import { readMessage } from "../../src/socks/read_message.ts";
import { faultOf } from "../support/fault.ts";
import { cuts, ScriptedStream } from "../support/scripted_stream.ts";

/** A message of this test: three letters. A digit in it is bad. */
function decode(bytes: Uint8Array): Decoded<string, BadMessage> {
  const text = latin1(bytes.subarray(0, 3));
  if (/\d/.test(text)) return { kind: "bad", why: "a digit" };
  return text.length < 3 ? { kind: "more" } : { kind: "message", message: text, length: 3 };
}

Deno.test("readMessage() takes one message after another, however the bytes are cut", async () => {
  for (const pieces of cuts("abcdefgh")) {
    const reader = new BufferedReader(new ScriptedStream(...pieces));
    for (const message of ["abc", "def"]) {
      const read = await readMessage(reader, decode, "client");
      assertEquals(read.kind === "message" && read.message, message, JSON.stringify(pieces));
    }
    while (await reader.fill());
    assertEquals(latin1(reader.buffered), "gh");
  }
});

Deno.test("readMessage() does not read on when the message is there", async () => {
  const stream = new ScriptedStream("abc", "def");
  await readMessage(new BufferedReader(stream), decode, "client");
  assertEquals(stream.rooms.length, 1);
});

Deno.test("readMessage() says at once that bytes are bad, and takes none of them", async () => {
  const stream = new ScriptedStream("a", "1", "bcd");
  const reader = new BufferedReader(stream);
  assertEquals(await readMessage(reader, decode, "client"), { kind: "bad", why: "a digit" });
  assertEquals(latin1(reader.buffered), "a1");
});

Deno.test("readMessage() says who ended amid a message", async () => {
  for (const text of ["", "a", "ab"]) {
    for (const peer of ["client", "upstream"] as const) {
      const reader = new BufferedReader(new ScriptedStream(text));
      const run = () => readMessage(reader, decode, peer);
      assertEquals(await faultOf(run), `${peer} cut_short`);
    }
  }
});

Deno.test("readMessage() rejects as the stream does", async () => {
  const reader = new BufferedReader(new ScriptedStream("a", new Deno.errors.ConnectionReset()));
  await assertRejects(
    () => readMessage(reader, decode, "client"),
    Deno.errors.ConnectionReset,
  );
});
