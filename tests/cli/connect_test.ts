import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { parseIp } from "../../src/net/address/ip.ts";
import { ConnectError } from "../../src/net/errors.ts";
import type { Dialer } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { until } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { Wire } from "../support/wire.ts";
import { type FakeOptions, type FakeSurroundings, fakeSurroundings } from "./fake_surroundings.ts";

const NEVER = { read: () => new Promise<number | null>(() => {}) };

/** A call of `connect` whose proxy is a test's own. */
interface Call extends AsyncDisposable {
  readonly here: FakeSurroundings;
  /** The proxy's end of the connection. */
  readonly proxy: Wire;
  readonly code: Promise<number>;
  /** What was dialled, in order. */
  readonly dialled: readonly string[];
}

/** Calls it with flags, to `target.test 22` unless they say otherwise. */
function call(
  flags: readonly string[] = ["--proxy", "http://127.0.0.1:4000"],
  options: FakeOptions & { readonly target?: readonly string[]; readonly capacity?: number } = {},
): Call {
  const { target = ["target.test", "22"], capacity, ...rest } = options;
  const [ours, theirs] = streamPair(capacity);
  const dialled: string[] = [];
  const here = fakeSurroundings({
    stdin: NEVER,
    stdout: new ScriptedStream(),
    dial: (to: SocketAddress) => {
      dialled.push(formatSocketAddress(to));
      return Promise.resolve(ours);
    },
    ...rest,
  });
  const proxy = new Wire(theirs);
  const code = cli(["connect", ...flags, ...target], here);
  return { here, proxy, code, dialled, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}

Deno.test("connect asks the proxy for a tunnel, by name", async () => {
  await using called = call();
  assertEquals(
    await called.proxy.readHead(),
    "CONNECT target.test:22 HTTP/1.1\r\nHost: target.test:22\r\n\r\n",
  );
  assertEquals(called.dialled, ["127.0.0.1:4000"]);
  await called.proxy.send("HTTP/1.1 200 OK\r\n\r\n");
  await called.proxy.closeWrite();
  assertEquals(await called.code, 0);
  assertEquals(called.here.printed(), { out: "", err: "" });
  assertEquals(called.here.clock.sleeping, 0);
});

Deno.test("connect tells the proxy the user of its URL", async () => {
  await using called = call(["--proxy", "http://codex-net-attempt-7@127.0.0.1:4000"]);
  assertStringIncludes(
    await called.proxy.readHead(),
    `\r\nProxy-Authorization: Basic ${btoa("codex-net-attempt-7:")}\r\n`,
  );
  called.proxy.close();
  await called.code;
});

Deno.test("connect carries every byte both ways, those right behind the answer, too", async () => {
  const stdout = new ScriptedStream();
  const every = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  await using called = call(undefined, { stdin: new ScriptedStream(every), stdout });
  await called.proxy.readHead();
  await called.proxy.send(`HTTP/1.1 200 OK\r\n\r\n${every}`);
  assertEquals(await called.proxy.readAll(), every);
  // The end of standard input was passed on, and the other way goes on.
  await called.proxy.send("later");
  await called.proxy.closeWrite();
  assertEquals(await called.code, 0);
  assertEquals(stdout.written, `${every}later`);
});

Deno.test("connect ends when the peer ends, though standard input does not", async () => {
  await using called = call();
  await called.proxy.readHead();
  await called.proxy.send("HTTP/1.1 200 OK\r\n\r\n");
  await called.proxy.closeWrite();
  assertEquals(await called.code, 0);
  await called.proxy.readEnd();
});

Deno.test("connect ends when nobody reads its standard output any more", async () => {
  const stdout = new ScriptedStream();
  stdout.broken = new Deno.errors.BrokenPipe("Broken pipe");
  await using called = call(undefined, { stdout });
  await called.proxy.readHead();
  await called.proxy.send("HTTP/1.1 200 OK\r\n\r\nhello");
  assertEquals(await called.code, 0);
  await called.proxy.readEnd();
});

Deno.test("connect reads no more of its input than the proxy takes", async () => {
  let read = 0;
  const stdin = {
    read: (into: Uint8Array) => {
      read += into.length;
      return Promise.resolve(into.length);
    },
  };
  const capacity = 4096;
  const [ours, theirs] = streamPair(capacity);
  await using proxy = new Wire(theirs, { paused: true });
  await proxy.send("HTTP/1.1 200 OK\r\n\r\n");
  const here = fakeSurroundings({
    stdin,
    stdout: new ScriptedStream(),
    dial: () => Promise.resolve(ours),
  });
  const code = cli(["connect", "--proxy", "http://127.0.0.1:4000", "target.test", "22"], here);
  await until(() => read > capacity, "the pipe is full");
  const held = read;
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assertEquals(read, held);
  assertLess(read, 1024 * 1024);
  proxy.close();
  assertEquals(await code, 0);
});

const DENIED = "Doorward blocked this request: target.test: no allow rule names this host.";

/** Answers of a proxy, and what is said to people. */
const REFUSALS: readonly (readonly [string, string, string])[] = [
  [
    "sentences",
    text(`CODEX_NETWORK_POLICY_DECISION {"decision":"deny"}\n${DENIED}\n\nAsk.\n`),
    `doorward: ${DENIED}\ndoorward: Ask.\n`,
  ],
  [
    "sentences in chunks",
    "HTTP/1.1 403 No\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" +
    "3\r\nNo.\r\n2\r\n\nX\r\n0\r\n\r\n",
    "doorward: No.\ndoorward: X\n",
  ],
  [
    "sentences without a length",
    "HTTP/1.1 403 No\r\nContent-Type: text/plain\r\n\r\nNo.",
    "doorward: No.\n",
  ],
  [
    "sentences cut short",
    "HTTP/1.1 403 No\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\nNo.",
    "doorward: No.\n",
  ],
  [
    "escape sequences",
    text("\x1b[2Jgone\x07\n"),
    "doorward: \\u001b[2Jgone\\u0007\n",
  ],
  [
    "a page",
    "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi",
    "doorward: Cannot connect to target.test:22: the proxy answered 502 Bad Gateway\n",
  ],
  [
    "nothing",
    "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
    "doorward: Cannot connect to target.test:22: the proxy answered 407 Proxy Authentication Required\n",
  ],
  [
    "a text of empty lines",
    text("\n\r\n \n"),
    "doorward: Cannot connect to target.test:22: the proxy answered 403 Blocked\n",
  ],
  [
    "another way to go",
    "HTTP/1.1 302 Found\r\nLocation: http://x.test/\r\nContent-Length: 0\r\n\r\n",
    "doorward: Cannot connect to target.test:22: the proxy answered 302 Found\n",
  ],
];

for (const [what, answer, says] of REFUSALS) {
  Deno.test(`connect ends with 1 when the proxy refuses with ${what}`, async () => {
    await using called = call();
    await called.proxy.readHead();
    await called.proxy.send(answer);
    await called.proxy.closeWrite();
    assertEquals(await called.code, 1);
    assertEquals(called.here.printed(), { out: "", err: says });
    await called.proxy.readEnd();
  });
}

Deno.test("connect does not wait for the end of a connection that is kept open", async () => {
  await using called = call();
  await called.proxy.readHead();
  await called.proxy.send(text("No.\n"));
  assertEquals(await called.code, 1);
  assertEquals(called.here.printed().err, "doorward: No.\n");
});

Deno.test("connect reads and prints only so much of a refusal", async () => {
  await using called = call();
  await called.proxy.readHead();
  await called.proxy.send("HTTP/1.1 403 No\r\nContent-Type: text/plain\r\n\r\n");
  const line = `${"x".repeat(99)}\n`;
  await called.proxy.send(line.repeat(1000));
  assertEquals(await called.code, 1);
  assertEquals(called.here.printed().err, `doorward: ${line}`.repeat(20));

  await using long = call();
  await long.proxy.readHead();
  await long.proxy.send(text("x".repeat(10_000)));
  assertEquals(await long.code, 1);
  assertEquals(long.here.printed().err, `doorward: ${"x".repeat(8192)}\n`);
});

Deno.test("connect says when nobody is there, and what to do", async () => {
  const dial: Dialer = () =>
    Promise.reject(new ConnectError("connection_refused", "Cannot connect"));
  await using called = call(undefined, { dial });
  assertEquals(await called.code, 125);
  assertEquals(called.here.printed(), {
    out: "",
    err: "doorward: Cannot reach the proxy at 127.0.0.1:4000: it refused the connection\n" +
      "doorward: start one with doorward start, or name the one that runs: --proxy http://HOST:PORT\n",
  });
});

/** What is no answer of a proxy, and what is said about it. */
const BROKEN: readonly (readonly [string, string, string])[] = [
  ["speaks another protocol", "SSH-2.0-OpenSSH\r\n", "this is not HTTP"],
  ["hangs up", "", "the proxy closed the connection without an answer"],
  ["hangs up in its answer", "HTTP/1.1 200 O", "the connection ended in it"],
  ["has no end of its head", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`, "a head over 65536"],
];

for (const [what, answer, says] of BROKEN) {
  Deno.test(`connect ends with 125 when the proxy ${what}`, async () => {
    await using called = call();
    await called.proxy.readHead();
    await called.proxy.send(answer);
    await called.proxy.closeWrite();
    assertEquals(await called.code, 125);
    const { out, err } = called.here.printed();
    assertStringIncludes(err, "doorward: Cannot use 127.0.0.1:4000 as a proxy: ");
    assertStringIncludes(err, says);
    assertEquals(out, "");
  });
}

Deno.test("connect ends with 125 when the proxy resets the connection", async () => {
  const stream = new ScriptedStream(new Deno.errors.ConnectionReset("reset"));
  await using called = call(undefined, { dial: () => Promise.resolve(stream) });
  assertEquals(await called.code, 125);
  assertEquals(
    called.here.printed().err,
    "doorward: Cannot use 127.0.0.1:4000 as a proxy: the connection broke off\n",
  );
  assertEquals(stream.closed, true);
});

Deno.test("connect waits minutes for an answer: the proxy may be asking a person", async () => {
  await using called = call();
  await called.proxy.readHead();
  called.here.clock.advance(299_000);
  await called.proxy.send("HTTP/1.1 200 OK\r\n\r\n");
  await called.proxy.closeWrite();
  assertEquals(await called.code, 0);
});

Deno.test("connect does not wait for an answer for ever", async () => {
  await using called = call();
  await called.proxy.readHead();
  called.here.clock.advance(299_000);
  await called.proxy.send("HTTP/1.1 100 Continue\r\n\r\n");
  called.here.clock.advance(2_000);
  assertEquals(await called.code, 125);
  assertEquals(
    called.here.printed().err,
    "doorward: Cannot use 127.0.0.1:4000 as a proxy: it did not answer in time\n",
  );
});

Deno.test("connect gives a dial ten seconds", async () => {
  const dial: Dialer = (_, signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await using called = call(undefined, { dial });
  await until(() => called.here.clock.sleeping > 0, "it dials");
  called.here.clock.advance(10_000);
  assertEquals(await called.code, 125);
});

Deno.test("connect looks the proxy up and tries each of its addresses", async () => {
  const [ours, theirs] = streamPair();
  await using proxy = new Wire(theirs);
  const dialled: string[] = [];
  await using called = call(["--proxy", "http://proxy.test:1"], {
    resolve: (name) => Promise.resolve(name === "proxy.test" ? [ip("::1"), ip("127.0.0.1")] : []),
    dial: (to): Promise<ByteStream> => {
      dialled.push(formatSocketAddress(to));
      return to.ip.family === 4
        ? Promise.resolve(ours)
        : Promise.reject(new ConnectError("connection_refused", "Cannot connect"));
    },
  });
  await proxy.readHead();
  assertEquals(dialled, ["[::1]:1", "127.0.0.1:1"]);
  proxy.close();
  await called.code;
});

Deno.test("connect says when the name of the proxy has no address", async () => {
  await using called = call(["--proxy", "http://proxy.test:1"], {
    resolve: () => Promise.resolve([]),
  });
  assertEquals(await called.code, 125);
  assertStringIncludes(
    called.here.printed().err,
    "the proxy at proxy.test:1: its name cannot be resolved\n",
  );
});

const RUN = { DOORWARD_ACTIVE: "1" };
const NO_FILE = ["--config", "/nonexistent/config.toml"];

/** Flags and variables, and the proxy that they name. */
const CHOSEN: readonly (readonly [readonly string[], Record<string, string>, string])[] = [
  [[], {}, "127.0.0.1:3128"],
  [["-c", "network.proxy_url=http://127.0.0.1:99"], {}, "127.0.0.1:99"],
  // Where it listens on every address, a client of this machine goes to loopback.
  [
    [
      "-c",
      "network.proxy_url=http://[::]:99",
      "-c",
      "network.dangerously_allow_non_loopback_proxy=true",
    ],
    {},
    "[::1]:99",
  ],
  [[], { ...RUN, https_proxy: "http://127.0.0.1:5" }, "127.0.0.1:5"],
  [[], { ...RUN, HTTPS_PROXY: "http://127.0.0.1:6" }, "127.0.0.1:6"],
  [[], { ...RUN, https_proxy: "", HTTPS_PROXY: "http://127.0.0.1:6" }, "127.0.0.1:6"],
  [
    [],
    { ...RUN, https_proxy: "http://127.0.0.1:5", HTTPS_PROXY: "http://127.0.0.1:6" },
    "127.0.0.1:5",
  ],
  // Outside of `run` the variables name somebody else's proxy, as a rule.
  [[], { https_proxy: "http://127.0.0.1:5" }, "127.0.0.1:3128"],
  [[], RUN, "127.0.0.1:3128"],
  [["--proxy", "http://127.0.0.1:7"], { ...RUN, https_proxy: "http://127.0.0.1:5" }, "127.0.0.1:7"],
  // Who names the proxy needs no configuration.
  [["--proxy", "http://127.0.0.1:7", ...NO_FILE], {}, "127.0.0.1:7"],
  [NO_FILE, { ...RUN, https_proxy: "http://127.0.0.1:5" }, "127.0.0.1:5"],
];

for (const [flags, env, expected] of CHOSEN) {
  Deno.test(`connect ${flags.join(" ")} with ${JSON.stringify(env)} goes to ${expected}`, async () => {
    await using called = call(flags, { env });
    await called.proxy.readHead();
    assertEquals(called.dialled, [expected]);
    called.proxy.close();
    await called.code;
  });
}

Deno.test("connect does not guess a port that only the running proxy knows", async () => {
  await using called = call(["-c", "network.proxy_url=http://127.0.0.1:0"]);
  assertEquals(await called.code, 125);
  assertStringIncludes(called.here.printed().err, "doorward: Cannot find the proxy: ");
  assertEquals(called.dialled, []);
});

Deno.test("connect says which variable it cannot read, and keeps its password", async () => {
  await using called = call([], { env: { ...RUN, https_proxy: "https://me:secret@127.0.0.1:1" } });
  assertEquals(await called.code, 125);
  assertEquals(
    called.here.printed().err,
    "doorward: Cannot read https_proxy of this environment: only http:// proxies can be used here\n",
  );
});

/** Targets as they are written, and as the proxy is asked for them. */
const TARGETS: readonly (readonly [readonly string[], string])[] = [
  [["a.test", "22"], "a.test:22"],
  [["A.test.", "22"], "a.test:22"],
  [["a.test:2222"], "a.test:2222"],
  [["192.0.2.1", "22"], "192.0.2.1:22"],
  [["2001:db8::1", "22"], "[2001:db8::1]:22"],
  [["[2001:db8::1]", "22"], "[2001:db8::1]:22"],
  [["[2001:db8::1]:22"], "[2001:db8::1]:22"],
];

for (const [target, expected] of TARGETS) {
  Deno.test(`connect ${target.join(" ")} asks for ${expected}`, async () => {
    await using called = call(undefined, { target });
    assertEquals((await called.proxy.readHead()).split(" ")[1], expected);
    called.proxy.close();
    await called.code;
  });
}

/** An answer with text, as the proxy gives it. */
function text(body: string): string {
  return "HTTP/1.1 403 Blocked\r\nContent-Type: text/plain; charset=utf-8\r\n" +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}

function ip(text: string) {
  return parseIp(text)!;
}
