import { assertEquals } from "@std/assert";
import { Duplex } from "node:stream";
import { withoutGoaway } from "../../../src/http/http2/without_goaway.ts";

const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const SETTINGS = frame(4, []);
const HEADERS = frame(1, [1, 2, 3, 4, 5]);
const EMPTY_DATA = frame(0, []);
/** The reserved bit is set; the code and the words behind it are for whoever debugs. */
const GOAWAY = frame(7, [0x80, 0, 1, 5, 0, 0, 0, 0, 104, 105]);

Deno.test("withoutGoaway() passes on every frame but GOAWAY, however they are cut", async () => {
  const sent = [PREFACE, SETTINGS, GOAWAY, HEADERS, GOAWAY, GOAWAY, EMPTY_DATA, HEADERS];
  const kept = [PREFACE, SETTINGS, HEADERS, EMPTY_DATA, HEADERS];
  for (let size = 1; size <= 60; size++) {
    const { passed, told } = await through("client", joined(sent), size);
    assertEquals([size, passed], [size, [...joined(kept)]]);
    assertEquals([size, told], [size, [261, 261, 261]]);
  }
});

Deno.test("withoutGoaway() expects no preface of a server", async () => {
  const { passed, told } = await through("server", joined([SETTINGS, GOAWAY, HEADERS]), 1000);
  assertEquals(passed, [...SETTINGS, ...HEADERS]);
  assertEquals(told, [261]);
});

Deno.test("withoutGoaway() takes a GOAWAY without a stream for one that has taken none", async () => {
  const { passed, told } = await through("server", joined([frame(7, []), HEADERS]), 1000);
  assertEquals(passed, [...HEADERS]);
  assertEquals(told, [0]);
});

Deno.test("withoutGoaway() leaves what is written alone, and closes what it was made of", async () => {
  const written: number[] = [];
  const native = new Duplex({
    read() {},
    write(bytes: Uint8Array, _encoding, done) {
      written.push(...bytes);
      done();
    },
  });
  const frames = withoutGoaway(native, { peer: "server", goaway: () => {} }, Duplex);
  frames.write(GOAWAY);
  frames.destroy();
  await new Promise((resolve) => native.once("close", resolve));
  assertEquals(written, [...GOAWAY]);
});

Deno.test("withoutGoaway() reads no further than it is read", async () => {
  let reads = 0;
  const native = new Duplex({
    read() {
      reads += 1;
      this.push(frame(0, Array(16_000).fill(0)));
    },
  });
  const frames = withoutGoaway(native, { peer: "server", goaway: () => {} }, Duplex);
  frames.once("readable", () => {});
  await new Promise((resolve) => native.once("pause", resolve));
  const before = reads;
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals([reads - before < 10, reads > 0], [true, true]);
  frames.destroy();
});

interface Passed {
  readonly passed: readonly number[];
  readonly told: readonly number[];
}

/** Sends bytes in pieces of a size. */
async function through(
  peer: "client" | "server",
  bytes: Uint8Array,
  size: number,
): Promise<Passed> {
  const native = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
  const told: number[] = [];
  const frames = withoutGoaway(native, { peer, goaway: (last) => told.push(last) }, Duplex);
  const passed: number[] = [];
  frames.on("data", (piece: Uint8Array) => passed.push(...piece));
  for (let at = 0; at < bytes.length; at += size) native.push(bytes.slice(at, at + size));
  native.push(null);
  await new Promise((resolve) => frames.once("end", resolve));
  return { passed, told };
}

/** A frame of a type, on stream 1 (RFC 9113 section 4.1). */
function frame(type: number, payload: readonly number[]): Uint8Array {
  const { length } = payload;
  return Uint8Array.from([
    length >> 16,
    length >> 8 & 255,
    length & 255,
    type,
    0,
    0,
    0,
    0,
    1,
    ...payload,
  ]);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}
