import type { Duplex } from "node:stream";
import { withoutGoaway } from "../../../src/http/http2/without_goaway.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { pieces, type Random } from "../../support/random.ts";
import { expectSame } from "../expect.ts";
import { chanceOf, type FuzzTarget } from "../target.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const GOAWAY = 7;

/** `withoutGoaway`: frames of HTTP/2 pass as they came, in whatever pieces, but for one sort. */
export const GOAWAY_FRAMES: FuzzTarget = {
  name: "goaway",
  kind: "bytes",
  words: [
    ...[
      PREFACE,
      "\0\0\0",
      "\0\0\x08\x07\0\0\0\0\0",
      "\0\0\0\x07\0\0\0\0\0",
      "\0\0\x08",
      "\xff\xff\xff",
    ],
    ...[
      "\0\0\0\x04\0\0\0\0\0",
      "\0\0\x05\x01\x04\0\0\0\x01hello",
      "\x07",
      "\x80\0\0\x01",
      "\0\0\0\x05",
    ],
  ],
  any(random) {
    let frames = random.below(2) === 0 ? PREFACE : "";
    for (let left = random.below(6); left > 0; left--) frames += anyFrame(random);
    return frames;
  },
  check(input) {
    for (const peer of ["client", "server"] as const) {
      const expected = frameByFrame(input, peer === "client" ? PREFACE.length : 0);
      expectSame(filtered([input], peer), expected, `${peer}, in one piece`);
      expectSame(filtered(pieces(chanceOf(input), input), peer), expected, `${peer}, in pieces`);
    }
  },
};

interface Passed {
  readonly passed: string;
  readonly told: readonly number[];
}

/** The frames as the runtime would see them: read at once, and not as a stream. */
function filtered(parts: readonly string[], peer: "client" | "server"): Passed {
  let passed = "";
  const told: number[] = [];
  let send: (bytes: Uint8Array) => void = () => {};
  const native = {
    on: (name: string, listener: (bytes: Uint8Array) => void) => {
      if (name === "data") send = listener;
    },
  };
  class Made {
    push(piece: Uint8Array): boolean {
      passed += latin1(piece);
      return true;
    }
  }
  withoutGoaway(
    native as unknown as Duplex,
    { peer, goaway: (last) => told.push(last) },
    Made as unknown as typeof Duplex,
  );
  for (const part of parts) send(latin1Bytes(part));
  return { passed, told };
}

/** The same of all of it at once, by somebody else. A header that is not all there is kept back. */
function frameByFrame(input: string, preface: number): Passed {
  let passed = input.slice(0, preface);
  const told: number[] = [];
  for (let at = preface; at + 9 <= input.length;) {
    const length = number(input.slice(at, at + 3));
    const end = at + 9 + length;
    if (input.charCodeAt(at + 3) !== GOAWAY) passed += input.slice(at, end);
    else if (end <= input.length) {
      told.push(number(input.slice(at + 9, Math.min(end, at + 13))) % 2 ** 31);
    }
    at = end;
  }
  return { passed, told };
}

function number(bytes: string): number {
  let value = 0;
  for (let at = 0; at < bytes.length; at++) value = value * 256 + bytes.charCodeAt(at);
  return value;
}

function anyFrame(random: Random): string {
  const payload = random.text("\0\x01\x07\x80\xffab", 20);
  const type = String.fromCharCode(random.pick([0, 1, 4, GOAWAY, GOAWAY]));
  return `\0\0${String.fromCharCode(payload.length)}${type}\0\0\0\0\x01${payload}`;
}
