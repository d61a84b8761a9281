// What conversations of SOCKS5 are made of, a character a byte.
import type { Random } from "../../support/random.ts";
import { anyWords } from "../target.ts";

export const SOCKS_WORDS: readonly string[] = [
  ...["\x05\x01\x00", "\x05\x01\x02", "\x05\x02\x00\x02", "\x05\x00", "\x05\xff", "\x05\x02"],
  ...["\x01\x01u\x01p", "\x01\x00\x00", "\x01\x00", "\x01\x01", "\x01\xff", "\x01\x04user"],
  ...["\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50", "\x05\x01\x00\x03\x06a.test\x01\xbb"],
  ...["\x05\x03\x00\x01\0\0\0\0\0\0", "\x05\x02\x00\x01", "\x05\x01\x00\x04", "\x05\x01\x00\x03"],
  ...["\x00", "\x01", "\x03", "\x04", "\x05", "\x7f", "\x80", "\xff", "\0\0\0\0", "a.test", "::1"],
  ...[
    "\r\n",
    "GET / HTTP/1.1\r\n",
    "\x16\x03\x01",
    "x".repeat(255),
    "\x05\x00\x00\x01\0\0\0\0\0\0",
  ],
];

/** Valid from beginning to end, as a client or as a server says them; and two datagrams. */
const CONVERSATIONS = [
  "\x05\x01\x00\x05\x01\x00\x03\x06a.test\x01\xbbdata",
  "\x05\x02\x00\x02\x01\x04user\x06secret\x05\x01\x00\x01\x5d\xb8\xd8\x22\x00\x50data",
  "\x05\x01\x00\x05\x03\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x12\x34",
  "\x05\x00\x05\x00\x00\x01\0\0\0\0\0\0data",
  "\x05\x02\x01\x00\x05\x00\x00\x03\x06a.test\x00\x50data",
  "\x05\x02\x01\x00\x05\x02\x00\x01\0\0\0\0\0\0",
  "\0\0\0\x01\x08\x08\x08\x08\x00\x35data",
  "\0\0\0\x03\x06a.test\x00\x35data",
];

/** A conversation, or its words in any order. */
export function anyConversation(random: Random): string {
  if (random.below(3) === 0) return anyWords(random, SOCKS_WORDS, 8);
  const text = random.pick(CONVERSATIONS);
  return random.below(2) === 0 ? text : text.slice(random.below(4));
}
