import { assert, assertEquals } from "@std/assert";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { hostOf } from "../../src/socks/address.ts";
import { requestConnect } from "../../src/socks/client.ts";
import { decodeDatagram } from "../../src/socks/datagram.ts";
import { readHandshake } from "../../src/socks/handshake.ts";
import { decodeRequest, encodeRequest } from "../../src/socks/messages.ts";
import { outcomeOf } from "../support/fault.ts";
import { pieces, type Random, seededRandom } from "../support/random.ts";
import {
  SOCKS_CONVERSATIONS,
  SOCKS_DECODERS,
  SOCKS_WORDS,
} from "../support/socks_conversations.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";

const RUNS = 3000;

/** Random bytes, bits in any order, or a valid conversation with a few things done to it. */
function anything(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return latin1(Uint8Array.from({ length: random.below(40) }, () => random.below(256)));
    case 1:
      return Array.from({ length: random.below(10) }, () => random.pick(SOCKS_WORDS)).join("");
    default: {
      let text = random.pick(SOCKS_CONVERSATIONS);
      for (let change = random.below(4); change > 0; change--) {
        const at = random.below(text.length + 1);
        const end = at + random.pick([0, 0, 1, 2, 10]);
        const byte = String.fromCharCode(random.below(256));
        text = text.slice(0, at) + random.pick([...SOCKS_WORDS, byte, byte, ""]) + text.slice(end);
      }
      return text;
    }
  }
}

interface Held {
  readonly outcome: unknown;
  readonly sent: string;
  /** How many bytes were taken. */
  readonly taken: number;
}

async function held(
  parts: readonly string[],
  run: (reader: BufferedReader, stream: ScriptedStream) => Promise<unknown>,
): Promise<Held> {
  const stream = new ScriptedStream(...parts);
  const reader = new BufferedReader(stream);
  const outcome = await outcomeOf(() => run(reader, stream));
  while (await reader.fill());
  const taken = parts.join("").length - reader.buffered.length;
  return { outcome, sent: stream.written, taken };
}

const serve = (reader: BufferedReader, stream: ScriptedStream) =>
  readHandshake(reader, stream, () => {});

const TARGET = { host: { kind: "name", name: "a.test" }, port: 443 } as const;
const KNOWN = { user: "user", password: "secret" };

const connect = (reader: BufferedReader, stream: ScriptedStream) =>
  requestConnect(reader, stream, TARGET, KNOWN);

const GREETING_MAX = 2 + 255;
const CREDENTIALS_MAX = 3 + 255 + 255;
const REQUEST_MAX = 7 + 255;

Deno.test("a message is decided by its first bytes, and what follows changes nothing", () => {
  const random = seededRandom(1);
  for (let run = 0; run < RUNS; run++) {
    const bytes = latin1Bytes(anything(random));
    for (const [decode, bytesMax] of SOCKS_DECODERS) {
      const whole = decode(bytes);
      const decided = Array.from({ length: bytes.length + 1 }, (_, end) => end)
        .find((end) => decode(bytes.subarray(0, end)).kind !== "more");
      if (decided === undefined) {
        assertEquals(whole, { kind: "more" });
        assert(bytes.length < bytesMax, `${decode.name} waits for more than a message has`);
        continue;
      }
      assert(decided <= bytesMax, `${decode.name} read ${decided} bytes`);
      assertEquals(decode(bytes.subarray(0, decided)), whole);
      if (whole.kind === "message") assertEquals(whole.length, decided);
    }
  }
});

Deno.test("a handshake throws nothing but ProtocolError, and takes no more than three messages", async () => {
  const random = seededRandom(2);
  let served = 0;
  for (let run = 0; run < RUNS; run++) {
    const { outcome, taken } = await held(pieces(random, anything(random)), serve);
    if (outcome !== null && typeof outcome === "object" && "request" in outcome) served += 1;
    assert(taken <= GREETING_MAX + CREDENTIALS_MAX + REQUEST_MAX);
  }
  assert(served > RUNS / 20, `the generator makes handshakes that are served: ${served}`);
});

Deno.test("a handshake takes the longest messages there are, and not a byte behind them", async () => {
  const methods = `${"\x01".repeat(254)}\x02`;
  const credentials = `\x01\xff${"u".repeat(255)}\xff${"p".repeat(255)}`;
  const request = `\x05\x01\x00\x03\xff${"x".repeat(255)}\x00\x50`;
  const all = `\x05\xff${methods}${credentials}${request}`;
  const { outcome, taken } = await held([`${all}${"\x05".repeat(5000)}`], serve);
  assertEquals(taken, GREETING_MAX + CREDENTIALS_MAX + REQUEST_MAX);
  assert(outcome !== null && typeof outcome === "object" && "request" in outcome);
});

Deno.test("a handshake goes the same however its bytes are cut", async () => {
  const random = seededRandom(3);
  for (let run = 0; run < RUNS; run++) {
    const text = anything(random);
    const whole = await held([text], serve);
    assertEquals(await held(pieces(random, text), serve), whole, JSON.stringify(text));
  }
});

Deno.test("a handshake that is refused has a reason without a byte of the client", async () => {
  const random = seededRandom(4);
  let refused = 0;
  for (let run = 0; run < RUNS; run++) {
    const { outcome } = await held([anything(random)], serve);
    if (outcome === null || typeof outcome !== "object" || !("why" in outcome)) continue;
    refused += 1;
    assert(/^[ -~]+$/.test(String(outcome.why)), String(outcome.why));
  }
  assert(refused > RUNS / 20, `the generator makes handshakes that are refused: ${refused}`);
});

Deno.test("a request to a server goes the same however the answers are cut, and takes three", async () => {
  const random = seededRandom(5);
  let connected = 0;
  for (let run = 0; run < RUNS; run++) {
    const text = anything(random);
    const whole = await held([text], connect);
    assertEquals(await held(pieces(random, text), connect), whole, JSON.stringify(text));
    assert(whole.taken <= 2 + 2 + REQUEST_MAX);
    const { outcome } = whole;
    if (outcome !== null && typeof outcome === "object" && "kind" in outcome) connected += 1;
  }
  assert(connected > RUNS / 50, `the generator makes answers that are some: ${connected}`);
});

Deno.test("a datagram decodes or is dropped, and its host is one or is refused", () => {
  const random = seededRandom(6);
  let decoded = 0;
  for (let run = 0; run < RUNS; run++) {
    const bytes = latin1Bytes(anything(random));
    const datagram = decodeDatagram(bytes);
    if (datagram.kind !== "datagram") continue;
    decoded += 1;
    const host = hostOf(datagram.address);
    if (host.kind === "name") assert(/^[0-9a-z._-]+$/.test(host.name), host.name);
    assert(datagram.port > 0 && datagram.port < 65536);
    const header = bytes.length - datagram.payload.length;
    assertEquals(latin1(bytes.subarray(header)), latin1(datagram.payload));
  }
  assert(decoded > RUNS / 20, `the generator makes datagrams: ${decoded}`);
});

Deno.test("a request that decodes is encoded as it was", () => {
  const random = seededRandom(7);
  let decoded = 0;
  for (let run = 0; run < RUNS; run++) {
    const text = anything(random);
    const bytes = latin1Bytes(text.slice(Math.max(0, text.lastIndexOf("\x05"))));
    const request = decodeRequest(bytes);
    if (request.kind !== "message") continue;
    decoded += 1;
    assertEquals(encodeRequest(request.message), bytes.slice(0, request.length));
  }
  assert(decoded > RUNS / 20, `the generator makes requests: ${decoded}`);
});
