import { assertEquals, assertRejects } from "@std/assert";
import { formatSocketAddress, type SocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError } from "../../src/net/errors.ts";
import type { Dialer } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { authorize, type Grant } from "../../src/proxy/authorize.ts";
import { connect, type ConnectParts } from "../../src/proxy/connect.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import type { UpstreamProxy } from "../../src/proxy/upstream/upstream_proxy.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { turn } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { connectTo, ip, policyOf } from "../support/policy.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { upstreamProxy } from "../support/upstream.ts";

const NEVER = new AbortController().signal;

/** A grant of public addresses, by their last number. */
async function grantOf(...last: readonly number[]): Promise<Grant> {
  return await grant(last, null);
}

async function grant(last: readonly number[], via: UpstreamProxy | null): Promise<Grant> {
  const resolve = () => Promise.resolve(last.map((number) => ip(`93.184.216.${number}`)));
  const outcome = await authorize(connectTo("a.test:80"), policyOf({ allow: ["a.test"] }), {
    resolve,
    upstream: { choose: () => via, resolve },
    isOwn: () => false,
    dnsAddresses: 16,
  }, NEVER);
  if (outcome.verdict !== "allow") throw new Error("This grant is needed");
  return outcome;
}

/** What connecting takes, where nothing goes through a proxy unless `changes` say so. */
function parts(
  dial: Dialer,
  clock: FakeClock,
  changes: Partial<ConnectParts> = {},
): ConnectParts {
  return {
    dial,
    clock,
    resolve: () => Promise.reject(new Error("This test looks nothing up")),
    startTls: () => Promise.reject(new Error("This test speaks no TLS")),
    secureServer: () => Promise.reject(new Error("This test speaks no TLS")),
    protocols: undefined,
    isOwn: () => false,
    via: [],
    limits: DEFAULT_LIMITS,
    ...changes,
  };
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
  const connecting = connect(await grantOf(1), parts(attempts.dial, new FakeClock()), NEVER);
  await attempts.succeed(1);
  assertEquals(formatSocketAddress((await connecting).address!), nameOf(1));
});

Deno.test("connect() takes a grant without addresses for a bug", async () => {
  const grant = await grantOf();
  await assertRejects(
    () => connect(grant, parts(new Attempts().dial, new FakeClock()), NEVER),
    RangeError,
  );
});

Deno.test("connect() tries the next address after 250 ms, and closes the one that comes late", async () => {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const connecting = connect(await grantOf(1, 2), parts(attempts.dial, clock), NEVER);
  clock.advance(249);
  await turn();
  assertEquals(attempts.dialled, [nameOf(1)]);
  clock.advance(1);
  await turn();
  assertEquals(attempts.dialled, [nameOf(1), nameOf(2)]);
  // Both answer at once: the runtime cannot take a connection back that it has made.
  const second = attempts.succeed(2);
  const first = attempts.succeed(1);
  assertEquals(formatSocketAddress((await connecting).address!), nameOf(2));
  await Promise.all([first, second]);
  assertEquals(attempts.closed, [nameOf(1)]);
  assertEquals(clock.sleeping, 0);
});

Deno.test("connect() aborts the attempts that lost", async () => {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const connecting = connect(await grantOf(1, 2), parts(attempts.dial, clock), NEVER);
  clock.advance(250);
  await turn();
  await attempts.succeed(2);
  await connecting;
  assertEquals(attempts.aborted.includes(nameOf(1)), true);
});

Deno.test("connect() tries the next address at once when one fails", async () => {
  const attempts = new Attempts();
  const connecting = connect(await grantOf(1, 2, 3), parts(attempts.dial, new FakeClock()), NEVER);
  await attempts.fail(1);
  await attempts.fail(2);
  await attempts.succeed(3);
  assertEquals(formatSocketAddress((await connecting).address!), nameOf(3));
  assertEquals(attempts.dialled, [nameOf(1), nameOf(2), nameOf(3)]);
});

Deno.test("connect() rejects with the last failure once all have failed", async () => {
  const attempts = new Attempts();
  const connecting = connect(await grantOf(1, 2), parts(attempts.dial, new FakeClock()), NEVER);
  const failed = assertRejects(() => connecting, ConnectError, nameOf(2));
  await attempts.fail(1);
  await attempts.fail(2);
  await failed;
});

Deno.test("connect() stops dialling when it is told to, and keeps nothing", async () => {
  const attempts = new Attempts();
  const clock = new FakeClock();
  const stop = new AbortController();
  const connecting = connect(await grantOf(1, 2, 3), parts(attempts.dial, clock), stop.signal);
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
  const connected = connect(await grantOf(1, 2, 3, 4, 5), parts(attempts.dial, clock), NEVER);
  await turn();
  await attempts.fail(1);
  await attempts.fail(2);
  clock.advance(250);
  await turn();
  assertEquals(attempts.dialled.length, 4);
  await attempts.succeed(4);
  await connected;
});

/** Connects through a proxy that opens every tunnel; resolves to what was looked up and dialled. */
async function through(
  url: string,
  changes: Partial<ConnectParts> = {},
): Promise<{ lookups: string[]; dialled: string[]; stream: ScriptedStream }> {
  const lookups: string[] = [];
  const dialled: string[] = [];
  const stream = new ScriptedStream("HTTP/1.1 200 OK\r\n\r\n");
  const dial: Dialer = (to) => {
    dialled.push(formatSocketAddress(to));
    return Promise.resolve(stream);
  };
  const resolve: ConnectParts["resolve"] = (name) => {
    lookups.push(name);
    return Promise.resolve([ip("10.9.8.7")]);
  };
  const granted = await grant([1, 2], upstreamProxy(url));
  const made = parts(dial, new FakeClock(), { resolve, ...changes });
  const { address } = await connect(granted, made, NEVER);
  assertEquals(address, null);
  return { lookups, dialled, stream };
}

Deno.test("connect() through a proxy dials the proxy and nothing else", async () => {
  const named = await through("http://proxy.test:3128");
  assertEquals([named.lookups, named.dialled], [["proxy.test"], ["10.9.8.7:3128"]]);
  assertEquals(named.stream.written.split("\r\n")[0], "CONNECT a.test:80 HTTP/1.1");
  const literal = await through("http://10.1.1.1:3128");
  assertEquals([literal.lookups, literal.dialled], [[], ["10.1.1.1:3128"]]);
});

Deno.test("connect() never goes through a proxy that is ourselves, by any of its addresses", async () => {
  const isOwn: ConnectParts["isOwn"] = (address) =>
    formatSocketAddress(address) === "127.0.0.1:3128";
  const resolve = () => Promise.resolve([ip("10.9.8.7"), ip("127.0.0.1")]);
  for (const url of ["http://127.0.0.1:3128", "socks5://proxy.test:3128"]) {
    const dial = () => Promise.reject(new Error("It must not be dialled"));
    const error = await assertRejects(
      async () => {
        const granted = await grant([1], upstreamProxy(url));
        await connect(granted, parts(dial, new FakeClock(), { isOwn, resolve }), NEVER);
      },
      ConnectError,
    );
    assertEquals(error.code, "upstream_proxy_failed");
    assertEquals(error.detail, "upstream proxy of HTTPS_PROXY: it is Doorward itself");
  }
});

Deno.test("connect() tells that it is the proxy that cannot be reached", async () => {
  const table = [
    ["dns_failure", "upstream_proxy_failed", "its name cannot be resolved"],
    ["dns_timeout", "connection_timeout", "its name was not resolved in time"],
    ["connection_refused", "upstream_proxy_failed", "it refused the connection"],
  ] as const;
  for (const [fault, code, why] of table) {
    const fail = () => Promise.reject(new ConnectError(fault, "Cannot"));
    const changes = fault.startsWith("dns") ? { resolve: fail } : { dial: fail };
    const error = await assertRejects(() => through("http://proxy.test", changes), ConnectError);
    assertEquals([error.code, error.detail], [code, `upstream proxy of HTTPS_PROXY: ${why}`]);
  }
});

Deno.test("connect() tries each address of a proxy, up to the limit of a look-up", async () => {
  const dialled: string[] = [];
  const dial: Dialer = (to) => {
    dialled.push(formatSocketAddress(to));
    return Promise.reject(new ConnectError("connection_refused", "Cannot"));
  };
  const resolve = () => Promise.resolve([1, 2, 3, 4].map((last) => ip(`10.0.0.${last}`)));
  const limits = { ...DEFAULT_LIMITS, dnsAddresses: 3 };
  await assertRejects(() => through("http://proxy.test", { dial, resolve, limits }), ConnectError);
  assertEquals(dialled, ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"]);
});
