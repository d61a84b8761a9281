import { ChunkedDecoder } from "../../../src/http/chunked.ts";
import { ProtocolError } from "../../../src/net/errors.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { pieces, type Random } from "../../support/random.ts";
import { expect, expectSame, outcomeOf } from "../expect.ts";
import { anyWords, chanceOf, type FuzzTarget } from "../target.ts";
import { anyFieldLines, HTTP_WORDS } from "./http_words.ts";

const FIELDS_MAX = 4;
const EXTENSION_BYTES_MAX = 256;
const TRAILER_BYTES_MAX = 16 * 1024;

const WORDS = [
  ...["0\r\n\r\n", "5\r\nhello\r\n", "5", "hello", "\r\n", "a", "FF", "0", "00000000000005", "1"],
  ...[
    ";a",
    ";a=b",
    ";",
    `;${"x".repeat(250)}`,
    "x".repeat(300),
    "-1",
    "0x5",
    " ",
    "\t",
    "\n",
    "\r",
  ],
  ...["X: y\r\n", "Digest: z\r\n", "fffffffffffff", "10000000000000", "\0", "\xff", "GET / "],
];

/** `ChunkedDecoder`: the data of a body, and not a byte of what follows. */
export const CHUNKED: FuzzTarget = {
  name: "chunked",
  kind: "bytes",
  words: [...WORDS, ...HTTP_WORDS],
  any(random) {
    if (random.below(4) === 0) return anyWords(random, WORDS, 12);
    let body = "";
    for (let left = random.below(5); left > 0; left--) body += anyChunk(random);
    return `${body}0\r\n${anyFieldLines(random, 2)}\r\n${random.pick(["", "", "GET /", "0\r\n"])}`;
  },
  check(input) {
    const whole = outcomeOf(() => decode([input]));
    expectSame(outcomeOf(() => decode(pieces(chanceOf(input), input))), whole, "cut into pieces");
    const expected = readChunks(input);
    if (whole instanceof ProtocolError) {
      expectSame(
        whole.code === "bad_chunk" || whole.code === "bad_header" ||
          whole.code === "too_many_fields",
        true,
        "the fault of chunks",
      );
      return expectSame(expected, null, "a body that is refused");
    }
    expect(whole.text.length + whole.left.length <= input.length, "nothing is added");
    const { text, left } = whole;
    expectSame(whole.done ? { text, left } : null, expected, "the body to another reader");
    if (whole.done && text !== "") expectSame(decode([chunked(text)]).text, text, "sent again");
  },
};

function decode(parts: readonly string[]) {
  const decoder = new ChunkedDecoder("client", FIELDS_MAX);
  let text = "";
  let left = "";
  for (const part of parts) {
    const bytes = latin1Bytes(part);
    const { data, used } = decoder.decode(bytes);
    expect(data <= used && used <= part.length, "data is part of what is used");
    text += latin1(bytes.subarray(0, data));
    left += part.slice(used);
  }
  return { text, left, done: decoder.done, trailers: decoder.trailers };
}

function chunked(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

function anyChunk(random: Random): string {
  const data = random.text("ab\r\n0;\xff", 30);
  if (data === "") return "";
  const size = data.length.toString(16).padStart(random.below(6), "0");
  return `${random.pick([size, size.toUpperCase()])}${
    random.pick(["", ";a", ';a="b"'])
  }\r\n${data}\r\n`;
}

const SIZE = /([0-9A-Fa-f]{1,13})(?:;([\t\x20-\x7e\x80-\xff]*))?\r\n/y;
const TRAILER = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n/y;

/** A body that is all there, read in one go by somebody else; null for anything else. */
function readChunks(input: string): { readonly text: string; readonly left: string } | null {
  let text = "";
  for (let at = 0;;) {
    SIZE.lastIndex = at;
    const [line, size, extension = ""] = SIZE.exec(input) ?? [];
    if (line === undefined || extension.length > EXTENSION_BYTES_MAX) return null;
    const start = at + line.length;
    const length = Number.parseInt(size!, 16);
    if (length === 0) return readTrailer(input, start, text);
    at = start + length + 2;
    if (input.slice(start + length, at) !== "\r\n") return null;
    text += input.slice(start, start + length);
  }
}

function readTrailer(input: string, start: number, text: string) {
  TRAILER.lastIndex = start;
  const [trailer] = TRAILER.exec(input) ?? [];
  if (trailer === undefined || trailer.length > TRAILER_BYTES_MAX) return null;
  if (trailer.split("\n").length - 2 > FIELDS_MAX) return null;
  return { text, left: input.slice(start + trailer.length) };
}
