import { assertEquals } from "@std/assert";
import { ChunkedDecoder } from "../../src/http/chunked.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { fault, faultWords } from "../support/fault.ts";
import { cuts } from "../support/scripted_stream.ts";

interface Decoded {
  readonly data: string;
  /** What belongs to whatever comes next. */
  readonly left: string;
  readonly done: boolean;
  readonly trailers: readonly string[];
}

function decode(pieces: readonly string[], fieldsMax = 100): Decoded {
  const decoder = new ChunkedDecoder("client", fieldsMax);
  let text = "";
  let left = "";
  for (const piece of pieces) {
    const bytes = latin1Bytes(piece);
    const { data, used } = decoder.decode(bytes);
    text += latin1(bytes.subarray(0, data));
    left += piece.slice(used);
  }
  const trailers = decoder.trailers.map(({ name, value }) => `${name}: ${value}`);
  return { data: text, left, done: decoder.done, trailers };
}

/** Decodes whole, and cut at every byte, and makes sure that it comes to the same. */
function decodeAnyhow(text: string): Decoded {
  const whole = decode([text]);
  for (const pieces of cuts(text)) assertEquals(decode(pieces), whole, JSON.stringify(pieces));
  return whole;
}

/** The fault of a body, which is the same however it is cut. */
function faultAnyhow(text: string, fieldsMax?: number): string {
  const whole = fault(() => decode([text], fieldsMax));
  for (const pieces of cuts(text)) {
    assertEquals(fault(() => decode(pieces, fieldsMax)), whole, JSON.stringify(pieces));
  }
  return whole;
}

const END = "0\r\n\r\n";

Deno.test("decode() takes the data out of chunks", () => {
  assertEquals(decodeAnyhow(`5\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n${END}`), {
    data: "hello, world",
    left: "",
    done: true,
    trailers: [],
  });
});

Deno.test("decode() reads the end alone", () => {
  assertEquals(decodeAnyhow(END), { data: "", left: "", done: true, trailers: [] });
});

Deno.test("decode() leaves what follows the body", () => {
  for (const next of ["G", "\r\n", "GET / HTTP/1.1\r\n\r\n", "\0\xff"]) {
    assertEquals(decodeAnyhow(`1\r\na\r\n${END}${next}`).left, next);
  }
});

Deno.test("decode() takes every byte for data, line ends and chunk heads too", () => {
  const data = `\r\n0\r\n\r\n5\r\n${latin1(Uint8Array.from({ length: 256 }, (_, byte) => byte))}`;
  assertEquals(decode([`${data.length.toString(16)}\r\n${data}\r\n${END}`]).data, data);
});

// RFC 9112 section 7.1: chunk-size = 1*HEXDIG.
Deno.test("decode() reads a size in hexadecimal of either case, with zeros in front", () => {
  for (const size of ["a", "A", "0a", "00000000a", "000000000000a"]) {
    assertEquals(decodeAnyhow(`${size}\r\n0123456789\r\n${END}`).data, "0123456789", size);
  }
  for (const end of ["0", "00", "0000000000000"]) {
    assertEquals(decodeAnyhow(`${end}\r\n\r\n`).done, true, end);
  }
});

Deno.test("decode() takes a size of thirteen digits, the largest it can count, and not of fourteen", () => {
  const decoder = new ChunkedDecoder("client", 8);
  assertEquals(decoder.decode(latin1Bytes("fffffffffffff\r\nabc")), { data: 3, used: 18 });
  assertEquals(decoder.done, false);
  assertEquals(faultAnyhow("10000000000000\r\n"), "client bad_chunk");
  assertEquals(faultAnyhow("00000000000005\r\nhello\r\n"), "client bad_chunk");
  assertEquals(faultAnyhow(`${"f".repeat(100)}\r\n`), "client bad_chunk");
});

// RFC 9112 section 7.1.1: a recipient ignores extensions that it does not know.
Deno.test("decode() drops extensions", () => {
  const extensions = [
    ...[";a", ";a=b", ';a="b c"', ";a=b;c=d", "; a = b", ';a="\xff\t"', ";", ";;;"],
    `;${"x".repeat(255)}`,
  ];
  for (const extension of extensions) {
    const { data } = decodeAnyhow(`5${extension}\r\nhello\r\n0${extension}\r\n\r\n`);
    assertEquals(data, "hello", extension);
  }
});

Deno.test("decode() takes an extension of 256 bytes with every chunk, and not of 257", () => {
  const extension = `;${"x".repeat(256)}`;
  assertEquals(decode([`1${extension}\r\na\r\n`.repeat(3) + END]).data, "aaa");
  assertEquals(fault(() => decode([`1${extension}x\r\na\r\n`])), "client bad_chunk");
  assertEquals(fault(() => decode([`1\r\na\r\n1${extension}x\r\n`])), "client bad_chunk");
});

// RFC 9112 sections 2.2, 7.1, 11.1, 11.2.
Deno.test("decode() refuses every other chunk", () => {
  const bodies = [
    // A size is one to thirteen hexadecimal digits, and nothing beside them.
    ...["\r\n", "\n", "\0", "g\r\n", "0x5\r\n", "0X5\r\n", "-1\r\n", "+5\r\n", " 5\r\n", "\t5\r\n"],
    ...["5 \r\n", "5\t\r\n", "5 ;a\r\n", "5,6\r\n", "5.0\r\n", "5_0\r\n", "5h\r\n", '"5"\r\n'],
    ...[
      "\xb5\r\n",
      "5\0\r\n",
      "5\x0b\r\n",
      "5:a\r\n",
      "5=a\r\n",
      ";a\r\n",
      "@\r\n",
      "G\r\n",
      "`\r\n",
    ],
    // CR and LF only together.
    ...["5\nhello", "5\rhello", "5\r\r\nhello", "5\r5\r\nhello", "0\n\n", "0\n\r\n", "0\r\r\n"],
    // Nor in an extension, where readers are known to differ.
    ...["5;a\nhello", "5;a\rX\r\nhello", "5;\n", '5;a="\r"\r\n', '5;a="\n"\r\n', "5;a\0\r\n"],
    ...["5;a\x7f\r\n", "5;\x1b[2J\r\n", "0;a\n\r\n"],
    // The data is as long as it was said to be.
    ...["5\r\nhello!\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n", "5\r\nhello0\r\n\r\n"],
    ...["4\r\nhello\r\n", "1\r\na\r\r\n", "1\r\na\n\r\n", "1\r\na \r\n", "1\r\naGET / HTTP/1.1"],
    "1\r\na\r\n\r\n0\r\n\r\n",
  ];
  for (const body of bodies) assertEquals(faultAnyhow(body), "client bad_chunk", body);
});

// RFC 9112 section 7.1.2.
Deno.test("decode() reads trailer fields", () => {
  assertEquals(decodeAnyhow("1\r\na\r\n0\r\nB: c\r\nb:  D \r\nE:\r\n\r\nGET"), {
    data: "a",
    left: "GET",
    done: true,
    trailers: ["B: c", "b: D", "E: "],
  });
});

Deno.test("decode() has no trailers before the end", () => {
  const { done, trailers } = decode(["0\r\nA: b\r\n"]);
  assertEquals([done, trailers], [false, []]);
});

Deno.test("decode() refuses trailers as it does fields", () => {
  for (
    const line of ["A : b", " A: b", "A: b\r\n c", "A", ": b", "A: \0", "A: b\rC: d", "\rA: b"]
  ) {
    assertEquals(faultAnyhow(`0\r\n${line}\r\n\r\n`), "client bad_header", line);
  }
  for (const line of ["A: b\n", "\n", "A: b\nC: d"]) {
    assertEquals(faultAnyhow(`0\r\n${line}\r\n\r\n`), "client bad_chunk", line);
  }
});

Deno.test("decode() takes as many trailer fields as allowed, and not one more", () => {
  const trailers = (count: number) => `0\r\n${"A: b\r\n".repeat(count)}\r\n`;
  assertEquals(decode([trailers(8)], 8).trailers.length, 8);
  assertEquals(faultAnyhow(trailers(9), 8), "client too_many_fields");
});

Deno.test("decode() takes a trailer section of 16 KiB and not a byte more", () => {
  const trailers = (bytes: number) => `0\r\nA: ${"x".repeat(bytes - "A: \r\n\r\n".length)}\r\n\r\n`;
  assertEquals(decode([trailers(16 * 1024)]).done, true);
  assertEquals(fault(() => decode([trailers(16 * 1024 + 1)])), "client bad_chunk");
  assertEquals(fault(() => decode([`0\r\nA: ${"x".repeat(1_000_000)}`])), "client bad_chunk");
});

Deno.test("decode() is not done until the last byte", () => {
  const text = "3\r\nabc\r\n0;x\r\nA: b\r\n\r\n";
  for (let end = 0; end < text.length; end++) {
    assertEquals(decode([text.slice(0, end)]).done, false, text.slice(0, end));
  }
  assertEquals(decode([text]).done, true);
});

Deno.test("decode() uses nothing once it is done", () => {
  const decoder = new ChunkedDecoder("client", 8);
  decoder.decode(latin1Bytes(END));
  assertEquals(decoder.decode(latin1Bytes("5\r\nhello\r\n")), { data: 0, used: 0 });
});

Deno.test("decode() reads nothing after a fault, however right it looks", () => {
  for (const bad of ["x", "5\r\nhello!", "0\r\nA : b\r\n\r\n", "0\r\n\n", "1;\0"]) {
    const decoder = new ChunkedDecoder("client", 8);
    fault(() => decoder.decode(latin1Bytes(bad)));
    assertEquals(fault(() => decoder.decode(latin1Bytes(END))), "client bad_chunk", bad);
    assertEquals([decoder.done, decoder.trailers], [false, []], bad);
  }
});

Deno.test("decode() blames who sent it", () => {
  const decoder = new ChunkedDecoder("upstream", 0);
  assertEquals(fault(() => decoder.decode(latin1Bytes("x"))), "upstream bad_chunk");
  const other = new ChunkedDecoder("upstream", 0);
  assertEquals(
    fault(() => other.decode(latin1Bytes("0\r\nA\r\n\r\n"))),
    "upstream too_many_fields",
  );
});

Deno.test("decode() moves the data to the front of the piece, in place", () => {
  const bytes = latin1Bytes(`2\r\nab\r\n3;x\r\ncde\r\n${END}`);
  const { data, used } = new ChunkedDecoder("client", 8).decode(bytes);
  assertEquals([latin1(bytes.subarray(0, data)), used], ["abcde", bytes.length]);
});

/** Bodies, and what is said of them after `Cannot decode the body: `. */
const WORDS: readonly (readonly [string, string])[] = [
  ["\r\n", "a chunk has no size"],
  ["5h", "a chunk size is not a hexadecimal number"],
  ["0".repeat(14), "a chunk size out of range"],
  ["5;\0", "an extension holds a control character"],
  [`5;${"x".repeat(257)}`, "a long extension"],
  ["5\r5", "a carriage return stands alone"],
  ["1\r\nab", "a chunk is longer than its size"],
  ["1\r\na\ra", "a chunk is longer than its size"],
  ["0\r\n\n", "a line feed stands alone"],
  [`0\r\nA: ${"x".repeat(16 * 1024)}`, "a long trailer section"],
];

for (const [body, words] of WORDS) {
  Deno.test(`decode() says of ${JSON.stringify(body.slice(0, 20))}: ${words}`, () => {
    assertEquals(faultWords(() => decode([body])), `Cannot decode the body: ${words}`);
  });
}

Deno.test("decode() says of what comes after a fault that it reads no more", () => {
  const decoder = new ChunkedDecoder("client", 8);
  fault(() => decoder.decode(latin1Bytes("x")));
  const again = () => decoder.decode(latin1Bytes(END));
  assertEquals(faultWords(again), "Cannot decode the body: it was broken before");
});
