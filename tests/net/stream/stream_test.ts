import { assertEquals, assertRejects } from "@std/assert";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { writeAll } from "../../../src/net/stream/stream.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";

Deno.test("writeAll() writes in one go what the stream takes in one go", async () => {
  const stream = new ScriptedStream();
  await writeAll(stream, latin1Bytes("hello"));
  assertEquals(stream.writes, ["hello"]);
});

Deno.test("writeAll() goes on where the stream stopped", async () => {
  const [here, there] = streamPair(3);
  const writing = writeAll(here, latin1Bytes("hello, world"));
  const into = new Uint8Array(100);
  let text = "";
  while (text.length < 12) text += latin1(into.subarray(0, await there.read(into) ?? 0));
  await writing;
  assertEquals(text, "hello, world");
});

Deno.test("writeAll() rejects as the stream does", async () => {
  const [here, there] = streamPair(3);
  const writing = writeAll(here, latin1Bytes("hello"));
  there.close();
  await assertRejects(() => writing, Deno.errors.BrokenPipe);
});
