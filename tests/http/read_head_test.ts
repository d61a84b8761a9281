import { assertEquals, assertRejects } from "@std/assert";
import { readRequestHead, readResponseHead } from "../../src/http/read_head.ts";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { ProtocolError } from "../../src/net/errors.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { faultOf } from "../support/fault.ts";
import { cuts, type Piece, ScriptedStream } from "../support/scripted_stream.ts";

const HEAD_BYTES = 64 * 1024;

interface Read {
  /** The head that was read; null for the end of the stream. */
  readonly head: string | null;
  /** What is buffered behind it. */
  readonly left: string;
  /** What was buffered when the head began; null if none did. */
  readonly began: string | null;
}

async function readRequest(pieces: readonly Piece[], headBytes = HEAD_BYTES): Promise<Read> {
  const reader = new BufferedReader(new ScriptedStream(...pieces));
  let began: string | null = null;
  const bytes = await readRequestHead(reader, headBytes, () => {
    assertEquals(began, null, "begins once");
    began = latin1(reader.buffered);
  });
  const head = bytes === null ? null : latin1(bytes);
  reader.consume(bytes?.length ?? 0);
  return { head, left: latin1(reader.buffered), began };
}

async function readResponse(pieces: readonly Piece[], headBytes = HEAD_BYTES): Promise<string> {
  const reader = new BufferedReader(new ScriptedStream(...pieces));
  const bytes = await readResponseHead(reader, headBytes);
  return bytes === null ? "null" : latin1(bytes);
}

/** A reader of a stream that brings these pieces, and then nothing, for ever: it must not be waited for. */
function stuck(...pieces: string[]): BufferedReader {
  const stream = new ScriptedStream(...pieces);
  const read = stream.read.bind(stream);
  stream.read = async (into) =>
    await read(into) ?? await Promise.withResolvers<number | null>().promise;
  return new BufferedReader(stream);
}

const HEAD = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
const ANSWER = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n";

Deno.test("readRequestHead() reads to the empty line, however the bytes are cut", async () => {
  for (const pieces of cuts(HEAD)) {
    const { head, left } = await readRequest(pieces);
    assertEquals([head, left], [HEAD, ""], JSON.stringify(pieces));
  }
});

Deno.test("readRequestHead() leaves the body and the next request in the reader", async () => {
  const { head, left } = await readRequest([`${HEAD}body\r\n\r\nGET /next`]);
  assertEquals([head, left], [HEAD, "body\r\n\r\nGET /next"]);
});

Deno.test("readRequestHead() reads heads that follow each other in one piece", async () => {
  const reader = new BufferedReader(new ScriptedStream(HEAD.repeat(3)));
  for (let request = 0; request < 3; request++) {
    const bytes = await readRequestHead(reader, HEAD_BYTES, () => {});
    assertEquals(latin1(bytes!), HEAD);
    reader.consume(bytes!.length);
  }
  assertEquals(await readRequestHead(reader, HEAD_BYTES, () => {}), null);
});

Deno.test("readRequestHead() tells of the first byte as soon as it is there", async () => {
  assertEquals((await readRequest(["G", "ET /", HEAD.slice(5)])).began, "G");
  assertEquals((await readRequest([])).began, null);
});

Deno.test("readRequestHead() is null when the stream ends before a head begins", async () => {
  for (const pieces of [[], ["\r\n"], ["\r", "\n"], ["\r"]]) {
    assertEquals(
      await readRequest(pieces),
      { head: null, left: pieces.join("") === "\r" ? "\r" : "", began: null },
      JSON.stringify(pieces),
    );
  }
});

Deno.test("readRequestHead() and readResponseHead() say what is wrong with the first bytes", async () => {
  const request = (text: string) => assertRejects(() => readRequest([text]), ProtocolError);
  assertEquals(
    (await request("\rG")).message,
    "Cannot parse the head: a carriage return stands alone",
  );
  assertEquals(
    (await request("GET /\n")).message,
    "Cannot parse the head: a line feed stands alone",
  );
  const response = await assertRejects(() => readResponse(["SSH-2.0"]), ProtocolError);
  assertEquals(response.message, "Cannot parse the head: this is not HTTP");
});

// RFC 9112 section 2.2: at least one empty line is ignored. We ignore exactly one.
Deno.test("readRequestHead() ignores one empty line before a head, however it is cut", async () => {
  for (const pieces of cuts(`\r\n${HEAD}`)) {
    const { head, left } = await readRequest(pieces);
    assertEquals([head, left], [HEAD, ""], JSON.stringify(pieces));
  }
});

Deno.test("readRequestHead() does not take an empty line for the beginning of a head", async () => {
  assertEquals((await readRequest(["\r\n", HEAD])).began, HEAD);
  assertEquals((await readRequest(["\r", "\n", "G", HEAD.slice(1)])).began, "G");
});

Deno.test("readRequestHead() refuses a second empty line, and so a flood of them", async () => {
  for (const text of [`\r\n\r\n${HEAD}`, "\r\n\r", "\r\n".repeat(10_000)]) {
    for (const pieces of [[text], [...text.slice(0, 3)]]) {
      assertEquals(await faultOf(() => readRequest(pieces)), "client bad_request_line");
    }
  }
});

Deno.test("readRequestHead() refuses a lone carriage return as soon as the next byte shows it", async () => {
  for (const pieces of [["\rG"], ["\r", "\r"], ["\r", "\0"]]) {
    const run = () => readRequestHead(stuck(...pieces), HEAD_BYTES, () => {});
    assertEquals(await faultOf(run), "client bad_request_line", JSON.stringify(pieces));
  }
});

Deno.test("readRequestHead() refuses a first byte that no method has, at once", async () => {
  const firsts = [
    "\x16\x03\x01",
    "\n",
    " ",
    "\t",
    "\0",
    "\x04",
    "\x05",
    "\x80",
    "\xff",
    ":",
    "(",
    "{",
  ];
  for (const first of firsts) {
    const label = JSON.stringify(first);
    assertEquals(await faultOf(() => readRequest([first])), "client bad_request_line", label);
    const afterEmptyLine = () => readRequest([`\r\n${first}`]);
    assertEquals(await faultOf(afterEmptyLine), "client bad_request_line", label);
  }
});

Deno.test("readRequestHead() tells a TLS client what to do", async () => {
  await assertRejects(
    () => readRequest(["\x16\x03\x01\x02\0"]),
    ProtocolError,
    "send CONNECT first",
  );
});

Deno.test("readRequestHead() refuses a lone line feed as soon as it comes", async () => {
  const texts = [
    "GET / HTTP/1.1\n",
    "GET / HTTP/1.1\nHost: a.test\n\n",
    "GET / HTTP/1.1\r\nHost: a.test\n",
    "GET / HTTP/1.1\r\nHost: a.test\r\n\n",
    "GET / HTTP/1.1\r\n\n\r\n",
    "G\n",
  ];
  for (const text of texts) {
    for (const pieces of cuts(text)) {
      const run = () => readRequest(pieces);
      assertEquals(await faultOf(run), "client bad_request_line", JSON.stringify(pieces));
    }
  }
});

Deno.test("readRequestHead() does not take a carriage return between for the end", async () => {
  const text = "GET / HTTP/1.1\r\n\r\r\n\r\n";
  assertEquals((await readRequest([text])).head, text);
});

Deno.test("readRequestHead() takes a head of the last size that fits, and no byte more", async () => {
  const sized = (bytes: number) => {
    const empty = "GET / HTTP/1.1\r\nA: \r\n\r\n";
    return empty.replace("A: ", `A: ${"x".repeat(bytes - empty.length)}`);
  };
  for (const limit of [1024, 2048, 5000, HEAD_BYTES]) {
    const fits = sized(limit);
    for (const pieces of [[fits], [fits.slice(0, -1), "\n"], [`${fits}and more`]]) {
      assertEquals((await readRequest(pieces, limit)).head, fits);
    }
    const over = sized(limit + 1);
    for (const pieces of [[over], [over.slice(0, -1), "\n"]]) {
      assertEquals(await faultOf(() => readRequest(pieces, limit)), "client head_too_large");
    }
  }
});

Deno.test("readRequestHead() takes a request line of the last size that fits, and no byte more", async () => {
  const line = (bytes: number) => `GET /${"x".repeat(bytes - 14)} HTTP/1.1`;
  const read = (pieces: readonly Piece[]) =>
    readRequestHead(new BufferedReader(new ScriptedStream(...pieces)), HEAD_BYTES, () => {}, 1024);
  const rest = `\r\nA: ${"y".repeat(5000)}\r\n\r\n`;
  assertEquals(line(1024).length, 1024);
  for (const pieces of [[line(1024) + rest], [`${line(1024)}\r`, rest.slice(1)]]) {
    assertEquals(latin1((await read(pieces))!), line(1024) + rest);
  }
  for (const pieces of [[line(1025) + rest], [line(1025), rest], ["\r\n", line(1025) + rest]]) {
    assertEquals(await faultOf(() => read(pieces)), "client request_line_too_long");
  }
  const endless = () => readRequestHead(stuck("x".repeat(1026)), HEAD_BYTES, () => {}, 1024);
  assertEquals(await faultOf(endless), "client request_line_too_long");
});

Deno.test("readRequestHead() does not wait for the byte that would be too many", async () => {
  const full = `GET / HTTP/1.1\r\nA: ${"x".repeat(1024)}`.slice(0, 1024);
  const run = () => readRequestHead(stuck(full), 1024, () => {});
  assertEquals(await faultOf(run), "client head_too_large");
});

Deno.test("readRequestHead() stops reading at the limit", async () => {
  const stream = new ScriptedStream(`GET / HTTP/1.1\r\nA: ${"x".repeat(1_000_000)}`);
  const reader = new BufferedReader(stream);
  const run = () => readRequestHead(reader, 5000, () => {});
  assertEquals(await faultOf(run), "client head_too_large");
  assertEquals(stream.rooms, [2048, 2048, 4096]);
});

Deno.test("readRequestHead() looks at nothing behind the limit, however the bytes are cut", async () => {
  const lineFeedBehind = `GET / HTTP/1.1\r\nA: ${"x".repeat(10)}\n\r\n\r\n`;
  const limit = lineFeedBehind.indexOf("\n\r");
  for (const pieces of cuts(lineFeedBehind)) {
    assertEquals(await faultOf(() => readRequest(pieces, limit)), "client head_too_large");
  }
});

Deno.test("readRequestHead() refuses a head that ends half way", async () => {
  for (let end = 1; end < HEAD.length; end++) {
    assertEquals(await faultOf(() => readRequest([HEAD.slice(0, end)])), "client cut_short");
  }
});

Deno.test("readRequestHead() rejects as the stream does", async () => {
  const reset = new Deno.errors.ConnectionReset();
  await assertRejects(() => readRequest([reset]), Deno.errors.ConnectionReset);
  await assertRejects(() => readRequest(["GET", reset]), Deno.errors.ConnectionReset);
});

Deno.test("readResponseHead() reads to the empty line, however the bytes are cut", async () => {
  for (const pieces of cuts(ANSWER)) assertEquals(await readResponse(pieces), ANSWER);
  assertEquals(await readResponse([`${ANSWER}body`]), ANSWER);
  assertEquals(await readResponse([]), "null");
});

Deno.test("readResponseHead() refuses what does not begin as HTTP does, at once", async () => {
  const banners = ["SSH-2.0-OpenSSH_9.6\r\n", "<html>", "\r\n", "\n", " HTTP/1.1", "\x15\x03\x01"];
  for (const text of banners) {
    assertEquals(await faultOf(() => readResponse([text])), "upstream bad_status_line", text);
  }
});

Deno.test("readResponseHead() refuses a lone line feed, a cut and a head over the limit", async () => {
  const bare = () => readResponse(["HTTP/1.1 200 OK\n"]);
  assertEquals(await faultOf(bare), "upstream bad_status_line");
  const cut = () => readResponse([ANSWER.slice(0, -1)]);
  assertEquals(await faultOf(cut), "upstream cut_short");
  assertEquals(await readResponse([ANSWER], ANSWER.length), ANSWER);
  const long = () => readResponse([ANSWER], ANSWER.length - 1);
  assertEquals(await faultOf(long), "upstream head_too_large");
});
