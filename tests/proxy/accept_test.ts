import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Accepted, TcpListener } from "../../src/net/tcp_listener.ts";
import { acceptLoop } from "../../src/proxy/accept.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { turn } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { ip } from "../support/policy.ts";

/** A listener that does one step a call, and is closed after the last. */
function listenerOf(...steps: readonly (Accepted | Error)[]): TcpListener {
  const left = [...steps];
  return {
    address: { ip: ip("127.0.0.1"), port: 3128 },
    accept(): Promise<Accepted | null> {
      const step = left.shift() ?? null;
      return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
    },
    close: () => {},
  };
}

function clientOf(port: number): Accepted {
  return {
    stream: streamPair()[0],
    peer: { ip: ip("127.0.0.1"), port },
    local: { ip: ip("127.0.0.1"), port: 3128 },
  };
}

/** Runs a loop, a back-off for each step, and tells what came of it. */
function run(
  ...steps: readonly (Accepted | Error)[]
): Promise<{ welcomed: string[]; told: string[] }> {
  return runSlowly(50, ...steps);
}

/** The same with so many milliseconds for each step. */
async function runSlowly(
  stepMs: number,
  ...steps: readonly (Accepted | Error)[]
): Promise<{ welcomed: string[]; told: string[] }> {
  const clock = new FakeClock();
  const welcomed: string[] = [];
  const told: string[] = [];
  const ended = acceptLoop({
    listener: listenerOf(...steps),
    clock,
    signal: new AbortController().signal,
    welcome: ({ peer }) => welcomed.push(formatSocketAddress(peer)),
    diagnose: (line) => told.push(line),
  });
  for (const _ of steps) {
    await turn();
    clock.advance(stepMs);
  }
  await ended;
  return { welcomed, told };
}

const EMFILE = new Error("Too many open files (os error 24)");

Deno.test("acceptLoop() welcomes each client and ends with the listener", async () => {
  const { welcomed, told } = await run(clientOf(1), clientOf(2));
  assertEquals(welcomed, ["127.0.0.1:1", "127.0.0.1:2"]);
  assertEquals(told, []);
});

Deno.test("acceptLoop() outlives a failure to accept", async () => {
  const { welcomed, told } = await run(EMFILE, clientOf(1));
  assertEquals(welcomed, ["127.0.0.1:1"]);
  assertStringIncludes(told.join(), "Too many open files");
});

Deno.test("acceptLoop() tells of a row of failures once, and of the next row again", async () => {
  const { told } = await runSlowly(20_000, EMFILE, EMFILE, EMFILE, clientOf(1), EMFILE, EMFILE);
  assertEquals(told.length, 2);
});

Deno.test("acceptLoop() tells of one row however long it is", async () => {
  const { told } = await runSlowly(20_000, ...Array(10).fill(EMFILE), clientOf(1));
  assertEquals(told.length, 1);
});

// Descriptors that are short come back one by one: each lets a client in, and the next fails.
Deno.test("acceptLoop() tells of rows that follow each other within a minute once", async () => {
  const flapping = Array.from({ length: 20 }, (_, port) => [EMFILE, clientOf(port + 1)]).flat();
  const { welcomed, told } = await run(...flapping);
  assertEquals([welcomed.length, told.length], [20, 1]);
});

Deno.test("acceptLoop() waits before it tries again", async () => {
  const clock = new FakeClock();
  let welcomed = 0;
  const stop = new AbortController();
  const ended = acceptLoop({
    listener: listenerOf(EMFILE, clientOf(1)),
    clock,
    signal: stop.signal,
    welcome: () => welcomed++,
    diagnose: () => {},
  });
  await turn();
  clock.advance(49);
  await turn();
  assertEquals(welcomed, 0);
  clock.advance(1);
  await ended;
  assertEquals(welcomed, 1);
});

Deno.test("acceptLoop() ends while it waits, once it is told to", async () => {
  const stop = new AbortController();
  const ended = acceptLoop({
    listener: listenerOf(EMFILE, clientOf(1)),
    clock: new FakeClock(),
    signal: stop.signal,
    welcome: () => {
      throw new Error("The listener is closed");
    },
    diagnose: () => {},
  });
  await turn();
  stop.abort();
  await ended;
});
