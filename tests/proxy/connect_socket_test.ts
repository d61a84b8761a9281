import { assertEquals, assertObjectMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import type { UnixSockets } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { authorizeSocket, type SocketGrant } from "../../src/proxy/authorize_socket.ts";
import { connectSocket } from "../../src/proxy/connect_socket.ts";
import { never } from "../support/door.ts";
import { turn } from "../support/in_time.ts";
import { policyOf, socketAt } from "../support/policy.ts";

const CALM = new AbortController().signal;
const PATH = "/run/a.sock";
/** A path at which nothing is. */
const MISSING = "/in/another/container.sock";

/** A stream that nobody may write to, and counts how often it was closed. */
class Untouched implements ByteStream {
  closes = 0;
  writes = 0;
  read = () => never<number>(CALM);
  write = (bytes: Uint8Array) => {
    this.writes += 1;
    return Promise.resolve(bytes.length);
  };
  closeWrite = () => Promise.resolve();
  close = () => {
    this.closes += 1;
  };
}

/** Sockets that connect to `stream`, after which every path leads where `then` says; a path of a server leads to itself. */
function sockets(
  stream: ByteStream,
  then: () => Promise<string>,
  bound: string | null = PATH,
): UnixSockets & { dialled: string[] } {
  const dialled: string[] = [];
  return {
    dialled,
    canonical: (path) => dialled.length === 0 || path !== PATH ? Promise.resolve(path) : then(),
    dial: (path) => {
      dialled.push(path);
      return Promise.resolve({ stream, bound });
    },
    exists: (path) => Promise.resolve(path !== MISSING),
  };
}

async function grantOf(of: UnixSockets, asked = PATH): Promise<SocketGrant> {
  const policy = policyOf({}, { unixSockets: [PATH] });
  const outcome = await authorizeSocket(socketAt(asked), policy, of, CALM);
  if (outcome.verdict !== "allow") throw new Error("This policy allows it");
  return outcome;
}

Deno.test("connectSocket() dials the place of the grant and returns the stream", async () => {
  const stream = new Untouched();
  const fake = sockets(stream, () => Promise.resolve(PATH));
  assertStrictEquals(await connectSocket(await grantOf(fake), fake, CALM), stream);
  assertEquals([fake.dialled, stream.closes], [[PATH], 0]);
});

// What was asked for is never looked at again: a link in it could lead elsewhere by now.
Deno.test("connectSocket() dials where the path led, not what was asked for", async () => {
  const stream = new Untouched();
  const fake = sockets(stream, () => Promise.resolve(PATH));
  const linked = { ...fake, canonical: () => Promise.resolve(PATH) };
  const grant = await grantOf(linked, "/home/link");
  assertStrictEquals(await connectSocket(grant, linked, CALM), stream);
  assertEquals(fake.dialled, [PATH]);
});

// The path is replaced by a link between the question and the connection.
Deno.test("connectSocket() refuses a path that leads elsewhere once it stands", async () => {
  const elsewhere = ["/run/docker.sock", "/run/a.sock2", "/run", ""];
  for (const place of elsewhere) {
    const stream = new Untouched();
    const fake = sockets(stream, () => Promise.resolve(place));
    const outcome = await connectSocket(await grantOf(fake), fake, CALM);
    assertObjectMatch(outcome, { verdict: "deny", reason: "not_allowed" });
    assertEquals([stream.closes, stream.writes], [1, 0]);
  }
});

Deno.test("connectSocket() refuses a path that cannot be resolved any more", async () => {
  const stream = new Untouched();
  const fake = sockets(stream, () => Promise.reject(new Error("ELOOP")));
  const outcome = await connectSocket(await grantOf(fake), fake, CALM);
  assertObjectMatch(outcome, { verdict: "deny", reason: "not_allowed" });
  assertEquals(stream.closes, 1);
});

Deno.test("connectSocket() rejects with what the dialler failed with", async () => {
  const fake: UnixSockets = {
    canonical: (path) => Promise.resolve(path),
    dial: () => Promise.reject(new ConnectError("connection_refused", "x")),
    exists: () => Promise.resolve(true),
  };
  const grant = await grantOf(fake);
  await assertRejects(() => connectSocket(grant, fake, CALM), ConnectError);
});

Deno.test("connectSocket() closes what it dialled for a client that has left", async () => {
  const stream = new Untouched();
  const fake = sockets(stream, () => never(CALM));
  const leaving = new AbortController();
  const connecting = connectSocket(await grantOf(fake), fake, leaving.signal);
  await turn();
  leaving.abort(new DOMException("gone", "AbortError"));
  await assertRejects(() => connecting, DOMException, "gone");
  assertEquals(stream.closes, 1);
});

// The path was swapped, connected to, and swapped back: only what the server bound tells.
Deno.test("connectSocket() refuses a server that bound another file", async () => {
  const stream = new Untouched();
  const fake = sockets(stream, () => Promise.resolve(PATH), "/run/docker.sock");
  const outcome = await connectSocket(await grantOf(fake), fake, CALM);
  assertObjectMatch(outcome, { verdict: "deny", reason: "not_allowed" });
  assertEquals([stream.closes, stream.writes], [1, 0]);
});

Deno.test("connectSocket() takes a server whose own words for its path say nothing here", async () => {
  for (const bound of [null, "run/a.sock", "", MISSING]) {
    const stream = new Untouched();
    const fake = sockets(stream, () => Promise.resolve(PATH), bound);
    assertStrictEquals(await connectSocket(await grantOf(fake), fake, CALM), stream, `${bound}`);
  }
});
