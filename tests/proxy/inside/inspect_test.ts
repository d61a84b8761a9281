import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { formatHost } from "../../../src/net/address/host.ts";
import { ProtocolError } from "../../../src/net/errors.ts";
import type { TlsClient, TlsProtocol, TlsServer } from "../../../src/net/ports.ts";
import { latin1, latin1Bytes } from "../../../src/net/stream/latin1.ts";
import { trusting } from "../../../src/net/tls_client.ts";
import { tlsServing } from "../../../src/net/tls_server.ts";
import type { RequestRule } from "../../../src/policy/request_rule.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { IdentityCache } from "../../../src/tls/identity_cache.ts";
import { inspect } from "../../../src/proxy/inside/inspect.ts";
import type { Interception } from "../../../src/proxy/inside/interception.ts";
import { asker } from "../../support/asker.ts";
import {
  type DoorClient,
  type DoorOptions,
  makeDoor,
  never,
  type TestDoor,
} from "../../support/door.ts";
import { clientHello } from "../../support/hello.ts";
import { ERROR, reset } from "../../support/http2_wire.ts";
import { inTime, turn, until } from "../../support/in_time.ts";
import { authorityFor } from "../../support/inside.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { ok } from "../../support/origin.ts";
import { connectTo, policyOf, requestRule, rule } from "../../support/policy.ts";
import { pseudo, RawHttp2 } from "../../support/raw_http2.ts";
import { asSecure } from "../../support/secure_stream.ts";
import { fieldOf, statusOf, Wire } from "../../support/wire.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test");
const NEVER = new AbortController().signal;
const ANNOUNCED = "open";
const HELLO = latin1(clientHello({ names: ["allowed.test"] }));
/** The alert of TLS for a name that is not known here. */
const UNRECOGNIZED_NAME = "\x15\x03\x03\0\x02\x02\x70";
const GET = "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n";

/** Looks into tunnels to allowed.test, where nothing but GET is allowed. */
function policy(...rules: readonly RequestRule[]) {
  const requestRules = rules.length === 0 ? [requestRule("allowed.test GET")] : rules;
  return policyOf({ allow: ["allowed.test"] }, { interception: true, requestRules });
}

/** TLS that is none: it takes a hello off, and what follows stands in the clear. */
function clearTls() {
  const begun: unknown[] = [];
  const secureClient: TlsServer = async (stream, { chain }, protocols) => {
    const hello = new Uint8Array(HELLO.length);
    const count = await stream.read(hello);
    begun.push({ chain, protocols, hello: latin1(hello.subarray(0, count ?? 0)) });
    return asSecure(stream, "http/1.1");
  };
  return { begun, secureClient };
}

/** What ends TLS, with certificates that say no more than their host. */
function ending(secureClient: TlsServer): Interception {
  return {
    secureClient,
    identityFor: (host) =>
      Promise.resolve({ chain: `certificate of ${formatHost(host)}`, key: "" }),
    secureServer: () => Promise.reject(new Error("The door has its own")),
  };
}

/** TLS with servers that is none, and what was asked of it. */
function clearServers() {
  const secured: string[] = [];
  const secureServer: TlsClient = (stream, host, _signal, protocols) => {
    secured.push(`${formatHost(host)} ${protocols}`);
    return Promise.resolve(asSecure(stream, "http/1.1"));
  };
  return { secured, secureServer };
}

/** What a test sets of a tunnel. */
interface TunnelOptions {
  readonly to?: string;
  readonly interception?: Interception | null;
  readonly approved?: Rule;
  readonly attempt?: string;
}

/** Begins to look into a tunnel of a client. */
function look(
  { door }: TestDoor,
  { connection }: DoorClient,
  { to = "allowed.test:443", interception, approved, attempt }: TunnelOptions = {},
): Promise<void> {
  const request = connectTo(to);
  const tunnel = {
    request,
    inspection: { verdict: "inspect", request, approved } as const,
    asker: asker({ method: "CONNECT", attempt: () => attempt ?? null }),
  };
  return inspect(connection, tunnel, latin1Bytes(ANNOUNCED), {
    ...door,
    interception: interception === undefined ? ending(clearTls().secureClient) : interception,
  });
}

Deno.test("inspect() ends TLS in the name of the host that was asked for, and connects to nothing", async () => {
  await using made = makeDoor({ policy: policy() });
  const client = made.client();
  const { begun, secureClient } = clearTls();
  let tunnels = 0;
  client.connection.onTunnel = () => tunnels++;
  const ended = look(made, client, { interception: ending(secureClient) });
  assertEquals(await client.wire.readExactly(4), ANNOUNCED);
  assertEquals([tunnels, client.connection.inspected], [1, connectTo("allowed.test:443")]);
  await client.wire.send(HELLO);
  await until(() => begun.length > 0, "TLS begins");
  assertEquals(begun, [{
    chain: "certificate of allowed.test",
    protocols: ["h2", "http/1.1"],
    hello: HELLO,
  }]);
  await client.wire.closeWrite();
  await ended;
  assertEquals([made.lookups, made.dialled, made.blocked, made.diagnosed], [[], [], [], []]);
});

Deno.test("inspect() counts a certificate that has to make way for another", async () => {
  await using made = makeDoor({ policy: policy() });
  const cache = new IdentityCache(
    () => Promise.resolve({ identity: { chain: "", key: "" }, renewAt: Infinity }),
    () => 0,
    1,
  );
  const { begun, secureClient } = clearTls();
  const interception: Interception = {
    ...ending(secureClient),
    identityFor: (host, full) => cache.identityFor(host, full),
  };
  for (const [index, name] of ["a.test", "a.test", "b.test"].entries()) {
    assertEquals(made.reached, []);
    const client = made.client();
    const ended = look(made, client, { to: `${name}:443`, interception });
    await client.wire.send(latin1(clientHello({ names: [] })));
    await until(() => begun.length > index, "TLS begins");
    await client.wire.closeWrite();
    await ended;
  }
  assertEquals(made.reached, ["interceptedCertificates"]);
});

Deno.test("inspect() has each request inside decided by itself, and carried in TLS", async () => {
  const { secured, secureServer } = clearServers();
  await using made = makeDoor({ policy: policy(), secureServer });
  const client = made.client();
  look(made, client);
  await client.wire.readExactly(4);
  await client.wire.send(`${HELLO}POST / HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
  assertEquals(statusOf(await client.wire.readMessage()), 403);
  assertEquals([made.lookups, made.dialled], [[], []]);
  await client.wire.send(GET);
  const server = await made.upstream();
  assertStringIncludes(await server.readHead(), "GET / HTTP/1.1\r\nHost: allowed.test\r\n");
  await server.send(ok("inside"));
  assertEquals((await client.wire.readMessage()).body, "inside");
  assertEquals([made.dialled, secured], [["93.184.216.34:443"], ["allowed.test http/1.1"]]);
  const requests = [...made.blocked, ...made.allowed].map(({ request }) =>
    request.kind === "http" && [request.method, request.scheme, request.protocol]
  );
  assertEquals(requests, [["POST", "https", "https_connect"], ["GET", "https", "https_connect"]]);
});

Deno.test("inspect() binds what is inside to the tunnel, and opens none from there", async () => {
  await using made = makeDoor({
    policy: policyOf({ allow: ["allowed.test", "other.test"] }, {
      interception: true,
      requestRules: [requestRule("allowed.test GET")],
    }),
  });
  for (const [request, status] of [["GET /", 421], ["CONNECT other.test:443", 405]] as const) {
    const client = made.client();
    look(made, client);
    await client.wire.readExactly(4);
    await client.wire.send(`${HELLO}${request} HTTP/1.1\r\nHost: other.test\r\n\r\n`);
    assertEquals(statusOf(await client.wire.readMessage()), status);
  }
  assertEquals([made.lookups, made.dialled], [[], []]);
});

/** The first words of clients, where they lead, and what is answered and recorded. */
const REFUSED: Readonly<
  Record<string, readonly [words: string, reason: string, said: string, to?: string]>
> = {
  "another name": [hello("evil.test"), "sni_mismatch: it names evil.test", UNRECOGNIZED_NAME],
  "two names": [
    hello("allowed.test", "evil.test"),
    "sni_mismatch: it names more than one",
    UNRECOGNIZED_NAME,
  ],
  "another name on another port": [
    hello("evil.test"),
    "sni_mismatch: it names evil.test",
    UNRECOGNIZED_NAME,
    "allowed.test:8443",
  ],
  "HTTP on the port of HTTPS": [GET, "not_tls: it does not begin with a handshake", ""],
  "a part of a hello": [HELLO.slice(0, 20), "not_tls: it does not begin in time", ""],
  "nothing": ["", "not_tls: it does not begin in time", ""],
  // A server may be the one to speak first, and nobody has asked it anything.
  "nothing on another port": ["", "not_tls: it does not begin in time", "", "allowed.test:8443"],
};

function hello(...names: readonly string[]): string {
  return latin1(clientHello({ names }));
}

for (const [what, [words, reason, said, to]] of Object.entries(REFUSED)) {
  Deno.test(`inspect() refuses and records a client that says ${what}`, async () => {
    await using made = makeDoor({ policy: policy(), limits: { headMs: 1000 } });
    const client = made.client();
    const { begun, secureClient } = clearTls();
    const options = { interception: ending(secureClient), attempt: "7" };
    const ended = look(made, client, to === undefined ? options : { ...options, to });
    await client.wire.readExactly(4);
    await client.wire.send(words);
    await turn();
    made.clock.advance(1500);
    await inTime(ended, "the tunnel to end");
    assertEquals([await client.wire.readAll(), client.connection.closed], [said, true]);
    assertEquals([begun, made.dialled], [[], []]);
    const [{ request, decision, asker, isAnnounced } = {}] = made.blocked;
    assertEquals(isAnnounced, true);
    assertEquals([`${decision?.reason}: ${decision?.detail}`, made.blocked.length], [reason, 1]);
    assertEquals([request, asker?.attempt()], [connectTo(to ?? "allowed.test:443"), "7"]);
    assertEquals(decision?.policy, made.cell.current);
  });
}

Deno.test("inspect() refuses TLS where none can be ended, and says a worse reason first", async () => {
  const ROWS = [["allowed.test", "mitm_required"], ["evil.test", "sni_mismatch"]] as const;
  for (const [name, reason] of ROWS) {
    await using made = makeDoor({ policy: policy() });
    const client = made.client();
    const ended = look(made, client, { interception: null });
    await client.wire.send(hello(name));
    await inTime(ended, "the tunnel to end");
    assertEquals(await client.wire.readAll(), ANNOUNCED + UNRECOGNIZED_NAME);
    assertEquals(made.blocked.map(({ decision }) => decision.reason), [reason]);
  }
});

Deno.test("inspect() gives a client that names nobody the certificate of the host", async () => {
  await using made = makeDoor({ policy: policy() });
  const client = made.client();
  const { begun, secureClient } = clearTls();
  look(made, client, { interception: ending(secureClient) });
  await client.wire.send(hello());
  await until(() => begun.length > 0, "TLS begins");
  assertEquals(begun.map((each) => (each as { chain: string }).chain), [
    "certificate of allowed.test",
  ]);
  assertEquals(made.blocked, []);
});

Deno.test("inspect() has nothing against a client that ends before it says anything", async () => {
  for (const to of ["allowed.test:443", "allowed.test:8443"]) {
    await using made = makeDoor({ policy: policy() });
    const client = made.client();
    const ended = look(made, client, { to });
    await client.wire.closeWrite();
    await inTime(ended, "the tunnel to end");
    assertEquals([await client.wire.readAll(), client.connection.closed], [ANNOUNCED, true]);
    assertEquals(made.blocked, []);
  }
});

Deno.test("inspect() serves HTTP in the clear on any port but that of HTTPS", async () => {
  const { secured, secureServer } = clearServers();
  await using made = makeDoor({ policy: policy(), secureServer });
  const client = made.client();
  look(made, client, { to: "allowed.test:8080", interception: null });
  await client.wire.readExactly(4);
  await client.wire.send("GET / HTTP/1.1\r\nHost: allowed.test:8080\r\n\r\n");
  const server = await made.upstream();
  await server.readHead();
  await server.send(ok("clear"));
  assertEquals((await client.wire.readMessage()).body, "clear");
  assertEquals([made.dialled, secured], [["93.184.216.34:8080"], []]);
  await client.wire.send("POST / HTTP/1.1\r\nHost: allowed.test:8080\r\n\r\n");
  const refused = await client.wire.readMessage();
  assertEquals([statusOf(refused), fieldOf(refused, "content-type")], [403, "application/json"]);
});

Deno.test("inspect() holds what is inside to whom somebody let pass, and to the attempt of the tunnel", async () => {
  const { secureServer } = clearServers();
  const asking = policyOf({}, {
    ...{ ask: true, interception: true, requestRules: [requestRule("allowed.test GET")] },
  });
  await using made = makeDoor({ policy: asking, secureServer });
  for (const approved of [rule("allow", "allowed.test"), undefined]) {
    const client = made.client();
    const { port } = client.connection.local;
    const ended = look(made, client, {
      attempt: `of ${port}`,
      ...(approved === undefined ? {} : { approved }),
    });
    await client.wire.readExactly(4);
    await client.wire.send(HELLO + GET);
    if (approved === undefined) {
      assertEquals(statusOf(await client.wire.readMessage()), 403);
      assertEquals(made.blocked.map(({ asker }) => asker.attempt()), [`of ${port}`]);
    } else {
      await (await made.upstream()).readHead();
      assertEquals([made.asked, made.allowed.length], [[], 1]);
    }
    client.connection.close();
    await ended;
  }
  assertEquals(made.asked.length, 1);
});

Deno.test("inspect() goes on with what a client has sent while its tunnel waited", async () => {
  await using made = makeDoor({ policy: policy() });
  const client = made.client();
  client.connection.hold(10_000);
  await client.wire.send(HELLO);
  await turn();
  client.connection.letGo();
  const { begun, secureClient } = clearTls();
  look(made, client, { interception: ending(secureClient) });
  await client.wire.readExactly(4);
  await until(() => begun.length > 0, "TLS begins");
  await client.wire.send("POST / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  assertEquals(statusOf(await client.wire.readMessage()), 403);
});

Deno.test("inspect() tells of a handshake that the client breaks, and of no more", async () => {
  const failure = new ProtocolError("client", "bad_tls", "its TLS handshake failed");
  await using made = makeDoor({ policy: policy() });
  const client = made.client();
  const ended = look(made, client, { interception: ending(() => Promise.reject(failure)) });
  await client.wire.send(HELLO);
  await inTime(ended, "the tunnel to end");
  assertEquals(made.diagnosed, [
    "Cannot look into a tunnel of 127.0.0.1:50000 to allowed.test: its TLS handshake failed",
  ]);
  assertEquals([made.blocked, client.connection.closed], [[], true]);
});

Deno.test("inspect() fails of what is no fault of the client", async () => {
  await using made = makeDoor({ policy: policy() });
  const client = made.client();
  const interception: Interception = {
    ...ending(clearTls().secureClient),
    identityFor: () => Promise.reject(new TypeError("no certificate")),
  };
  const failing = assertRejects(() => look(made, client, { interception }), TypeError);
  await client.wire.send(HELLO);
  await failing;
});

Deno.test("inspect() gives a handshake the time of a head, and says nothing of a client that is gone", async () => {
  await using made = makeDoor({ policy: policy(), limits: { headMs: 1000, idleMs: 60_000 } });
  const client = made.client();
  let begun = false;
  const secureClient: TlsServer = (_stream, _identity, _protocols, signal) => {
    begun = true;
    return never(signal);
  };
  const ended = look(made, client, { interception: ending(secureClient) });
  await client.wire.send(HELLO);
  await until(() => begun, "TLS begins");
  made.clock.advance(750);
  await turn();
  assertEquals(client.connection.closed, false);
  made.clock.advance(750);
  await inTime(ended, "the tunnel to end");
  assertEquals([client.connection.closed, made.diagnosed], [true, []]);
  assertEquals(made.reached, ["headMs"]);
});

/** A tunnel with real TLS in it. */
interface Inside extends AsyncDisposable {
  readonly made: TestDoor;
  readonly client: DoorClient;
  /** What is inside. */
  readonly wire: Wire;
  readonly secured: readonly string[];
  readonly ended: Promise<void>;
}

async function beginInside(protocol: TlsProtocol, options: DoorOptions = {}): Promise<Inside> {
  const { secured, secureServer } = clearServers();
  const made = makeDoor({ policy: policy(), secureServer, ...options });
  const [ours, theirs] = streamPair();
  const client = made.client(ours);
  const { ca, cert: chain, key } = AUTHORITY;
  const ended = look(made, client, {
    interception: { ...ending(tlsServing()), identityFor: () => Promise.resolve({ chain, key }) },
  });
  await inTime(theirs.read(new Uint8Array(ANNOUNCED.length)), "the announcement");
  const { host } = connectTo("allowed.test").target;
  const wire = new Wire(await inTime(trusting([ca])(theirs, host, NEVER, [protocol]), "TLS"));
  return {
    ...{ made, client, wire, secured, ended },
    async [Symbol.asyncDispose](): Promise<void> {
      await wire[Symbol.asyncDispose]();
      await inTime(ended, "the tunnel to end");
      await made[Symbol.asyncDispose]();
    },
  };
}

/** The same, with HTTP/2 spoken in it. */
async function speakHttp2(options?: DoorOptions): Promise<Inside & { streams: RawHttp2 }> {
  const inside = await beginInside("h2", options);
  return { ...inside, streams: await RawHttp2.begin(inside.wire) };
}

Deno.test("inspect() answers inside TLS", async () => {
  await using inside = await beginInside("http/1.1");
  await inside.wire.send("POST / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  assertEquals(statusOf(await inside.wire.readMessage()), 403);
  await inside.wire.send(GET);
  const server = await inside.made.upstream();
  await server.readHead();
  await server.send(ok("inside"));
  assertEquals((await inside.wire.readMessage()).body, "inside");
  assertEquals(inside.secured, ["allowed.test http/1.1"]);
});

Deno.test("inspect() serves the requests of HTTP/2 at once, and offers it to the server", async () => {
  await using inside = await speakHttp2();
  const { made, streams } = inside;
  await streams.send(pseudo({ path: "/slow" }));
  await (await made.upstream()).readHead();
  const second = await streams.send(pseudo({ path: "/quick" }));
  const server = await made.upstream(1);
  await server.readHead();
  await server.send(ok("quick"));
  assertEquals((await streams.answerOf(second)).body, "quick");
  const offered = "allowed.test h2,http/1.1";
  assertEquals(inside.secured, [offered, offered]);
});

Deno.test("inspect() gives up the request whose stream is reset, and no other", async () => {
  await using inside = await speakHttp2();
  const { made, streams } = inside;
  const first = await streams.send(pseudo());
  const one = await made.upstream();
  await one.readHead();
  const second = await streams.send(pseudo());
  const two = await made.upstream(1);
  await two.readHead();
  await streams.wire.send(reset(first, ERROR.cancel));
  await one.readAll();
  assertEquals([two.ending, [...inside.client.connection.carried].length], [null, 1]);
  await two.send(ok("still here"));
  assertEquals((await streams.answerOf(second)).body, "still here");
});

Deno.test("inspect() drops a client of HTTP/2 that rests, and none with a request under way", async () => {
  await using inside = await speakHttp2({ limits: { idleMs: 1000 } });
  const { made, client: { connection }, streams } = inside;
  const asked = await streams.send(pseudo());
  const server = await made.upstream();
  await server.readHead();
  made.clock.advance(5000);
  await turn();
  assertEquals([connection.closed, connection.idle], [false, false]);
  await server.send(ok());
  await streams.answerOf(asked);
  await until(() => connection.idle, "it rests");
  made.clock.advance(750);
  await turn();
  assertEquals(connection.closed, false);
  made.clock.advance(750);
  await inTime(inside.ended, "the tunnel to end");
  assertEquals(connection.closed, true);
});

Deno.test("inspect() drops a client of HTTP/2 that never asks", async () => {
  await using inside = await speakHttp2({ limits: { idleMs: 1000 } });
  await until(() => inside.client.connection.reader.buffered.length === 0, "TLS stands");
  await turn();
  inside.made.clock.advance(1500);
  await inTime(inside.ended, "the tunnel to end");
});

Deno.test("inspect() closes everything of a client of HTTP/2 that leaves", async () => {
  await using inside = await speakHttp2();
  const { made, streams, client: { connection } } = inside;
  await streams.send(pseudo());
  const server = await made.upstream();
  await server.readHead();
  streams.wire.close();
  await server.readAll();
  await inTime(inside.ended, "the tunnel to end");
  assertEquals([connection.closed, [...connection.carried]], [true, []]);
  assertEquals(made.diagnosed, []);
});

Deno.test("inspect() resets the one request of HTTP/2 that fails of a fault of ours, and tells of it", async () => {
  let isBroken = true;
  const { secureServer } = clearServers();
  await using inside = await speakHttp2({
    secureServer: (...words) =>
      isBroken ? Promise.reject(new TypeError("a fault")) : secureServer(...words),
  });
  const { made, streams } = inside;
  assertEquals((await streams.ask(pseudo())).reset, ERROR.internal);
  assertEquals(made.diagnosed.length, 1);
  assertMatch(made.diagnosed[0]!, /^Cannot serve 127\.0\.0\.1:50000: .*a fault/);
  isBroken = false;
  const asked = await streams.send(pseudo());
  const server = await made.upstream(1);
  await server.readHead();
  await server.send(ok("well"));
  assertEquals((await streams.answerOf(asked)).body, "well");
});
