import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Host } from "../../src/net/address/host.ts";
import { ProtocolError } from "../../src/net/errors.ts";
import type { TlsProtocol } from "../../src/net/ports.ts";
import { type ByteStream, writeAll } from "../../src/net/stream/stream.ts";
import { trusting } from "../../src/net/tls_client.ts";
import { tlsServing } from "../../src/net/tls_server.ts";
import { listenTcp } from "../../src/net/tcp_listener.ts";
import { fault } from "../support/fault.ts";
import { clientHello } from "../support/hello.ts";
import { rejection, turn } from "../support/in_time.ts";
import { authorityFor } from "../support/inside.ts";
import { ip } from "../support/policy.ts";
import { runProgram } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { streamPair } from "../support/memory_stream.ts";
import { securePair } from "../support/secure_pair.ts";
import { Wire } from "../support/wire.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test");
const IDENTITY = { chain: AUTHORITY.cert, key: AUTHORITY.key };
const NEVER = new AbortController().signal;
const HOST: Host = { kind: "name", name: "allowed.test" };

/** What a handshake fails of, and whether the stream was closed for it. */
async function failing(
  say: (theirs: ByteStream) => Promise<unknown>,
  signal = NEVER,
): Promise<{ readonly error: unknown; readonly wire: string }> {
  const [ours, theirs] = streamPair();
  const serving = rejection(tlsServing()(ours, IDENTITY, ["h2"], signal), "the handshake");
  await say(theirs);
  const error = await serving;
  await using wire = new Wire(theirs);
  return { error, wire: await wire.readAll() };
}

Deno.test("tlsServing() carries bytes both ways, and tells what both sides have agreed to speak", async () => {
  const table: readonly (readonly [TlsProtocol[], TlsProtocol[], TlsProtocol])[] = [
    [["http/1.1"], ["h2", "http/1.1"], "http/1.1"],
    [["h2"], ["h2", "http/1.1"], "h2"],
    [["http/1.1", "h2"], ["h2", "http/1.1"], "h2"],
  ];
  for (const [offered, spoken, agreed] of table) {
    const { client, server } = await securePair(AUTHORITY, { offered, spoken });
    assertEquals([client.protocol, server.protocol], [agreed, agreed]);
    await using there = new Wire(client);
    await using here = new Wire(server);
    await there.send("question");
    assertEquals(await here.readExactly(8), "question");
    await here.send("answer");
    assertEquals(await there.readExactly(6), "answer");
  }
});

Deno.test("tlsServing() takes a client that offers nothing, and has agreed on nothing with it", async () => {
  const { client, server } = await securePair(AUTHORITY, {
    offered: [],
    spoken: ["h2", "http/1.1"],
  });
  assertEquals(server.protocol, null);
  client.close();
  server.close();
});

Deno.test("tlsServing() can answer a client that has finished sending", async () => {
  const { client, server } = await securePair(AUTHORITY, {
    offered: ["http/1.1"],
    spoken: ["http/1.1"],
  });
  await using there = new Wire(client);
  await using here = new Wire(server);
  await there.send("question");
  await there.closeWrite();
  assertEquals(await here.readAll(), "question");
  await turn();
  await here.send("answer");
  await here.closeWrite();
  assertEquals([await there.readAll(), there.ending], ["answer", "end"]);
});

Deno.test("tlsServing() closes what it runs on with the stream, at once", async () => {
  const [ours, theirs] = streamPair();
  let closes = 0;
  const counted: ByteStream = { ...ours, close: () => (closes += 1, ours.close()) };
  const serving = tlsServing()(counted, IDENTITY, ["h2"], NEVER);
  const client = await trusting([AUTHORITY.ca])(theirs, HOST, NEVER, ["h2"]);
  const server = await serving;
  server.close();
  assertEquals(closes, 1);
  server.close();
  assertEquals(closes, 1);
  await assertRejects(() => server.read(new Uint8Array(1)));
  client.close();
});

Deno.test("tlsServing() refuses what is not TLS, and closes", async () => {
  const { error } = await failing((theirs) =>
    writeAll(theirs, new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"))
  );
  assert(error instanceof ProtocolError);
  assertEquals([error.peer, error.code], ["client", "bad_tls"]);
  assertEquals(error.message, "its TLS handshake failed");
});

Deno.test("tlsServing() refuses a client that leaves amid the handshake", async () => {
  const hello = clientHello({ names: ["a.test"] });
  const { error } = await failing(async (theirs) => {
    await writeAll(theirs, hello.subarray(0, 40));
    await theirs.closeWrite();
  });
  assertEquals(
    fault(() => {
      throw error;
    }),
    "client bad_tls",
  );
});

Deno.test("tlsServing() says so where the client does not trust the authority", async () => {
  await using scratch = await makeScratch();
  const listener = listenTcp({ ip: ip("127.0.0.1"), port: 0 });
  const { port } = listener.address;
  // The runtime's own client would leave without a word.
  const words = ["openssl", "s_client", "-verify_return_error", "-connect", `127.0.0.1:${port}`];
  const client = runProgram(words, scratch);
  const { stream } = (await listener.accept())!;
  listener.close();
  const error = await assertRejects(() => tlsServing()(stream, IDENTITY, ["h2"], NEVER));
  await client;
  assert(error instanceof ProtocolError);
  assertEquals(error.message, "it does not trust Doorward's certificate authority");
});

Deno.test("tlsServing() refuses a client with whom it has no protocol in common", async () => {
  const { error } = await failing((theirs) =>
    assertRejects(() => trusting([AUTHORITY.ca])(theirs, HOST, NEVER, ["http/1.1"]))
  );
  assertMatch(String(error), /^ProtocolError: its TLS handshake failed$/);
});

Deno.test("tlsServing() ends a handshake that hangs when it is told to, and closes", async () => {
  const stop = new AbortController();
  const reason = new Error("late");
  const { error } = await failing(async (theirs) => {
    await writeAll(theirs, clientHello({ names: ["a.test"] }).subarray(0, 40));
    await turn();
    stop.abort(reason);
  }, stop.signal);
  assertEquals(error, reason);
});

Deno.test("tlsServing() closes at once what comes too late", async () => {
  const reason = new Error("late");
  const { error, wire } = await failing(() => Promise.resolve(), AbortSignal.abort(reason));
  assertEquals([error, wire], [reason, ""]);
});
