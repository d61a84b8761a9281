import { assert, assertEquals } from "@std/assert";
import { proxyUser } from "../../src/http/proxy_user.ts";
import { transferBody } from "../../src/http/body.ts";
import { ChunkedDecoder } from "../../src/http/chunked.ts";
import { requestFraming, responseFraming } from "../../src/http/framing.ts";
import type { RequestHead } from "../../src/http/head.ts";
import { requestFieldsToForward } from "../../src/http/hop_by_hop.ts";
import { parseRequestHead, parseResponseHead } from "../../src/http/parse_head.ts";
import { readRequestHead, readResponseHead } from "../../src/http/read_head.ts";
import { connectTarget, httpTarget } from "../../src/http/target.ts";
import { requestHeadBytes, responseHeadBytes } from "../../src/http/write_head.ts";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { BufferPool } from "../../src/net/stream/buffer_pool.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { outcome, outcomeOf } from "../support/fault.ts";
import { pieces, type Random, seededRandom } from "../support/random.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";

const RUNS = 3000;
const HEAD_BYTES = 2000;
const FIELDS_MAX = 8;

/** What heads and bodies are made of, and what they must not be made of. */
const BITS = [
  ...["GET", "POST", "OPTIONS", "CONNECT", "get", " ", "  ", "\t", "/", "*", "?q", "#f"],
  ...["http://", "https://", "a.test", "a.test:80", "[::1]", "user@", ":443", ":", "127.1"],
  ...["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "200", "404 Not Found", "99", "\r\n", "\r\n", "\r\n"],
  ...["\r", "\n", "\r\n\r\n", "\0", "\x7f", "\x0b", "\x80", "\xff", "\r\n ", " :", ";a=b", '"'],
  ...["Host: a.test", "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close, x"],
  ...["X: y", "x:", "0", "5", "a", "FF", "0\r\n\r\n", "5\r\nhello\r\n", "hello", "Digest: x"],
];

const REQUEST =
  "POST http://a.test/ HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
const RESPONSE = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\n";
const CHUNKS = "5;a=b\r\nhello\r\n2\r\n, \r\n0\r\nDigest: x\r\n\r\n";

/** Bits in any order, or a right message with a few things done to it. */
function anything(random: Random): string {
  if (random.below(3) === 0) {
    return Array.from({ length: random.below(20) }, () => random.pick(BITS)).join("");
  }
  let text = random.pick([REQUEST, RESPONSE, CHUNKS, REQUEST + CHUNKS]);
  for (let change = random.below(4); change > 0; change--) {
    const at = random.below(text.length + 1);
    const end = at + random.pick([0, 0, 1, 2, 10]);
    text = text.slice(0, at) + random.pick([...BITS, ""]) + text.slice(end);
  }
  return text;
}

/** A request head that is right. */
function anyRequest(random: Random): string {
  const token = () => `X${random.text("abcXYZ019!#$%&'*+-.^_`|~", 10)}`;
  const value = () => random.text("abc \t:;,\"'\x80\xff~!(){}", 20);
  const lines = Array.from({ length: random.below(FIELDS_MAX) }, () => {
    const space = random.pick(["", " ", "\t", "  \t "]);
    return `${token()}:${space}${value()}${space}\r\n`;
  });
  const target = `/${random.text("abc/?=&%-.~:@!$", 30)}`;
  return `${token()} ${target} HTTP/1.${random.below(2)}\r\n${lines.join("")}\r\n`;
}

async function readHead(
  side: "request" | "response",
  parts: readonly string[],
): Promise<{ head: string; left: string }> {
  const reader = new BufferedReader(new ScriptedStream(...parts));
  const bytes = side === "request"
    ? await readRequestHead(reader, HEAD_BYTES, () => {})
    : await readResponseHead(reader, HEAD_BYTES);
  const head = bytes === null ? "none" : latin1(bytes);
  reader.consume(bytes?.length ?? 0);
  return { head, left: await rest(reader) };
}

/** What is buffered, and what comes after. */
async function rest(reader: BufferedReader): Promise<string> {
  const into = new Uint8Array(100);
  let text = "";
  for (let count = await reader.read(into); count !== null; count = await reader.read(into)) {
    text += latin1(into.subarray(0, count));
  }
  return text;
}

function decode(parts: readonly string[]): unknown {
  const decoder = new ChunkedDecoder("client", FIELDS_MAX);
  let text = "";
  let left = "";
  for (const part of parts) {
    const bytes = latin1Bytes(part);
    const { data, used } = decoder.decode(bytes);
    text += latin1(bytes.subarray(0, data));
    left += part.slice(used);
  }
  return { text, left, done: decoder.done, trailers: decoder.trailers };
}

Deno.test("parsers throw nothing but ProtocolError, whatever they are given", () => {
  const random = seededRandom(1);
  let parsed = 0;
  for (let run = 0; run < RUNS; run++) {
    const bytes = latin1Bytes(anything(random));
    const head = outcome(() => parseRequestHead(bytes, FIELDS_MAX));
    const answer = outcome(() => parseResponseHead(bytes, FIELDS_MAX));
    if (typeof head !== "string") {
      parsed += 1;
      outcome(() => requestFraming(head));
      outcome(() => httpTarget(head));
      outcome(() => connectTarget(head));
      proxyUser(head.fields);
    }
    if (typeof answer !== "string") {
      parsed += 1;
      outcome(() => responseFraming(answer, "GET"));
    }
  }
  assert(parsed > RUNS / 20, `the generator makes heads that parse: ${parsed}`);
});

Deno.test("a head reads and parses the same however it is cut", async () => {
  const random = seededRandom(2);
  for (let run = 0; run < RUNS / 3; run++) {
    const text = anything(random);
    for (const side of ["request", "response"] as const) {
      const whole = await outcomeOf(() => readHead(side, [text]));
      const cut = await outcomeOf(() => readHead(side, pieces(random, text)));
      assertEquals(cut, whole, JSON.stringify(text));
    }
  }
});

Deno.test("chunks decode the same however they are cut", () => {
  const random = seededRandom(3);
  for (let run = 0; run < RUNS; run++) {
    const text = anything(random).slice(random.below(2) * REQUEST.length);
    const whole = outcome(() => decode([text]));
    assertEquals(outcome(() => decode(pieces(random, text))), whole, JSON.stringify(text));
  }
});

Deno.test("a head that parses has no line ends, and no NUL, that another reader could see", () => {
  const random = seededRandom(4);
  for (let run = 0; run < RUNS; run++) {
    const head = outcome(() => parseRequestHead(latin1Bytes(anything(random)), FIELDS_MAX));
    if (typeof head === "string") continue;
    const texts = [head.method, head.target, ...head.fields.flatMap((f) => [f.name, f.value])];
    for (const text of texts) assertEquals(/[\r\n\0]/.test(text), false, JSON.stringify(text));
  }
});

Deno.test("a head that is printed parses to what was printed, and prints the same again", () => {
  const random = seededRandom(5);
  const print = ({ method, target, fields }: RequestHead) =>
    requestHeadBytes(method, target, fields);
  for (let run = 0; run < RUNS; run++) {
    const head = parseRequestHead(latin1Bytes(anyRequest(random)), FIELDS_MAX);
    const printed = print(head);
    const again = parseRequestHead(printed, FIELDS_MAX);
    assertEquals(again, { ...head, minor: 1, sent: again.sent });
    assertEquals(print(again), printed);
  }
});

Deno.test("a response head that is printed parses to what was printed", () => {
  const random = seededRandom(6);
  for (let run = 0; run < RUNS; run++) {
    const { fields } = parseRequestHead(latin1Bytes(anyRequest(random)), FIELDS_MAX);
    const [status, reason] = [100 + random.below(900), random.text("abc \t\x80\xff", 10)];
    const printed = responseHeadBytes(status, reason, fields);
    const { sent, ...head } = parseResponseHead(printed, FIELDS_MAX);
    assertEquals(head, { minor: 1, status, reason, fields });
    assertEquals(sent.text, latin1(printed));
  }
});

Deno.test("forwarding adds nothing, reorders nothing, and has nothing more to take away", () => {
  const random = seededRandom(7);
  for (let run = 0; run < RUNS; run++) {
    const { fields } = parseRequestHead(latin1Bytes(anyRequest(random)), FIELDS_MAX);
    const named = fields.filter(() => random.below(4) === 0).map(({ name }) => name);
    const connection = { name: "Connection", key: "connection", value: named.join(", ") };
    const keys = new Set(named.map((name) => name.toLowerCase()));
    const forwarded = requestFieldsToForward([connection, ...fields]);
    assertEquals(forwarded, fields.filter(({ key }) => !keys.has(key)));
    assertEquals(requestFieldsToForward(forwarded), forwarded);
  }
});

Deno.test("a chunked body arrives whole, framed anew, with what follows left where it was", async () => {
  const random = seededRandom(8);
  for (let run = 0; run < RUNS / 10; run++) {
    const chunks = Array.from(
      { length: random.below(10) },
      () => `x${random.text("ab\r\n0;", 300)}`,
    );
    const body = chunks.map((chunk) => {
      const size = chunk.length.toString(16).padStart(random.below(6), "0");
      return `${size}${random.pick(["", ";a", ";a=b"])}\r\n${chunk}\r\n`;
    }).join("");
    const next = random.text("GET /\r\n", 10);
    const parts = pieces(random, `${body}0\r\n\r\n${next}`);
    const to = new ScriptedStream();
    const from = new BufferedReader(new ScriptedStream(...parts));
    for (let fills = random.below(3); fills > 0; fills--) await from.fill();
    const keepChunks = random.below(2) === 0;
    await transferBody({
      from,
      to,
      peer: "client",
      framing: { kind: "chunked" },
      keepChunks,
      fieldsMax: 0,
      nominated: [],
      prefix: new Uint8Array(0),
      pool: new BufferPool(),
      passed: () => {},
    });
    const data = chunks.join("");
    const expected = { text: data, left: "", done: true, trailers: [] };
    assertEquals(keepChunks ? decode([to.written]) : to.written, keepChunks ? expected : data);
    assertEquals(await rest(from), next);
  }
});
