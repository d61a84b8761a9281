import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { type BodyTransfer, transferBody } from "../../src/http/body.ts";
import type { Framing } from "../../src/http/framing.ts";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { BufferPool } from "../../src/net/stream/buffer_pool.ts";
import { ProtocolError } from "../../src/net/errors.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { type ByteStream, writeAll } from "../../src/net/stream/stream.ts";
import { CountingPool } from "../support/counting_pool.ts";
import { faultOf } from "../support/fault.ts";
import { turn } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { cuts, type Piece, ScriptedStream } from "../support/scripted_stream.ts";

const HEAD = "HEAD\r\n\r\n";
const CHUNKED: Framing = { kind: "chunked" };
const CLOSE: Framing = { kind: "close" };
const length = (length: number): Framing => ({ kind: "length", length });

interface Carried {
  /** What was written, one entry a write. */
  readonly writes: readonly string[];
  /** What the reader and the stream behind it still have. */
  readonly left: string;
  readonly touches: number;
  /** Bytes of the body that passed, as they were told. */
  readonly passed: number;
}

interface Given {
  readonly framing: Framing;
  /** What the reader holds already. */
  readonly held?: string;
  /** What comes after, a piece a read. */
  readonly pieces?: readonly Piece[];
  readonly keepChunks?: boolean;
  readonly prefix?: string;
  readonly to?: ByteStream;
  readonly pool?: BufferPool;
  readonly fieldsMax?: number;
  readonly nominated?: readonly string[];
  readonly peer?: "client" | "upstream";
}

async function transferOf(given: Given): Promise<BodyTransfer & { told: readonly number[] }> {
  const { held = "", pieces = [] } = given;
  const from = new BufferedReader(new ScriptedStream(held, ...pieces));
  while (from.buffered.length < held.length) await from.fill();
  const told: number[] = [];
  return {
    from,
    to: given.to ?? new ScriptedStream(),
    peer: given.peer ?? "client",
    framing: given.framing,
    keepChunks: given.keepChunks ?? true,
    fieldsMax: given.fieldsMax ?? 100,
    nominated: given.nominated ?? [],
    prefix: latin1Bytes(given.prefix ?? HEAD),
    pool: given.pool ?? new BufferPool(),
    passed: (bytes) => told.push(bytes),
    told,
  };
}

async function carry(given: Given): Promise<Carried> {
  const to = new ScriptedStream();
  const transfer = await transferOf({ ...given, to });
  await transferBody(transfer);
  const { told } = transfer;
  const passed = told.reduce((sum, bytes) => sum + bytes, 0);
  return { writes: to.writes, left: await rest(transfer.from), touches: told.length, passed };
}

/** How it fails, and what was written before. */
async function carryInVain(given: Given): Promise<{ fault: string; written: string }> {
  const to = new ScriptedStream();
  const transfer = await transferOf({ ...given, to });
  return { fault: await faultOf(() => transferBody(transfer)), written: to.written };
}

async function rest(from: Pick<ByteStream, "read">): Promise<string> {
  const into = new Uint8Array(1024);
  let text = "";
  for (let count = await from.read(into); count !== null; count = await from.read(into)) {
    text += latin1(into.subarray(0, count));
  }
  return text;
}

/** The data in chunks, whatever their sizes, and the last chunk as it stands. */
function unchunked(text: string): { data: string; last: string } {
  let data = "";
  let at = 0;
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    const size = parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) return { data, last: text.slice(at) };
    data += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}

Deno.test("transferBody() sends the prefix alone when there is no body, and reads nothing", async () => {
  assertEquals(await carry({ framing: { kind: "none" }, held: "next", pieces: ["more"] }), {
    writes: [HEAD],
    left: "nextmore",
    touches: 0,
    passed: 0,
  });
});

Deno.test("transferBody() of length 0 sends the prefix alone, and reads nothing", async () => {
  assertEquals(await carry({ framing: length(0), held: "next", pieces: ["more"] }), {
    writes: [HEAD],
    left: "nextmore",
    touches: 0,
    passed: 0,
  });
});

Deno.test("transferBody() sends what is there of a length in one write with the prefix", async () => {
  const { writes, left } = await carry({ framing: length(5), held: "helloGET /next" });
  assertEquals([writes, left], [[`${HEAD}hello`], "GET /next"]);
});

Deno.test("transferBody() does not keep the prefix waiting for a body", async () => {
  for (const framing of [length(5), CHUNKED, CLOSE]) {
    const [sender, from] = streamPair();
    const to = new ScriptedStream();
    const transfer = { ...await transferOf({ framing, to }), from: new BufferedReader(from) };
    const carrying = transferBody(transfer);
    await turn();
    assertEquals(to.writes, [HEAD], framing.kind);
    sender.close();
    await carrying.catch(() => {});
  }
});

Deno.test("transferBody() carries a length, however it is cut, and nothing behind it", async () => {
  for (const [first, ...others] of cuts("hello, world")) {
    const { writes, left } = await carry({
      framing: length(12),
      held: first!,
      pieces: [...others.slice(0, -1), `${others.at(-1)}`, "next"],
    });
    assertEquals([writes.join(""), left], [`${HEAD}hello, world`, "next"], first);
  }
});

Deno.test("transferBody() reads a length to its end and not a byte further", async () => {
  const { writes, left, touches } = await carry({
    framing: length(12),
    pieces: ["hello, ", "worldnext", "more"],
  });
  assertEquals([writes, left, touches], [[HEAD, "hello, ", "world"], "nextmore", 2]);
});

Deno.test("transferBody() carries a long length, in big pieces, and gives back the buffer", async () => {
  const pool = new CountingPool();
  const body = "0123456789".repeat(60_000);
  const { writes } = await carry({ framing: length(body.length), pieces: [body, "next"], pool });
  assertEquals(writes.join("") === HEAD + body, true);
  assertEquals(writes.map(({ length }) => length), [HEAD.length, 4096, 262144, 262144, 71616]);
  assertEquals([pool.most, pool.borrowed], [1, 0]);
});

Deno.test("transferBody() borrows nothing for a body that ends with a full small buffer", async () => {
  const pool = new CountingPool();
  await carry({ framing: length(4096), pieces: ["x".repeat(4096)], pool });
  await carry({ framing: length(10), pieces: ["x".repeat(10)], pool });
  assertEquals(pool.most, 0);
});

Deno.test("transferBody() takes lengths of any size", async () => {
  const given = { framing: length(999_999_999_999_999), pieces: ["a", "b"] };
  assertEquals(await carryInVain(given), { fault: "client cut_short", written: `${HEAD}ab` });
});

Deno.test("transferBody() tells of each byte of the body once, and of nothing else", async () => {
  const chunks = "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n";
  const table: readonly (readonly [Given, number])[] = [
    [{ framing: { kind: "none" }, held: "next" }, 0],
    [{ framing: length(5), held: "hello, next" }, 5],
    [{ framing: length(12), held: "hello", pieces: [", ", "worldnext"] }, 12],
    [{ framing: CHUNKED, held: `${chunks}next` }, 5],
    [{ framing: CHUNKED, pieces: [...chunks] }, 5],
    [{ framing: CHUNKED, pieces: [chunks], keepChunks: false }, 5],
    [{ framing: CLOSE, held: "a", pieces: ["bc"] }, 3],
  ];
  for (const [given, bytes] of table) {
    assertEquals((await carry(given)).passed, bytes, JSON.stringify(given));
  }
  const cut = await transferOf({ framing: length(9), held: "four" });
  await faultOf(() => transferBody(cut));
  assertEquals(cut.told, [4]);
});

Deno.test("transferBody() goes to the close of the connection", async () => {
  assertEquals(await carry({ framing: CLOSE, held: "a", pieces: ["b", "c"] }), {
    writes: [`${HEAD}a`, "b", "c"],
    left: "",
    touches: 3,
    passed: 3,
  });
  assertEquals((await carry({ framing: CLOSE })).writes, [HEAD]);
});

Deno.test("transferBody() says that a length was cut short, at every stage", async () => {
  const body = "hello";
  for (let end = 0; end < body.length; end++) {
    const there = body.slice(0, end);
    for (const given of [{ held: there }, { pieces: [there] }]) {
      const { fault, written } = await carryInVain({ ...given, framing: length(5) });
      assertEquals([fault, written], ["client cut_short", HEAD + there]);
    }
  }
});

Deno.test("transferBody() says that chunks were cut short, at every stage", async () => {
  const body = "3;x\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n";
  for (let end = 0; end < body.length; end++) {
    const pieces = [body.slice(0, end)];
    const { fault } = await carryInVain({ framing: CHUNKED, pieces, peer: "upstream" });
    assertEquals(fault, "upstream cut_short", pieces[0]);
  }
});

Deno.test("transferBody() takes a reset of the sender for its fault, and keeps the cause", async () => {
  const reset = new Deno.errors.ConnectionReset();
  for (const framing of [length(5), CHUNKED, CLOSE]) {
    const transfer = await transferOf({ framing, pieces: ["1\r\n", reset], peer: "upstream" });
    const error = await assertRejects(() => transferBody(transfer), ProtocolError);
    assertEquals([error.peer, error.code], ["upstream", "cut_short"]);
    assertStrictEquals(error.cause, reset);
  }
});

Deno.test("transferBody() has no cause where the sender just ended", async () => {
  const transfer = await transferOf({ framing: length(5) });
  const error = await assertRejects(() => transferBody(transfer), ProtocolError);
  assertEquals("cause" in error, false);
});

Deno.test("transferBody() rejects with the receiver's error where that one fails", async () => {
  for (const framing of [{ kind: "none" }, length(5), CHUNKED, CLOSE] as const) {
    for (const given of [{ held: "1\r\na\r\n" }, { pieces: ["1\r\na\r\n"] }]) {
      const to = new ScriptedStream();
      to.broken = new Deno.errors.BrokenPipe();
      const transfer = await transferOf({ ...given, framing, to });
      const error = await assertRejects(() => transferBody(transfer));
      assertInstanceOf(error, Deno.errors.BrokenPipe);
    }
  }
});

Deno.test("transferBody() carries chunks as chunks, however they are cut", async () => {
  const body = "3;name=value\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  for (const [first, ...others] of cuts(body)) {
    for (const given of [{ held: first!, pieces: others }, { pieces: [first!, ...others] }]) {
      const { writes, left } = await carry({ ...given, framing: CHUNKED });
      const written = writes.join("");
      assertEquals(written.slice(0, HEAD.length), HEAD);
      assertEquals(unchunked(written.slice(HEAD.length)), { data: "abcde", last: "0\r\n\r\n" });
      assertEquals(left, "");
    }
  }
});

Deno.test("transferBody() writes the framing of chunks anew: no sizes, no extensions pass", async () => {
  const body = "0001;x=y\r\na\r\n00A;z\r\n0123456789\r\n000;end\r\n\r\n";
  const { writes } = await carry({ framing: CHUNKED, held: body });
  assertEquals(writes, [`${HEAD}b\r\na0123456789\r\n0\r\n\r\n`]);
});

Deno.test("transferBody() sends each piece of chunks at once, and nothing for one without data", async () => {
  const pieces = ["3\r\nab", "c", "\r\n2", ";x", "\r\nde\r", "\n0\r\n", "\r\n"];
  const { writes, touches } = await carry({ framing: CHUNKED, pieces });
  assertEquals(writes, [
    HEAD,
    "2\r\nab\r\n",
    "1\r\nc\r\n",
    "2\r\nde\r\n",
    "0\r\n\r\n",
  ]);
  assertEquals(touches, 7);
});

Deno.test("transferBody() sends the prefix with the first piece even when that has no data", async () => {
  const { writes } = await carry({
    framing: CHUNKED,
    held: "3;x",
    pieces: ["\r\nabc\r\n0\r\n\r\n"],
  });
  assertEquals(writes, [HEAD, "3\r\nabc\r\n0\r\n\r\n"]);
});

Deno.test("transferBody() leaves the bytes behind the last chunk", async () => {
  const body = "3\r\nabc\r\n0\r\n\r\n";
  for (const [first, ...others] of cuts(`${body}GET /next`)) {
    for (const given of [{ held: first!, pieces: others }, { pieces: [first!, ...others] }]) {
      assertEquals((await carry({ ...given, framing: CHUNKED })).left, "GET /next");
    }
  }
});

Deno.test("transferBody() leaves a pipelined request that is longer than its buffer", async () => {
  const next = "GET / HTTP/1.1\r\n".repeat(1000);
  const { left } = await carry({ framing: CHUNKED, held: `0\r\n\r\n${next}`, pieces: ["more"] });
  assertEquals(left === `${next}more`, true);
});

Deno.test("transferBody() passes trailers on, save those that come too late", async () => {
  const body = "1\r\na\r\n0\r\nDigest: x\r\nX-a:  b \r\nContent-Length: 9\r\n\r\n";
  const { writes } = await carry({ framing: CHUNKED, held: body });
  assertEquals(writes, [`${HEAD}1\r\na\r\n0\r\nDigest: x\r\nX-a: b\r\n\r\n`]);
  const none = await carry({ framing: CHUNKED, held: "0\r\nHost: evil.test\r\n\r\n" });
  assertEquals(none.writes, [`${HEAD}0\r\n\r\n`]);
});

Deno.test("transferBody() sends a receiver that knows no chunks only the data", async () => {
  for (const pieces of cuts("3;x\r\nabc\r\n2\r\nde\r\n0\r\nDigest: x\r\n\r\nnext")) {
    const { writes, left } = await carry({ framing: CHUNKED, pieces, keepChunks: false });
    assertEquals([writes.join(""), left], [`${HEAD}abcde`, "next"]);
  }
  const given = { framing: CHUNKED, keepChunks: false };
  assertEquals((await carry({ ...given, held: "1\r\na\r\n0\r\n\r\n" })).writes, [`${HEAD}a`]);
  assertEquals((await carry({ ...given, held: "0\r\n\r\n" })).writes, [HEAD]);
});

Deno.test("transferBody() sends nothing at all where the first bytes of the body are wrong", async () => {
  const given = { framing: CHUNKED, held: "1\r\nab" };
  assertEquals(await carryInVain(given), { fault: "client bad_chunk", written: "" });
});

Deno.test("transferBody() stops at a wrong chunk, behind what came before it", async () => {
  const given = { framing: CHUNKED, pieces: ["1\r\na\r\n", "1\r\nb\r\nx"] };
  assertEquals(await carryInVain(given), {
    fault: "client bad_chunk",
    written: `${HEAD}1\r\na\r\n`,
  });
});

Deno.test("transferBody() ends trailers here that Connection names", async () => {
  const held = "0\r\nX-Mine: 1\r\nX-End: 2\r\n\r\n";
  const { writes } = await carry({ framing: CHUNKED, held, nominated: ["x-mine"], prefix: "" });
  assertEquals(writes, ["0\r\nX-End: 2\r\n\r\n"]);
});

Deno.test("transferBody() counts trailers against the limit on fields", async () => {
  const held = "0\r\nA: b\r\nC: d\r\n\r\n";
  await carry({ framing: CHUNKED, held, fieldsMax: 2 });
  const { fault } = await carryInVain({ framing: CHUNKED, held, fieldsMax: 1 });
  assertEquals(fault, "client too_many_fields");
});

Deno.test("transferBody() carries big chunks in big pieces, and gives back the buffer", async () => {
  const pool = new CountingPool();
  const data = "0123456789".repeat(60_000);
  const body = `${data.length.toString(16)}\r\n${data}\r\n0\r\n\r\n`;
  const { writes } = await carry({ framing: CHUNKED, pieces: [body], pool });
  const written = unchunked(writes.join("").slice(HEAD.length));
  assertEquals(written.data === data, true);
  assertEquals(written.last, "0\r\n\r\n");
  assertEquals([writes.length, pool.most, pool.borrowed], [5, 1, 0]);
});

Deno.test("transferBody() gives back its buffer when the body breaks", async () => {
  const pool = new CountingPool();
  const body = `fffff\r\n${"x".repeat(20_000)}`;
  await carryInVain({ framing: CHUNKED, pieces: [body], pool });
  await carryInVain({ framing: length(30_000), pieces: ["x".repeat(20_000)], pool });
  assertEquals([pool.most, pool.borrowed], [1, 0]);
});

Deno.test("transferBody() reads no further than the receiver takes", async () => {
  for (const framing of [length(1_000_000), CHUNKED, CLOSE]) {
    const [to, receiver] = streamPair(1);
    const stream = new ScriptedStream(`f0000\r\n${"x".repeat(1_000_000)}`);
    const transfer = { ...await transferOf({ framing, to }), from: new BufferedReader(stream) };
    const carrying = transferBody(transfer);
    await takeExactly(receiver, HEAD);
    await turn();
    assertEquals(stream.rooms.length, 1, framing.kind);
    receiver.close();
    await assertRejects(() => carrying, Deno.errors.BrokenPipe);
  }
});

/** Takes exactly `text` from the stream. */
async function takeExactly(receiver: ByteStream, text: string): Promise<void> {
  const into = new Uint8Array(1);
  for (const character of text) {
    await receiver.read(into);
    assertEquals(latin1(into), character);
  }
}

Deno.test("transferBody() carries a body both ways through a real pipe", async () => {
  const [sender, from] = streamPair(100);
  const [to, receiver] = streamPair(100);
  const data = "0123456789".repeat(5000);
  const body = [...data.matchAll(/.{1,777}/g)]
    .map(([chunk]) => `${chunk.length.toString(16)};x\r\n${chunk}\r\n`).join("");
  const transfer = {
    ...await transferOf({ framing: CHUNKED, to }),
    from: new BufferedReader(from),
  };
  const [received] = await Promise.all([
    rest(receiver),
    writeAll(sender, latin1Bytes(`${body}0\r\n\r\n`)),
    transferBody(transfer).then(() => to.closeWrite()),
  ]);
  const written = unchunked(received.slice(HEAD.length));
  assertEquals(written.data === data, true);
});
