import { ProtocolError } from "../../../src/net/errors.ts";
import { latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { parseRequestHead } from "../../../src/http/parse_head.ts";
import { readRequestHead } from "../../../src/http/read_head.ts";
import { requestHeadBytes } from "../../../src/http/write_head.ts";
import { expect, expectSame, outcomeLater, outcomeOf } from "../expect.ts";
import { anyWords, chanceOf, type FuzzTarget } from "../target.ts";
import { anyFieldLines, anyToken, HTTP_WORDS, readCut } from "./http_words.ts";

const FIELDS_MAX = 8;
const HEAD_BYTES = 2000;
const METHOD_BYTES_MAX = 64;

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

/** A head as the RFC has it, said once more in another language: one form and no lenience. */
const HEAD = new RegExp(
  `^(${TOKEN}) [!-~]+ HTTP/1\\.[01]\r\n((?:${TOKEN}:[\\t\\x20-\\x7e\\x80-\\xff]*\r\n)*)\r\n$`,
);

/** `readRequestHead` and `parseRequestHead`. */
export const REQUEST_HEAD: FuzzTarget = {
  name: "request_head",
  kind: "bytes",
  words: HTTP_WORDS,
  any(random) {
    if (random.below(4) === 0) return anyWords(random, HTTP_WORDS, 20);
    const target = random.pick(["/", "*", "http://a.test/", "a.test:443", "/a?b=c", "/%2e"]);
    const line = `${random.pick(["GET", "POST", anyToken(random)])} ${target}`;
    return `${line} HTTP/1.${random.below(2)}\r\n${anyFieldLines(random, FIELDS_MAX)}\r\n`;
  },
  async check(input) {
    checkParser(input);
    await checkReader(input);
  },
};

function checkParser(input: string): void {
  const head = outcomeOf(() => parseRequestHead(latin1Bytes(input), FIELDS_MAX));
  const [, method = "", lines = ""] = HEAD.exec(input) ?? [];
  const isHead = method !== "" && method.length <= METHOD_BYTES_MAX &&
    lines.split("\n").length - 1 <= FIELDS_MAX;
  expectSame(!(head instanceof ProtocolError), isHead, "whether it is a head");
  if (head instanceof ProtocolError) return expectSame(head.peer, "client", "who is to blame");
  const printed = requestHeadBytes(head.method, head.target, head.fields);
  const again = parseRequestHead(printed, FIELDS_MAX);
  expectSame(again, { ...head, minor: 1, sent: again.sent }, "a head printed and read");
  expectSame(requestHeadBytes(again.method, again.target, again.fields), printed, "printed twice");
  const length = head.fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  expect(length + head.method.length + head.target.length < input.length, "nothing is added");
}

async function checkReader(input: string): Promise<void> {
  const read = (chance: ReturnType<typeof chanceOf> | null) =>
    outcomeLater(() =>
      readCut(input, chance, (reader) => readRequestHead(reader, HEAD_BYTES, () => {}))
    );
  const whole = await read(null);
  expectSame(await read(chanceOf(input)), whole, "a head that comes in pieces");
  if (whole instanceof ProtocolError || whole.head === null) return;
  expect(whole.head.length <= HEAD_BYTES, "a head is no longer than it may be");
  expect(input.endsWith(whole.head + whole.left), "every byte is taken or left");
}
