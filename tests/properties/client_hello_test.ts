import { assert, assertEquals } from "@std/assert";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { HELLO_BYTES_MAX, readFirstWords } from "../../src/tls/client_hello.ts";
import {
  bytes,
  EXTENSION,
  helloMessage,
  inRecords,
  record,
  recordsContent,
  serverName,
} from "../support/hello.ts";
import { type Random, seededRandom } from "../support/random.ts";

const RUNS = 20_000;

const NAMES = ["a.test", "b.test", "A.Test.", "", "\0", "127.0.0.1", "\xff".repeat(300)];

/** Bytes that mean something here or there. */
const BITS: readonly Uint8Array[] = [
  Uint8Array.of(0),
  Uint8Array.of(1),
  Uint8Array.of(22, 3, 1),
  Uint8Array.of(0xff, 0xff),
  Uint8Array.of(0, 0, 0, 5, 0, 3, 0, 0, 0),
  Uint8Array.of(0xfe, 0x0d, 0, 0),
  latin1Bytes("b.test"),
];

/** A hello that is right, as a message. */
function anyMessage(random: Random): Uint8Array {
  const names = Array.from({ length: random.below(3) }, () => random.pick(NAMES));
  const sessionId = new Uint8Array(random.pick([0, 32]));
  const extensions = random.pick([null, [], [], [[EXTENSION.esni, new Uint8Array(9)] as const]]);
  const long = extensions !== null && random.below(20) === 0 ? { padTo: 17_000 } : {};
  return helloMessage({ names, ech: random.below(2) === 0, sessionId, extensions, ...long });
}

/** A message in a few records, as its sender likes. */
function anyRecords(random: Random, message: Uint8Array): Uint8Array {
  const sizes = Array.from({ length: random.below(4) }, () => 1 + random.below(60));
  return inRecords(message, [...sizes, random.pick([2 ** 14, 2 ** 14, 600])]);
}

/** Some of the bytes changed, taken out or put between. */
function mutated(random: Random, whole: Uint8Array): Uint8Array {
  let changed = whole;
  for (let change = 1 + random.below(3); change > 0; change--) {
    const at = random.below(random.pick([12, 120, changed.length]) + 1);
    const end = at + random.pick([0, 1, 1, 1, 2, 10]);
    const piece = random.pick([...BITS, Uint8Array.of(random.below(256)), new Uint8Array()]);
    changed = bytes(changed.subarray(0, at), piece, changed.subarray(end));
  }
  return changed;
}

/** What a peer may send: noise, or nearly a hello; mutated inside its records, or with them. */
function anything(random: Random): Uint8Array {
  const noise = Uint8Array.from({ length: random.below(300) }, () => random.below(256));
  switch (random.below(6)) {
    case 0:
      return noise;
    case 1:
      return record(22, bytes(1, 0, 0, noise.length, noise));
    case 2:
      return mutated(random, anyRecords(random, anyMessage(random)));
    case 3: {
      const [type, body] = serverName(random.pick(NAMES), random.pick(NAMES));
      const names = [type, mutated(random, body)] as const;
      return anyRecords(random, helloMessage({ extensions: [names] }));
    }
    case 4:
      return anyRecords(random, mutated(random, anyMessage(random)));
    default:
      return anyRecords(random, anyMessage(random));
  }
}

Deno.test("first words never throw, and a name in them is in the bytes", () => {
  const random = seededRandom(1);
  const kinds = { hello: 0, more: 0, not_tls: 0 };
  for (let run = 0; run < RUNS; run++) {
    const first = anything(random);
    const words = readFirstWords(first);
    kinds[words.kind] += 1;
    if (words.kind !== "hello") continue;
    const sent = recordsContent(first);
    for (const name of words.names) assert(sent.includes(name), JSON.stringify({ run, name }));
  }
  for (const count of Object.values(kinds)) assert(count > RUNS / 20, JSON.stringify(kinds));
});

Deno.test("first words are told once: more bytes never change what was said", () => {
  const random = seededRandom(2);
  for (let run = 0; run < RUNS / 20; run++) {
    const first = anything(random);
    const steps = Math.max(1, Math.floor(first.length / 300));
    let told = readFirstWords(new Uint8Array());
    for (let end = 0; end <= first.length; end += steps) {
      const words = readFirstWords(first.subarray(0, end));
      if (told.kind !== "more") assertEquals(words, told, `run ${run}, ${end} bytes`);
      told = words;
    }
  }
});

Deno.test("first words that are right are read as they were meant, in whatever records", () => {
  const random = seededRandom(3);
  for (let run = 0; run < RUNS / 4; run++) {
    const message = anyMessage(random);
    const first = anyRecords(random, message);
    const words = readFirstWords(first);
    assertEquals(words.kind, "hello", `run ${run}`);
    assertEquals(words, readFirstWords(inRecords(message)), `run ${run}`);
    assertEquals(readFirstWords(bytes(first, anything(random))), words, `run ${run}`);
    assertEquals(readFirstWords(first.subarray(0, random.below(first.length))).kind, "more");
  }
});

Deno.test("first words are told before they are longer than they may be", () => {
  const random = seededRandom(4);
  const rest = new Uint8Array(2 * HELLO_BYTES_MAX).fill(22);
  for (let run = 0; run < RUNS / 20; run++) {
    const endless = bytes(anything(random), rest);
    assert(readFirstWords(endless).kind !== "more", `run ${run}`);
  }
});
