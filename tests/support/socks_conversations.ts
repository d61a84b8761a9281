// What conversations of SOCKS5 are made of, a character a byte, and who reads them.
import type { Decoded } from "../../src/socks/decoded.ts";
import {
  decodeCredentials,
  decodeCredentialsStatus,
  decodeGreeting,
  decodeMethodSelection,
  decodeReply,
  decodeRequest,
} from "../../src/socks/messages.ts";

/** Words of them, and what they must not be made of. */
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
export const SOCKS_CONVERSATIONS: readonly string[] = [
  "\x05\x01\x00\x05\x01\x00\x03\x06a.test\x01\xbbdata",
  "\x05\x02\x00\x02\x01\x04user\x06secret\x05\x01\x00\x01\x5d\xb8\xd8\x22\x00\x50data",
  `\x05\x01\x02\x01\xff${"u".repeat(255)}\xff${"p".repeat(255)}\x05\x01\x00\x03\xff` +
  `${"x".repeat(255)}\x00\x50data`,
  "\x05\x01\x00\x05\x03\x00\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x12\x34",
  "\x05\x00\x05\x00\x00\x01\0\0\0\0\0\0data",
  "\x05\x02\x01\x00\x05\x00\x00\x03\x06a.test\x00\x50data",
  "\x05\x02\x01\x00\x05\x02\x00\x01\0\0\0\0\0\0",
  "\0\0\0\x01\x08\x08\x08\x08\x00\x35data",
  "\0\0\0\x03\x06a.test\x00\x35data",
];

/** Every decoder, and the most bytes that one of its messages has. */
export const SOCKS_DECODERS:
  readonly (readonly [(bytes: Uint8Array) => Decoded<unknown>, number])[] = [
    [decodeGreeting, 2 + 255],
    [decodeMethodSelection, 2],
    [decodeCredentials, 3 + 255 + 255],
    [decodeCredentialsStatus, 2],
    [decodeRequest, 7 + 255],
    [decodeReply, 7 + 255],
  ];
