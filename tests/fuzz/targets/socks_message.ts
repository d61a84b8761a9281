import { latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { hostOf } from "../../../src/socks/address.ts";
import type { Decoded } from "../../../src/socks/decoded.ts";
import {
  decodeGreeting,
  decodeRequest,
  encodeGreeting,
  encodeRequest,
  type Method,
} from "../../../src/socks/messages.ts";
import { SOCKS_DECODERS, SOCKS_WORDS } from "../../support/socks_conversations.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import { chanceOf, type FuzzTarget } from "../target.ts";
import { anyConversation } from "./any_conversation.ts";
import { expectPrintable } from "./url_reading.ts";

/** Prefixes that are tried of a long input. */
const PREFIXES_MAX = 24;

/** The messages of SOCKS5, each decoded from any bytes. */
export const SOCKS_MESSAGE: FuzzTarget = {
  name: "socks_message",
  kind: "bytes",
  words: SOCKS_WORDS,
  any: anyConversation,
  check(input) {
    const bytes = latin1Bytes(input);
    for (const [decode, bytesMax] of SOCKS_DECODERS) checkDecoder(bytes, decode, bytesMax, input);
    const greeting = decodeGreeting(bytes);
    if (greeting.kind === "message") {
      const again = encodeGreeting(greeting.message.methods as readonly Method[]);
      expectSame(again, bytes.slice(0, greeting.length), "a greeting written again");
    }
    const request = decodeRequest(bytes);
    if (request.kind !== "message") return;
    expectSame(encodeRequest(request.message), bytes.slice(0, request.length), "written again");
    const host = hostOf(request.message.address);
    if (host.kind === "bad") expectSentence(host.why);
    else expectPrintable(host);
  },
};

/** What the first bytes decide no other bytes change, and it is decided before they are too many. */
function checkDecoder(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => Decoded<unknown>,
  bytesMax: number,
  input: string,
): void {
  const whole = decode(bytes);
  if (whole.kind === "bad") expectSentence(whole.why);
  if (whole.kind === "more") expect(bytes.length < bytesMax, "it waits for more than there can be");
  const length = whole.kind === "message" ? whole.length : bytes.length;
  expect(length > 0 || bytes.length === 0, "a message has bytes");
  expect(
    whole.kind !== "message" || length <= Math.min(bytesMax, bytes.length),
    "and not too many",
  );
  const chance = chanceOf(input);
  for (let tries = 0; tries < Math.min(bytes.length, PREFIXES_MAX); tries++) {
    const end = bytes.length <= PREFIXES_MAX ? tries : chance.below(bytes.length);
    const part = decode(bytes.subarray(0, end));
    if (whole.kind === "message" && end < length) expectSame(part.kind, "more", "a part of it");
    else if (part.kind !== "more") expectSame(part, whole, "what its first bytes say");
  }
}
