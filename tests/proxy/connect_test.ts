import { assertEquals, assertRejects } from "@std/assert";
import { formatSocketAddress, type SocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError } from "../../src/net/errors.ts";
import type { Dialer } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { authorize, type Grant } from "../../src/proxy/authorize.ts";
import { connect } from "../../src/proxy/connect.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { turn } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { connectTo, ip, policyOf } from "../support/policy.ts";

const NEVER = new AbortController().signal;

/** Three public addresses, by their last number. */
async function grantOf(...last: readonly number[]): Promise<Grant> {
  const outcome = await authorize(connectTo("a.test:80"), policyOf({ allow: ["a.test"] }), {
    resolve: () => Promise.resolve(last.map((number) => ip(`93.184.216.${number}`))),
    isOwn: () => false,
    dnsAddresses: 16,
  }, NEVER);
  if (outcome.verdict !== "allow") throw new Error("This grant is needed");
  return outcome;
}

/** A dialer whose attempts a test decides, one by one. */
class Attempts {
  readonly dialled: string[] = [];
  readonly closed: string[] = [];
  readonly aborted: string[] = [];
  readonly #pending = new Map<string, PromiseWithResolvers<ByteStream>>();

  readonly dial: Dialer = (to: SocketAddress, signal: AbortSignal) => {
    const name = formatSocketAddress(to);
    this.dialled.push(name);
    const pending = Promise.withResolvers<ByteStream>();
    this.#pending.set(name, pending);
    signal.addEventListener("abort", () => {
      this.aborted.push(name);
      pending.reject(signal.reason);
    });
    return pending.promise;
  };

  async succeed(last: number): Promise<void> {
    const name = nameOf(last);
    const [stream] = streamPair();
    const noting = { ...stream, close: () => void this.closed.push(name) };
    this.#pending.get(name)!.resolve(noting);
    await turn();
  }

  async fail(last: number): Promise<void> {
    const error = new ConnectError("connection_refused", nameOf(last));
    this.#pending.get(nameOf(last))!.reject(error);
    await turn();
  }
}

function nameOf(last: number): string {
  return `93.184.216.${last}:80`;
}

Deno.test("connect() returns the address beside the stream", async () => {
  const attempts = new Attempts();
  const connecting = connect(await grantOf(1), attempts.dial, new FakeClock(), NEVER);
  await attempts.succeed(1);
  assertEquals(formatSocketAddress((await connecting).address), nameOf(1));
});

Deno.test("connect() takes a grant without addresses for a bug", async () => {
  const grant = await grantOf();
  await assertRejects(
    () => connect(grant, new Attempts().dial, new FakeClock(), NEVER),
    RangeError,
  );
});

Deno.test("connect() tries the next address after 250 ms, and closes the one that comes late", async () => {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const connecting = connect(await grantOf(1, 2), attempts.dial, clock, NEVER);
  clock.advance(249);
  await turn();
  assertEquals(attempts.dialled, [nameOf(1)]);
  clock.advance(1);
  await turn();
  assertEquals(attempts.dialled, [nameOf(1), nameOf(2)]);
  // Both answer at once: the runtime cannot take a connection back that it has made.
  const second = attempts.succeed(2);
  const first = attempts.succeed(1);
  assertEquals(formatSocketAddress((await connecting).address), nameOf(2));
  await Promise.all([first, second]);
  assertEquals(attempts.closed, [nameOf(1)]);
  assertEquals(clock.sleeping, 0);
});

Deno.test("connect() aborts the attempts that lost", async () => {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const connecting = connect(await grantOf(1, 2), attempts.dial, clock, NEVER);
  clock.advance(250);
  await turn();
  await attempts.succeed(2);
  await connecting;
  assertEquals(attempts.aborted.includes(nameOf(1)), true);
});

Deno.test("connect() tries the next address at once when one fails", async () => {
  const attempts = new Attempts();
  const connecting = connect(await grantOf(1, 2, 3), attempts.dial, new FakeClock(), NEVER);
  await attempts.fail(1);
  await attempts.fail(2);
  await attempts.succeed(3);
  assertEquals(formatSocketAddress((await connecting).address), nameOf(3));
  assertEquals(attempts.dialled, [nameOf(1), nameOf(2), nameOf(3)]);
});

Deno.test("connect() rejects with the last failure once all have failed", async () => {
  const attempts = new Attempts();
  const connecting = connect(await grantOf(1, 2), attempts.dial, new FakeClock(), NEVER);
  const failed = assertRejects(() => connecting, ConnectError, nameOf(2));
  await attempts.fail(1);
  await attempts.fail(2);
  await failed;
});

Deno.test("connect() stops dialling when it is told to, and keeps nothing", async () => {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const stop = new AbortController();
  const connecting = connect(await grantOf(1, 2, 3), attempts.dial, clock, stop.signal);
  const failed = assertRejects(() => connecting);
  stop.abort(new ConnectError("connection_timeout", "late"));
  await failed;
  clock.advance(1000);
  await turn();
  assertEquals(attempts.dialled, [nameOf(1)]);
  assertEquals(attempts.aborted, [nameOf(1)]);
});

Deno.test("connect() gives each address its head start, also after others have failed at once", async () => {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const connected = connect(await grantOf(1, 2, 3, 4, 5), attempts.dial, clock, NEVER);
  await turn();
  await attempts.fail(1);
  await attempts.fail(2);
  clock.advance(250);
  await turn();
  assertEquals(attempts.dialled.length, 4);
  await attempts.succeed(4);
  await connected;
});
