import { assertEquals, assertRejects } from "@std/assert";
import type { Framing } from "../../../src/http/framing.ts";
import { decodeBody } from "../../../src/http/http2/decode_body.ts";
import { BufferedReader } from "../../../src/net/stream/buffered_reader.ts";
import { latin1 } from "../../../src/net/stream/latin1.ts";
import { faultOf } from "../../support/fault.ts";
import { cuts, ScriptedStream } from "../../support/scripted_stream.ts";

interface Decoded {
  readonly data: string;
  readonly trailers: readonly string[];
  /** What stands behind the body. */
  readonly rest: string;
}

async function decode(framing: Framing, ...pieces: readonly string[]): Promise<Decoded> {
  const reader = new BufferedReader(new ScriptedStream(...pieces));
  let data = "";
  const fields = await decodeBody(
    reader,
    { framing, peer: "upstream", fieldsMax: 10 },
    (bytes) => Promise.resolve(data += latin1(bytes)),
  );
  const rest = new Uint8Array(100);
  const count = await reader.read(rest) ?? 0;
  return {
    data,
    trailers: fields.map(({ name, value }) => `${name}: ${value}`),
    rest: latin1(rest.subarray(0, count)),
  };
}

Deno.test("decodeBody() takes data out of chunks, however they are cut, and leaves what follows", async () => {
  for (const pieces of cuts("5\r\nhello\r\n1\r\n!\r\n0\r\nA: 1\r\n\r\nnext")) {
    const { data, trailers, rest } = await decode({ kind: "chunked" }, ...pieces);
    assertEquals([data, trailers], ["hello!", ["A: 1"]]);
    assertEquals("next".startsWith(rest), true);
  }
});

Deno.test("decodeBody() takes as many bytes as were announced", async () => {
  assertEquals(await decode({ kind: "length", length: 5 }, "hel", "lonext"), {
    data: "hello",
    trailers: [],
    rest: "next",
  });
  assertEquals((await decode({ kind: "length", length: 0 }, "next")).rest, "next");
});

Deno.test("decodeBody() takes everything where the end is the end of the connection", async () => {
  assertEquals((await decode({ kind: "close" }, "hel", "lo")).data, "hello");
});

Deno.test("decodeBody() touches nothing where there is no body", async () => {
  assertEquals((await decode({ kind: "none" }, "next")).rest, "next");
});

Deno.test("decodeBody() throws for what ends early or is wrong", async () => {
  const table: readonly (readonly [Framing, string, string])[] = [
    [{ kind: "length", length: 6 }, "hello", "upstream cut_short"],
    [{ kind: "chunked" }, "5\r\nhello\r\n", "upstream cut_short"],
    [{ kind: "chunked" }, "5\r\nhello\r\n0\r\n", "upstream cut_short"],
    [{ kind: "chunked" }, "x\r\n", "upstream bad_chunk"],
  ];
  for (const [framing, bytes, expected] of table) {
    assertEquals(await faultOf(() => decode(framing, bytes)), expected, bytes);
  }
});

Deno.test("decodeBody() waits for each write, and rejects as it does", async () => {
  const reader = new BufferedReader(new ScriptedStream("a", "b"));
  const full = new Deno.errors.BrokenPipe("full");
  const framing = { kind: "close" } as const;
  let writes = 0;
  const error = await assertRejects(() =>
    decodeBody(reader, { framing, peer: "client", fieldsMax: 1 }, () => {
      writes += 1;
      return Promise.reject(full);
    })
  );
  assertEquals([error, writes], [full, 1]);
});
