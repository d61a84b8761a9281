import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { field, type Fields } from "../../../src/http/fields.ts";
import { messageBytes } from "../../../src/http/http2/chunks.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import type { ByteStream } from "../../../src/net/stream/stream.ts";
import { type Piece, ScriptedStream } from "../../support/scripted_stream.ts";

const HEAD = "POST / HTTP/1.1\r\n\r\n";

async function readAll(from: Pick<ByteStream, "read">, room: number): Promise<string> {
  const into = new Uint8Array(room);
  let text = "";
  let count: number | null;
  while ((count = await from.read(into)) !== null) text += latin1(into.subarray(0, count));
  return text;
}

function message(
  pieces: readonly Piece[] | null,
  isChunked: boolean,
  trailers: Fields = [],
): Pick<ByteStream, "read"> {
  const body = pieces === null ? null : new ScriptedStream(...pieces);
  return messageBytes({ head: latin1Bytes(HEAD), body, isChunked, trailers: () => trailers });
}

for (const room of [1, 7, 1000]) {
  Deno.test(`messageBytes() writes each piece as a chunk, into ${room} bytes at a time`, async () => {
    const text = await readAll(message(["hello", "a".repeat(17)], true), room);
    assertEquals(text, `${HEAD}5\r\nhello\r\n11\r\n${"a".repeat(17)}\r\n0\r\n\r\n`);
  });
}

Deno.test("messageBytes() adds nothing to a body whose length is known", async () => {
  assertEquals(await readAll(message(["hel", "lo"], false), 100), `${HEAD}hello`);
});

Deno.test("messageBytes() ends behind the head where there is no body", async () => {
  assertEquals(await readAll(message(null, false), 100), HEAD);
});

Deno.test("messageBytes() ends a chunked body of nothing", async () => {
  assertEquals(await readAll(message([], true), 100), `${HEAD}0\r\n\r\n`);
});

Deno.test("messageBytes() asks for trailers behind the body, and puts them into the last chunk", async () => {
  const trailers: Fields[] = [[]];
  const bytes = messageBytes({
    head: latin1Bytes(HEAD),
    body: new ScriptedStream("x"),
    isChunked: true,
    trailers: () => trailers.at(-1)!,
  });
  assertEquals(await bytes.read(new Uint8Array(1000)), HEAD.length);
  trailers.push([field("grpc-status", "0"), field("a", "b")]);
  assertEquals(await readAll(bytes, 100), "1\r\nx\r\n0\r\ngrpc-status: 0\r\na: b\r\n\r\n");
});

Deno.test("messageBytes() rejects as its body does: nothing cut short passes for whole", async () => {
  const reset = new Deno.errors.ConnectionReset("gone");
  const error = await assertRejects(() => readAll(message(["x", reset], true), 100));
  assertStrictEquals(error, reset);
});
