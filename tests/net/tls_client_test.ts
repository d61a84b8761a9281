import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import { parseHost } from "../../src/net/address/host.ts";
import type { Host } from "../../src/net/address/host.ts";
import type { TlsProtocol } from "../../src/net/ports.ts";
import { type ByteStream, writeAll } from "../../src/net/stream/stream.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { tlsClient, trusting } from "../../src/net/tls_client.ts";
import { createAuthority } from "../../src/tls/authority.ts";
import { type Authority, makeAuthority } from "../support/authority.ts";
import { makeCertificate } from "../support/certificate.ts";
import { until } from "../support/in_time.ts";
import { streamPair } from "../support/memory_stream.ts";
import { silent, startOrigin } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { startProgram } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { startTlsOrigin } from "../support/tls_origin.ts";
import { Wire } from "../support/wire.ts";

const NEVER = new AbortController().signal;

/** A TLS server that sends back what it gets, and says goodbye at the end. */
interface TlsServer extends AsyncDisposable {
  readonly address: { readonly ip: ReturnType<typeof ip>; readonly port: number };
  /** What `accept` or the handshake failed with. */
  readonly faults: readonly unknown[];
}

function startTlsEcho({ cert, key }: Authority): TlsServer {
  // It takes nothing but what is spoken to proxies.
  const alpnProtocols = ["http/1.1"];
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols });
  const faults: unknown[] = [];
  const serving = (async () => {
    for await (const conn of listener) await echo(conn).catch((error) => faults.push(error));
  })();
  return {
    address: { ip: ip("127.0.0.1"), port: (listener.addr as Deno.NetAddr).port },
    faults,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await serving;
    },
  };
}

async function echo(conn: Deno.TlsConn): Promise<void> {
  using _ = conn;
  const buffer = new Uint8Array(1000);
  let count: number | null;
  while ((count = await conn.read(buffer)) !== null) await conn.write(buffer.subarray(0, count));
  await conn.write(new TextEncoder().encode("goodbye"));
}

function host(text: string): Host {
  const parsed = parseHost(text);
  if (parsed.kind === "bad") throw new TypeError(text);
  return parsed;
}

async function withAuthority(test: (authority: Authority) => Promise<void>): Promise<void> {
  await using scratch = await makeScratch();
  await test(await makeAuthority(["DNS:proxy.test", "IP:127.0.0.1"], scratch));
}

Deno.test("trusting() speaks TLS with whoever its authorities vouch for, by name and by address", () =>
  withAuthority(async (authority) => {
    await using server = startTlsEcho(authority);
    for (const name of ["proxy.test", "127.0.0.1"]) {
      const stream = await tcpDialer(server.address, NEVER);
      const inside = await trusting([authority.ca])(stream, host(name), NEVER);
      await using wire = new Wire(inside);
      await wire.send("hello");
      assertEquals(await wire.readExactly(5), "hello");
      // The end of ours reaches the server, and its last words still reach us.
      await wire.closeWrite();
      assertEquals(await wire.readAll(), "goodbye");
      assertEquals(wire.ending, "end");
      inside.close();
      inside.close();
    }
    assertEquals(server.faults, []);
  }));

Deno.test("trusting() refuses a certificate for another name, and closes", () =>
  withAuthority(async (authority) => {
    await using server = startTlsEcho(authority);
    const stream = await tcpDialer(server.address, NEVER);
    const error = await assertRejects(
      () => trusting([authority.ca])(stream, host("other.test"), NEVER),
      ConnectError,
    );
    assertEquals(error.code, "certificate_mismatch");
    const second = await tcpDialer(server.address, NEVER);
    const address = host("127.0.0.2");
    await assertRejects(() => trusting([authority.ca])(second, address, NEVER), ConnectError);
    await until(() => server.faults.length === 2, "the server was left");
  }));

Deno.test("tlsClient() refuses a certificate that nobody vouches for", () =>
  withAuthority(async (authority) => {
    await using server = startTlsEcho(authority);
    const stream = await tcpDialer(server.address, NEVER);
    await assertRejects(() => tlsClient(stream, host("proxy.test"), NEVER), ConnectError);
    await until(() => server.faults.length === 1, "the server was left");
  }));

Deno.test("tlsClient() takes a server that speaks something else for a failure", async () => {
  await using server = startOrigin(async (wire) => {
    await wire.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const stream = await tcpDialer(server.address, NEVER);
  const error = await assertRejects(() => tlsClient(stream, host("a.test"), NEVER), ConnectError);
  assertEquals([error.code, error.detail], ["tls_failed", ""]);
  await (await server.connection()).readAll();
});

Deno.test("tlsClient() ends a handshake that hangs when it is told to, and closes", async () => {
  await using server = startOrigin(silent);
  const stream = await tcpDialer(server.address, NEVER);
  const stop = new AbortController();
  const failing = assertRejects(() => tlsClient(stream, host("a.test"), stop.signal));
  const seen = await server.connection();
  await seen.readExactly(1);
  const reason = new ConnectError("connection_timeout", "late");
  stop.abort(reason);
  assertEquals(await failing, reason);
  await seen.readAll();
});

Deno.test("tlsClient() closes at once what comes too late", async () => {
  await using server = startOrigin(silent);
  const stream = await tcpDialer(server.address, NEVER);
  const reason = new ConnectError("connection_timeout", "late");
  const signal = AbortSignal.abort(reason);
  assertEquals(await assertRejects(() => tlsClient(stream, host("a.test"), signal)), reason);
  assertEquals(await (await server.connection()).readAll(), "");
});

Deno.test("tlsClient() takes any stream, and tells how the handshake failed on it", async () => {
  const [ours, theirs] = streamPair();
  const failing = assertRejects(() => tlsClient(ours, host("a.test"), NEVER), ConnectError);
  await using peer = new Wire(theirs);
  await peer.readExactly(1);
  await peer.closeWrite();
  assertEquals((await failing).code, "tls_failed");
  await peer.readAll();
});

Deno.test("trusting() carries much both ways at once, and closes amid it", () =>
  withAuthority(async (authority) => {
    await using server = startTlsEcho(authority);
    const stream = await tcpDialer(server.address, NEVER);
    const inside = await trusting([authority.ca])(stream, host("proxy.test"), NEVER);
    await using wire = new Wire(inside);
    const much = "0123456789".repeat(100_000);
    const sent = wire.send(much);
    assertEquals(await wire.readExactly(much.length), much);
    await sent;
    const reading = wire.readAll();
    inside.close();
    assertEquals(await reading, "");
    await assertRejects(() => inside.write(new Uint8Array(1)));
  }));

Deno.test("trusting() reads into as little room as it is given", () =>
  withAuthority(async (authority) => {
    await using server = startTlsEcho(authority);
    const stream = await tcpDialer(server.address, NEVER);
    const inside = await trusting([authority.ca])(stream, host("proxy.test"), NEVER);
    await inside.write(new TextEncoder().encode("abc"));
    const one = new Uint8Array(1);
    let text = "";
    while (text.length < 3 && await inside.read(one) === 1) text += String.fromCharCode(one[0]!);
    assertEquals(text, "abc");
    inside.close();
  }));

/** More than the system and a socket of Node's hold together. */
const FLOOD_BYTES = 16 * 1024 * 1024;
const HELD_BYTES_MAX = 512 * 1024;

/** A TLS server that sends as much as is taken, to everybody at once. */
function startTlsFlood({ cert, key }: Authority): AsyncDisposable & Pick<TlsServer, "address"> {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const flood = async (conn: Deno.TlsConn): Promise<void> => {
    using _ = conn;
    const bytes = new Uint8Array(64 * 1024);
    for (let sent = 0; sent < FLOOD_BYTES; sent += bytes.length) await writeAll(conn, bytes);
  };
  const serving = (async () => {
    const floods: Promise<unknown>[] = [];
    // Whoever has read enough goes.
    for await (const conn of listener) floods.push(flood(conn).catch(() => {}));
    await Promise.all(floods);
  })();
  return {
    address: { ip: ip("127.0.0.1"), port: (listener.addr as Deno.NetAddr).port },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await serving;
    },
  };
}

async function readAll(stream: ByteStream): Promise<number> {
  const buffer = new Uint8Array(64 * 1024);
  let total = 0;
  let count: number | null;
  while ((count = await stream.read(buffer)) !== null) total += count;
  return total;
}

Deno.test("trusting() takes in no more than is read, and all of it in the end", () =>
  withAuthority(async (authority) => {
    await using server = startTlsFlood(authority);
    const tls = trusting([authority.ca]);
    const stream = await tcpDialer(server.address, NEVER);
    let taken = 0;
    const counted: ByteStream = {
      read: async (into) => {
        const count = await stream.read(into);
        taken += count ?? 0;
        return count;
      },
      write: (bytes) => stream.write(bytes),
      closeWrite: () => stream.closeWrite(),
      close: () => stream.close(),
    };
    const slow = await tls(counted, host("proxy.test"), NEVER);
    const quick = await tls(await tcpDialer(server.address, NEVER), host("proxy.test"), NEVER);
    assertEquals(await readAll(quick), FLOOD_BYTES);
    quick.close();
    // While another took all of it, nobody read here.
    assert(taken <= HELD_BYTES_MAX, `${taken} bytes`);
    assertEquals(await readAll(slow), FLOOD_BYTES);
    slow.close();
  }));

/** Who the server is, and whom its client trusts. */
interface Bad {
  readonly identity: Pick<Authority, "cert" | "key">;
  readonly ca: string;
}

const DAY_MS = 24 * 3600 * 1000;

/** A certificate that was made so many days ago; its authority still lives then. */
async function madeAgo(days: number): Promise<Bad> {
  const authority = await createAuthority(() => Date.now() - days * DAY_MS);
  const { chain, key } = await authority.identityFor(host("127.0.0.1"));
  return { identity: { cert: chain, key }, ca: authority.certificate };
}

const BAD: Readonly<Record<string, readonly [string, string, () => Promise<Bad>]>> = {
  // The runtime does not tell these two from the last.
  "one that has expired": ["certificate_untrusted", "", () => madeAgo(200)],
  "one that is not valid yet": ["certificate_untrusted", "", () => madeAgo(-200)],
  "one that signed itself": ["certificate_untrusted", "it is self-signed", async () => {
    await using scratch = await makeScratch();
    const identity = await makeCertificate(["127.0.0.1"], scratch);
    return { identity, ca: (await madeAgo(0)).ca };
  }],
  "one of an authority that nobody trusts": ["certificate_untrusted", "", async () => {
    const { identity } = await madeAgo(0);
    return { identity, ca: (await madeAgo(0)).ca };
  }],
};

for (const [what, [code, detail, make]] of Object.entries(BAD)) {
  Deno.test(`trusting() refuses a certificate, and says why: ${what}`, async () => {
    const { identity, ca } = await make();
    await using server = await startTlsOrigin(identity);
    const stream = await tcpDialer(server.address, NEVER);
    const error = await assertRejects(
      () => trusting([ca])(stream, host("127.0.0.1"), NEVER),
      ConnectError,
    );
    assertEquals([error.code, error.detail], [code, detail]);
    assertEquals(error.message, "Cannot speak TLS with 127.0.0.1");
  });
}

Deno.test("trusting() speaks no TLS older than 1.2, and says so", () =>
  withAuthority(async ({ ca, certFile, keyFile }) => {
    const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = nobody.addr;
    nobody.close();
    await using server = startProgram([
      ...["openssl", "s_server", "-tls1", "-cipher", "ALL:@SECLEVEL=0", "-accept", String(port)],
      ...["-cert", certFile, "-key", keyFile],
    ], { env: { PATH: Deno.env.get("PATH") ?? "" } });
    await server.stdout.until(/ACCEPT/);
    const stream = await tcpDialer({ ip: ip("127.0.0.1"), port }, NEVER);
    const error = await assertRejects(
      () => trusting([ca])(stream, host("proxy.test"), NEVER),
      ConnectError,
    );
    assertEquals([error.code, error.detail], [
      "tls_failed",
      "it speaks no version of TLS from 1.2 on",
    ]);
  }));

Deno.test("trusting() tells what both sides have agreed to speak", () =>
  withAuthority(async (authority) => {
    await using server = await startTlsOrigin(authority, { http2: true });
    const agree = async (protocols?: readonly TlsProtocol[]) => {
      const stream = await tcpDialer(server.address, NEVER);
      const tls = trusting([authority.ca]);
      const inside = await tls(stream, host("proxy.test"), NEVER, protocols);
      inside.close();
      return inside.protocol;
    };
    assertEquals(await agree(["h2", "http/1.1"]), "h2");
    assertEquals(await agree(["http/1.1"]), "http/1.1");
    // To proxies nothing else is spoken.
    assertEquals(await agree(), "http/1.1");
    assertEquals(await agree([]), null);
  }));
