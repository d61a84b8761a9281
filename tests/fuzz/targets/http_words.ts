// What heads and bodies of HTTP are made of, and what they must not be made of.
import type { Random } from "../../support/random.ts";
import { pieces } from "../../support/random.ts";
import { BufferedReader } from "../../../src/net/stream/buffered_reader.ts";
import { latin1 } from "../../../src/net/stream/latin1.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";
import type { chanceOf } from "../target.ts";

/** Parts of a head, a character a byte. */
export const HTTP_WORDS: readonly string[] = [
  ...["GET", "POST", "OPTIONS", "CONNECT", "get", " ", "  ", "\t", "/", "*", "?q", "#f", "a.test"],
  ...["http://", "https://", "a.test:80", "[::1]", "user@", ":443", ":", "127.1", "HTTP/1.1"],
  ...["HTTP/1.0", "HTTP/2.0", "http/1.1", "200", "404 Not Found", "99", "1000", "\r\n", "\r\n\r\n"],
  ...["\r", "\n", "\0", "\x7f", "\x0b", "\x0c", "\x80", "\x85", "\xa0", "\xff", "\r\n ", " :", '"'],
  ...["Host: a.test", "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close, x"],
  ...[
    "X: y",
    "x:",
    "0",
    ";a=b",
    "Transfer-Encoding",
    "Content-Length",
    ", ",
    "chunked",
    "identity",
  ],
  ...["X".repeat(64), "y: ".repeat(20), "+5", "-1", "5 ", "0x5", "9".repeat(16), "\x16\x03\x01"],
];

/** Field lines that are right, up to `most` of them. */
export function anyFieldLines(random: Random, most: number): string {
  let lines = "";
  for (let left = random.below(most + 1); left > 0; left--) {
    const space = random.pick(["", " ", "\t", "  \t "]);
    lines += random.below(3) === 0
      ? `${random.pick(FIELDS)}\r\n`
      : `${anyToken(random)}:${space}${random.text("abc \t:;,\"'\x80\xff~!(){}", 20)}${space}\r\n`;
  }
  return lines;
}

/** A method, or the name of a field. */
export function anyToken(random: Random): string {
  return `X${random.text("abcXYZ019!#$%&'*+-.^_`|~", 10)}`;
}

/** What a reader took, and what it left; null where there was nothing. */
export async function readCut(
  input: string,
  chance: ReturnType<typeof chanceOf> | null,
  read: (reader: BufferedReader) => Promise<Uint8Array | null>,
): Promise<{ readonly head: string | null; readonly left: string }> {
  const parts = chance === null ? [input] : pieces(chance, input);
  const reader = new BufferedReader(new ScriptedStream(...parts));
  const bytes = await read(reader);
  const head = bytes === null ? null : latin1(bytes);
  reader.consume(bytes?.length ?? 0);
  while (await reader.fill());
  return { head, left: latin1(reader.buffered) };
}

const FIELDS = [
  ...["Host: a.test", "host:b.test:80", "Content-Length: 5", "Content-Length:0"],
  ...["Transfer-Encoding: chunked", "TRANSFER-ENCODING: Chunked", "Connection: keep-alive"],
  ...["Proxy-Authorization: Basic dTpw", "Upgrade: websocket", "Trailer: x", "Cookie: a=b"],
] as const;
