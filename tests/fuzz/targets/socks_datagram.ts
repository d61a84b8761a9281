import { latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { hostOf } from "../../../src/socks/address.ts";
import {
  datagramHeaderLength,
  decodeDatagram,
  writeDatagramHeader,
} from "../../../src/socks/datagram.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { SOCKS_WORDS } from "../../support/socks_conversations.ts";
import { expectPrintable } from "./url_reading.ts";

/** `decodeDatagram`, and the header that is written for an answer. */
export const SOCKS_DATAGRAM: FuzzTarget = {
  name: "socks_datagram",
  kind: "bytes",
  words: [...SOCKS_WORDS, "\0\0\0\x01", "\0\0\0\x03", "\0\0\0\x04", "\0\0\x01"],
  any(random) {
    const address = random.pick([
      "\x01\x08\x08\x08\x08",
      "\x03\x06a.test",
      `\x04${"\x20".repeat(16)}`,
    ]);
    return `\0\0\0${address}\x00${random.pick(["\x35", "\x00"])}${random.text("data\0\xff", 20)}`;
  },
  check(input) {
    const bytes = latin1Bytes(input);
    const datagram = decodeDatagram(bytes);
    if (datagram.kind === "bad") return expectSentence(datagram.why);
    if (datagram.kind === "fragment") return;
    const { address, port, payload } = datagram;
    const header = bytes.length - payload.length;
    expect(header >= 3 + 1 + 1 + 2 && port > 0 && port < 65536, "a header has all its parts");
    expectSame(payload, bytes.subarray(header), "the payload is what follows");
    const host = hostOf(address);
    if (host.kind === "bad") return expectSentence(host.why);
    expectPrintable(host);
    if (address.kind !== "ip") return;
    const written = bytes.slice();
    const start = writeDatagramHeader(written, header, { ip: address.ip, port });
    expectSame([start, datagramHeaderLength(address.ip)], [0, header], "the header's place");
    expectSame(written, bytes, "a header written again");
  },
};
