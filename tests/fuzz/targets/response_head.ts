import { ProtocolError } from "../../../src/net/errors.ts";
import { latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { parseResponseHead } from "../../../src/http/parse_head.ts";
import { readResponseHead } from "../../../src/http/read_head.ts";
import { responseHeadBytes } from "../../../src/http/write_head.ts";
import { expect, expectSame, outcomeLater, outcomeOf } from "../expect.ts";
import { anyWords, chanceOf, type FuzzTarget } from "../target.ts";
import { anyFieldLines, HTTP_WORDS, readCut } from "./http_words.ts";

const FIELDS_MAX = 8;
const HEAD_BYTES = 2000;

const TEXT = "[\\t\\x20-\\x7e\\x80-\\xff]*";
const FIELD = `[!#$%&'*+\\-.^_\`|~0-9A-Za-z]+:${TEXT}\r\n`;

/** A head as the RFC has it; only the blank in front of no reason may be left out. */
const HEAD = new RegExp(`^HTTP/1\\.[01] [1-9][0-9]{2}(?: ${TEXT})?\r\n((?:${FIELD})*)\r\n$`);

/** `readResponseHead` and `parseResponseHead`. */
export const RESPONSE_HEAD: FuzzTarget = {
  name: "response_head",
  kind: "bytes",
  words: HTTP_WORDS,
  any(random) {
    if (random.below(4) === 0) return `HTTP/1.1 ${anyWords(random, HTTP_WORDS, 20)}`;
    const reason = random.pick(["", " ", " OK", " Not Found", ` ${random.text("ab \t\xe9", 9)}`]);
    const line = `HTTP/1.${random.below(2)} ${random.below(1000)}${reason}`;
    return `${line}\r\n${anyFieldLines(random, FIELDS_MAX)}\r\n`;
  },
  async check(input) {
    checkParser(input);
    await checkReader(input);
  },
};

function checkParser(input: string): void {
  const head = outcomeOf(() => parseResponseHead(latin1Bytes(input), FIELDS_MAX));
  const [, lines] = HEAD.exec(input) ?? [];
  const isHead = lines !== undefined && lines.split("\n").length - 1 <= FIELDS_MAX;
  expectSame(!(head instanceof ProtocolError), isHead, "whether it is a head");
  if (head instanceof ProtocolError) return expectSame(head.peer, "upstream", "who is to blame");
  const { status, reason, fields } = head;
  expect(status >= 100 && status <= 999, "a status has three digits");
  const again = parseResponseHead(responseHeadBytes(status, reason, fields), FIELDS_MAX);
  expectSame(again, { ...head, minor: 1, sent: again.sent }, "a head printed and read");
}

async function checkReader(input: string): Promise<void> {
  const read = (chance: ReturnType<typeof chanceOf> | null) =>
    outcomeLater(() => readCut(input, chance, (reader) => readResponseHead(reader, HEAD_BYTES)));
  const whole = await read(null);
  expectSame(await read(chanceOf(input)), whole, "a head that comes in pieces");
  if (whole instanceof ProtocolError || whole.head === null) return;
  expect(whole.head.length <= HEAD_BYTES, "a head is no longer than it may be");
  expectSame(whole.head + whole.left, input, "what is taken, and what is left");
}
