import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { type FirstWords, HELLO_BYTES_MAX, readFirstWords } from "../../src/tls/client_hello.ts";
import { startBrowser, testBrowser } from "../support/browser.ts";
import { testClient } from "../support/client_world.ts";
import {
  bytes,
  clientHello,
  EXTENSION,
  type Extension,
  extensionBlock,
  handshake,
  helloMessage,
  type HelloOptions,
  helloStart,
  inRecords,
  record,
  serverName,
  vector,
} from "../support/hello.ts";
import { inTime } from "../support/in_time.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";

const NOTHING = new Uint8Array();

/** The answer to a hello with these names, which hides none. */
function hello(...names: readonly string[]): FirstWords {
  return { kind: "hello", names, hiding: null };
}

/** Why these are not the first bytes of a TLS client. */
function whyNot(first: Uint8Array): string {
  const words = readFirstWords(first);
  assertEquals(words.kind, "not_tls");
  return words.kind === "not_tls" ? words.why : "";
}

/** A hello that ends with these extensions, in records. */
function helloWith(...extensions: readonly Extension[]): Uint8Array {
  return clientHello({ extensions });
}

/** A hello with these bytes where the extensions are, or anything instead of them. */
function helloEnding(...end: readonly (number | Uint8Array)[]): Uint8Array {
  return inRecords(handshake(1, bytes(helloStart(), ...end)));
}

/** Fails unless each beginning of `first` asks for more, and only the whole says what it is. */
function assertWholeOnly(first: Uint8Array, step = 1): void {
  for (let end = 0; end < first.length; end += step) {
    assertEquals(readFirstWords(first.subarray(0, end)), { kind: "more" }, `${end} bytes`);
  }
  assertEquals(readFirstWords(first).kind, "hello");
}

// What is read out of a hello.

const NAMES: readonly (readonly [what: string, names: readonly string[]])[] = [
  ["one name", ["a.test"]],
  ["no name where there is no such extension", []],
  ["two names", ["a.test", "b.test"]],
  ["an empty name", [""]],
  ["a name in upper case, as sent", ["A.Test"]],
  ["a name with a dot at its end, as sent", ["a.test."]],
  ["a name with a NUL, as sent", ["a.test\0.b.test"]],
  ["an address, as sent", ["127.0.0.1"]],
  ["a name with a byte above ASCII, a character", ["\xe4\x80.test"]],
  ["a name longer than any host", ["a".repeat(10_000)]],
];

for (const [what, names] of NAMES) {
  Deno.test(`readFirstWords() reads ${what}`, () => {
    assertEquals(readFirstWords(clientHello({ names })), hello(...names));
  });
}

Deno.test("readFirstWords() finds the names wherever their extension stands", () => {
  const alpn: Extension = [EXTENSION.alpn, vector(2, vector(1, latin1Bytes("h2")))];
  assertEquals(
    readFirstWords(helloWith(alpn, serverName("a.test"), [65, NOTHING])),
    hello("a.test"),
  );
});

Deno.test("readFirstWords() passes over a name of another type than host names", () => {
  const entries = bytes(9, vector(2, latin1Bytes("b.test")), 0, vector(2, latin1Bytes("a.test")));
  assertEquals(readFirstWords(helloWith([0, vector(2, entries)])), hello("a.test"));
});

Deno.test("readFirstWords() reads a hello without extensions, as TLS 1.0 has them", () => {
  assertEquals(readFirstWords(clientHello({ extensions: null })), hello());
  assertEquals(readFirstWords(helloEnding(0, 0)), hello());
});

Deno.test("readFirstWords() reads a hello with no session and with the most of everything", () => {
  const ciphers = Array.from({ length: 1000 }, (_, index) => index);
  for (const sessionId of [NOTHING, new Uint8Array(32)]) {
    const first = clientHello({ names: ["a.test"], sessionId, ciphers });
    assertEquals(readFirstWords(first), hello("a.test"));
  }
});

Deno.test("readFirstWords() says what may hide a name: ECH, or ESNI", () => {
  const names = ["a.test"];
  const esni: Extension = [EXTENSION.esni, new Uint8Array(100)];
  const hiding = (options: HelloOptions) => readFirstWords(clientHello({ names, ...options }));
  assertEquals(hiding({ ech: true }), { kind: "hello", names, hiding: "ech" });
  assertEquals(hiding({ extensions: [esni] }), { kind: "hello", names, hiding: "esni" });
  assertEquals(hiding({ ech: true, extensions: [esni] }), { kind: "hello", names, hiding: "esni" });
  const empty = helloWith([EXTENSION.ech, NOTHING]);
  assertEquals(readFirstWords(empty), { kind: "hello", names: [], hiding: "ech" });
});

Deno.test("readFirstWords() reads every version of a record that begins with a 3", () => {
  for (const minor of [0, 1, 2, 3, 4, 255]) {
    const first = clientHello({ names: ["a.test"] });
    first[2] = minor;
    assertEquals(readFirstWords(first), hello("a.test"));
  }
});

// How much of it has to be there.

Deno.test("readFirstWords() answers with the last byte of a hello, and not before", () => {
  assertWholeOnly(clientHello());
  assertWholeOnly(clientHello({ names: ["a.test", "b.test"], ech: true }));
  assertWholeOnly(clientHello({ extensions: null }));
});

Deno.test("readFirstWords() puts a hello together from two records, wherever it is cut", () => {
  const message = helloMessage({ names: ["a.test"] });
  for (let cut = 1; cut < message.length; cut++) {
    const first = inRecords(message, [cut, message.length]);
    assertEquals(readFirstWords(first), hello("a.test"), `cut at ${cut}`);
    assertWholeOnly(first);
  }
});

Deno.test("readFirstWords() puts a hello together from many records", () => {
  const message = helloMessage({ names: ["a.test"], padTo: 17_500 });
  for (const sizes of [[2 ** 14], [512], [1, 1, 1, 1, 1, 2 ** 14], [300, 4000, 301]]) {
    const first = inRecords(message, sizes);
    assertEquals(readFirstWords(first), hello("a.test"));
    assertWholeOnly(first, 37);
  }
});

Deno.test("readFirstWords() reads the longest hello in 64 records, and none in more", () => {
  const longest = helloMessage({ names: ["a.test"], padTo: HELLO_BYTES_MAX });
  assertEquals(readFirstWords(inRecords(longest, [512])), hello("a.test"));
  const crumbs = inRecords(longest, [511]);
  assertStringIncludes(whyNot(crumbs), "too many records");
  const [full, records] = [64 * (5 + 511), inRecords(helloMessage({ padTo: 200 }), [1])];
  assertEquals(readFirstWords(crumbs.subarray(0, full - 1)), { kind: "more" });
  assertStringIncludes(whyNot(crumbs.subarray(0, full)), "too many records");
  assertStringIncludes(whyNot(records), "too many records");
  assertEquals(readFirstWords(records.subarray(0, 64 * 6 - 1)), { kind: "more" });
});

Deno.test("readFirstWords() ignores what is behind a hello", () => {
  const first = clientHello({ names: ["a.test"] });
  for (const rest of [record(20, bytes(1)), clientHello({ names: ["b.test"] }), bytes(0), first]) {
    assertEquals(readFirstWords(bytes(first, rest)), hello("a.test"));
  }
  const [a, b] = [helloMessage({ names: ["a.test"] }), helloMessage({ names: ["b.test"] })];
  assertEquals(readFirstWords(record(22, bytes(a, b))), hello("a.test"));
});

// What it must not be.

const STRANGERS: readonly (readonly [what: string, first: Uint8Array, told: number])[] = [
  ["SSH", latin1Bytes("SSH-2.0-OpenSSH_9.9\r\n"), 1],
  ["HTTP", latin1Bytes("GET / HTTP/1.1\r\n"), 1],
  ["SOCKS5", bytes(5, 1, 0), 1],
  ["a hello of SSLv2", bytes(0x80, 0x2e, 1, 3, 1, new Uint8Array(43)), 1],
  ["an alert", record(21, bytes(2, 40)), 1],
  ["application data", record(23, new Uint8Array(40)), 1],
  ["a DTLS hello", bytes(22, 0xfe, 0xfd, new Uint8Array(60)), 2],
  ["a handshake's first byte and junk", latin1Bytes("\x16junk and junk"), 2],
  ["an empty record", bytes(22, 3, 1, 0, 0), 5],
  ["a record one byte too long", bytes(22, 3, 1, 0x40, 1), 5],
  ["a ServerHello", record(22, handshake(2, new Uint8Array(70))), 6],
  ["a HelloRequest", record(22, handshake(0, NOTHING)), 6],
  ["a hello one byte too long", bytes(22, 3, 1, 0x40, 0, 1, 0, 0x7f, 0xfd), 9],
  ["a hello of 64 KiB and a little", bytes(22, 3, 1, 0x40, 0, 1, 1, 0, 80), 9],
  ["a hello as long as can be said", bytes(22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff), 9],
];

for (const [what, first, told] of STRANGERS) {
  Deno.test(`readFirstWords() tells ${what} by ${told} of its bytes`, () => {
    assertEquals(readFirstWords(first.subarray(0, told - 1)), { kind: "more" });
    for (const end of [told, first.length]) {
      assert(/^[ -~]+$/.test(whyNot(first.subarray(0, end))), "a reason without their bytes");
    }
  });
}

Deno.test("readFirstWords() takes a record of 2^14 bytes", () => {
  const first = clientHello({ names: ["a.test"], padTo: 2 ** 14 });
  assertEquals(first.length, 5 + 2 ** 14);
  assertEquals(readFirstWords(first), hello("a.test"));
});

Deno.test("readFirstWords() takes no other record between the two of a hello", () => {
  const message = helloMessage({ names: ["a.test"] });
  const [start, end] = [record(22, message.subarray(0, 50)), record(22, message.subarray(50))];
  assertEquals(readFirstWords(bytes(start, end)), hello("a.test"));
  for (const between of [record(20, bytes(1)), record(21, bytes(1, 0)), record(22, NOTHING)]) {
    assertEquals(readFirstWords(bytes(start, between, end)).kind, "not_tls");
  }
});

// Hellos that are whole and wrong inside.

Deno.test("readFirstWords() refuses a hello that ends anywhere before its end", () => {
  const body = helloMessage({ names: ["a.test"], ech: true }).subarray(4);
  const wholes = [body.length, helloStart().length];
  for (let end = 0; end <= body.length; end++) {
    const { kind } = readFirstWords(inRecords(handshake(1, body.subarray(0, end))));
    assertEquals(kind, wholes.includes(end) ? "hello" : "not_tls", `${end} bytes`);
  }
});

Deno.test("readFirstWords() refuses extensions that end anywhere before their end", () => {
  const block = extensionBlock([serverName("a.test")]).subarray(2);
  for (let end = 1; end < block.length; end++) {
    assertEquals(readFirstWords(helloEnding(vector(2, block.subarray(0, end)))).kind, "not_tls");
  }
  assertEquals(readFirstWords(helloEnding(vector(2, block))), hello("a.test"));
});

Deno.test("readFirstWords() refuses server names that end anywhere before their end", () => {
  const [, whole] = serverName("a.test", "b.test");
  const list = whole.subarray(2);
  const wholes = [0, list.length / 2, list.length];
  for (let end = 0; end <= list.length; end++) {
    const cut = helloWith([EXTENSION.serverName, vector(2, list.subarray(0, end))]);
    const kind = wholes.includes(end) ? "hello" : "not_tls";
    assertEquals(readFirstWords(cut).kind, kind, `${end} bytes`);
  }
  for (let end = 0; end < whole.length; end++) {
    const cut = helloWith([EXTENSION.serverName, whole.subarray(0, end)]);
    assertEquals(readFirstWords(cut).kind, "not_tls", `${end} bytes`);
  }
});

const WRONG: readonly (readonly [what: string, first: Uint8Array, why: string])[] = [
  ["an empty hello", inRecords(handshake(1, NOTHING)), "cut short"],
  ["an extension twice", helloWith([65, NOTHING], [65, NOTHING]), "twice"],
  ["names twice", helloWith(serverName("a.test"), serverName("a.test")), "twice"],
  ["bytes behind its extensions", helloEnding(extensionBlock([]), 0), "follows its extensions"],
  [
    "bytes behind its server names",
    helloWith([EXTENSION.serverName, bytes(serverName("a.test")[1], 0)]),
    "follows its server names",
  ],
  [
    "a second list of server names behind the first",
    helloWith([EXTENSION.serverName, bytes(serverName("a.test")[1], serverName("b.test")[1])]),
    "follows its server names",
  ],
];

for (const [what, first, why] of WRONG) {
  Deno.test(`readFirstWords() refuses ${what}`, () => assertStringIncludes(whyNot(first), why));
}

// What programs send.

/** What a client sends first to the port that it is given; `connect` ends when the client has given up. */
async function firstBytesOf(connect: (port: number) => Promise<unknown>): Promise<Uint8Array> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connected = connect(listener.addr.port);
  // A browser that is hung up on comes again: it is to find nobody.
  const first = await inTime(recordFirst(listener), "a client's first bytes")
    .finally(() => listener.close());
  await connected;
  return first;
}

/** Every byte of the first client until they say what they are. */
async function recordFirst(listener: Deno.Listener): Promise<Uint8Array> {
  using conn = await listener.accept();
  const buffer = new Uint8Array(HELLO_BYTES_MAX);
  for (let held = 0;;) {
    const count = await conn.read(buffer.subarray(held));
    const first = buffer.subarray(0, held += count ?? 0);
    if (count === null || readFirstWords(first).kind !== "more") return first;
  }
}

/** The words of a program that shakes hands with a.test, which is at a port of 127.0.0.1. */
type Words = (port: number) => readonly string[];

const PYTHON = `import socket, ssl, sys
context = ssl.create_default_context()
context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="a.test")`;

const NODE = `require("node:tls").connect({ host: "127.0.0.1", port: +process.argv[1],
  servername: "a.test" }).on("error", () => {})`;

const openssl = (...flags: readonly string[]): Words => (port) => [
  ...["s_client", "-connect", `127.0.0.1:${port}`],
  ...flags,
];

const CURL: Words = (port) => [
  ...["-s", "--noproxy", "*", "--connect-to", `a.test:443:127.0.0.1:${port}`],
  "https://a.test/",
];

const TO_A = ["-servername", "a.test"];

const PROGRAMS: readonly (readonly [what: string, name: string, Words, readonly string[]])[] = [
  ["openssl with TLS 1.2", "openssl", openssl(...TO_A, "-tls1_2"), ["a.test"]],
  ["openssl with TLS 1.3", "openssl", openssl(...TO_A, "-tls1_3"), ["a.test"]],
  ["openssl without a name", "openssl", openssl("-noservername"), []],
  ["openssl in records of 512 bytes", "openssl", openssl(...TO_A, ...crowded()), ["a.test"]],
  ["curl", "curl", CURL, ["a.test"]],
  ["curl with TLS 1.2", "curl", (port) => ["--tls-max", "1.2", ...CURL(port)], ["a.test"]],
  ["Python's ssl", "python3", (port) => ["-c", PYTHON, `${port}`], ["a.test"]],
  ["Node", "node", (port) => ["--eval", NODE, `${port}`], ["a.test"]],
];

/** So many protocols to choose from that a hello does not fit into one record. */
function crowded(): string[] {
  const protocols = Array.from({ length: 100 }, (_, index) => `protocol-${index}`);
  return ["-max_send_frag", "512", "-alpn", protocols.join(",")];
}

for (const [what, name, words, names] of PROGRAMS) {
  const client = { name, program: whereIs(name), wanted: name };
  testClient(client, `readFirstWords() reads the hello of ${what}`, async (program) => {
    await using scratch = await makeScratch();
    const first = await firstBytesOf((port) => runProgram([program, ...words(port)], scratch));
    assertEquals(readFirstWords(first), hello(...names));
    assertWholeOnly(first);
  });
}

Deno.test("readFirstWords() reads the hello of Deno", async () => {
  const first = await firstBytesOf(async (port) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const secret = await Deno.startTls(conn, { hostname: "a.test" });
    // It is hung up on: that it fails is all it can do.
    await secret.handshake().catch(() => {});
    secret.close();
  });
  assertEquals(readFirstWords(first), hello("a.test"));
  assertWholeOnly(first);
});

testBrowser("readFirstWords() reads the hello of Chromium, which may hide a name", async () => {
  await using browser = await startBrowser({ names: { "a.test": "127.0.0.1" } });
  const first = await firstBytesOf(async (port) => {
    await assertRejects(() => browser.open(`https://a.test:${port}/`));
  });
  assertEquals(readFirstWords(first), { kind: "hello", names: ["a.test"], hiding: "ech" });
  assertWholeOnly(first);
});
