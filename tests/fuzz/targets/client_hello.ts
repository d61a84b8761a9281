import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { HELLO_BYTES_MAX, readFirstWords } from "../../../src/tls/client_hello.ts";
import { EXTENSION, helloMessage, inRecords, recordsContent } from "../../support/hello.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import { chanceOf, type FuzzTarget } from "../target.ts";

const NAMES = ["a.test", "b.test", "A.Test.", "", "\0", "127.0.0.1", "\xff".repeat(300)];

/** Prefixes that are tried of each. */
const PREFIXES = 6;

/** `readFirstWords`: the names in the first bytes of a client. */
export const CLIENT_HELLO: FuzzTarget = {
  name: "client_hello",
  kind: "bytes",
  words: [
    ...[
      "\0",
      "\x01",
      "\x16\x03\x01",
      "\xff\xff",
      "\0\0\0\x05\0\x03\0\0\0",
      "\xfe\x0d\0\0",
      "a.test",
    ],
    ...["\0\x0b\0\0\x08b.test\0\0", "\xff\xce\0\0", "\0\0", "\x16\x03\x01\0\x01", "\x01\0\0\x05"],
  ],
  any(random) {
    const names = Array.from({ length: random.below(3) }, () => random.pick(NAMES));
    const sessionId = new Uint8Array(random.pick([0, 32]));
    const esni = [EXTENSION.esni, new Uint8Array(9)] as const;
    const extensions = random.pick([null, [], [], [esni]]);
    const long = extensions !== null && random.below(200) === 0 ? { padTo: 17_000 } : {};
    const ech = random.below(2) === 0;
    const message = helloMessage({ names, ech, sessionId, extensions, ...long });
    const sizes = Array.from({ length: random.below(4) }, () => 1 + random.below(60));
    return latin1(inRecords(message, [...sizes, random.pick([2 ** 14, 2 ** 14, 600])]));
  },
  check(input) {
    const bytes = latin1Bytes(input);
    const whole = readFirstWords(bytes);
    if (whole.kind === "not_tls") expectSentence(whole.why);
    if (whole.kind === "more") {
      expect(!isWhole(recordsContent(bytes)), "it is told as soon as it is there");
    }
    if (whole.kind === "more") expect(bytes.length < 2 * HELLO_BYTES_MAX, "it is told in time");
    if (whole.kind === "hello" && whole.names.length > 0) {
      const sent = recordsContent(bytes);
      for (const name of whole.names) expect(sent.includes(name), "a name was sent");
    }
    const chance = chanceOf(input);
    for (let tries = 0; tries < PREFIXES; tries++) {
      const part = readFirstWords(bytes.subarray(0, chance.below(bytes.length + 1)));
      if (part.kind !== "more") expectSame(part, whole, "what its first bytes say");
    }
    const more = latin1Bytes(`${input}${input.slice(chance.below(input.length + 1))}`);
    if (whole.kind !== "more") expectSame(readFirstWords(more), whole, "more bytes change nothing");
  },
};

/** Whether the first message is all there: a type, a length of three bytes, and so many bytes. */
function isWhole(text: string): boolean {
  const [high = 0, middle = 0, low = 0] = latin1Bytes(text.slice(1, 4));
  return text.length >= 4 + (high << 16 | middle << 8 | low) && text.length >= 4;
}
