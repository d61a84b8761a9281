import { assertEquals } from "@std/assert";
import { BufferedReader } from "../../src/net/stream/buffered_reader.ts";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { pieces, type Random, seededRandom } from "../support/random.ts";

const RUNS = 400;

/** A stream whose reads are answered one at a time, when the test says so. */
class SlowStream implements Pick<ByteStream, "read"> {
  readonly #pieces: string[];
  #answer: (() => void) | null = null;

  constructor(pieces: readonly string[]) {
    this.#pieces = [...pieces];
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.#answer !== null) {
      throw new Error("Two reads are under way: bytes would change places");
    }
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.#answer = () => {
      this.#answer = null;
      const piece = this.#pieces.shift();
      if (piece === undefined) return resolve(null);
      const taken = piece.slice(0, into.length);
      if (taken.length < piece.length) this.#pieces.unshift(piece.slice(taken.length));
      into.set(latin1Bytes(taken));
      resolve(taken.length);
    };
    return promise;
  }

  /** Answers the read under way, if there is one. */
  bring(): void {
    this.#answer?.();
  }
}

/** Reads everything, while somebody else looks ahead at random and some of it is put back. */
async function readAll(source: string, random: Random): Promise<string> {
  const stream = new SlowStream(pieces(random, source));
  const reader = new BufferedReader(stream as unknown as ByteStream);
  let taken = "";
  for (let idle = 0; idle < 50;) {
    const before = taken.length;
    switch (random.below(4)) {
      case 0:
        // Looks ahead, as who waits for a person does; nobody waits for it.
        reader.fill();
        break;
      case 1: {
        const count = random.below(reader.buffered.length + 1);
        taken += latin1(reader.buffered.subarray(0, count));
        reader.consume(count);
        break;
      }
      case 2: {
        const into = new Uint8Array(1 + random.below(40));
        const count = await answered(reader.read(into), stream);
        if (count === null) break;
        const back = random.below(count + 1);
        taken += latin1(into.subarray(0, count - back));
        if (back > 0) reader.unread(into.slice(count - back, count));
        break;
      }
      case 3:
        stream.bring();
        await Promise.resolve();
        await Promise.resolve();
    }
    idle = taken.length === before ? idle + 1 : 0;
  }
  return taken + latin1(reader.buffered);
}

/** The answer of a read, for which the stream brings something only if it has to. */
async function answered<T>(reading: Promise<T>, stream: SlowStream): Promise<T> {
  let isDone = false;
  const done = reading.finally(() => {
    isDone = true;
  });
  for (let turn = 0; !isDone; turn++) {
    if (turn > 8) stream.bring();
    await Promise.resolve();
  }
  return await done;
}

Deno.test("a reader hands out every byte once and in order, whoever looks ahead meanwhile", async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = seededRandom(seed);
    const source = random.text("abcdefghijklmnopqrstuvwxyz", random.pick([10, 300, 6000]));
    assertEquals(await readAll(source, random), source, `seed ${seed}`);
  }
});
