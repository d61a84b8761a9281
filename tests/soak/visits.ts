// The traffic: what clients of every kind do. Each fails when Doorward does not do its part.
import { COMMAND, requestSocks, udpHeader } from "../bench/socks.ts";
import { encode, expectSuccess, HEAD_BYTES_MAX, readHead, send } from "../bench/wire.ts";
import { leftByClient, resetByOrigin, resetInside, slow } from "./bad_visits.ts";
import {
  ask,
  expectStatus,
  MESSAGE,
  openHttp2,
  stream,
  there,
  unexpected,
} from "./conversation.ts";
import { DECIDED, DENIED, FLIP } from "./scene.ts";
import type { Visit } from "./visit.ts";

/** One kind of traffic: how many of a hundred visits are of it, and what it does. Resolves to its requests. */
export interface Kind {
  readonly name: string;
  readonly share: number;
  readonly run: (visit: Visit) => Promise<number>;
}

/** All of it. */
export const KINDS: readonly Kind[] = [
  { name: "plain, kept", share: 22, run: plainKept },
  { name: "plain, closed", share: 10, run: plainClosed },
  { name: "connect", share: 12, run: (visit) => echo(visit, "connect") },
  { name: "socks", share: 10, run: (visit) => echo(visit, "socks") },
  { name: "socks udp", share: 4, run: datagrams },
  { name: "websocket", share: 5, run: webSocket },
  { name: "inside, HTTP/1.1", share: 6, run: inside },
  { name: "inside, HTTP/2", share: 4, run: insideHttp2 },
  { name: "denied", share: 6, run: denied },
  { name: "decider", share: 4, run: decided },
  { name: "flipping", share: 4, run: flipping },
  { name: "reset by the origin", share: 6, run: resetByOrigin },
  { name: "reset by the origin, inside", share: 2, run: resetInside },
  { name: "left by the client", share: 3, run: leftByClient },
  { name: "slow", share: 1, run: slow },
  { name: "admin", share: 1, run: admin },
];

async function plainKept(visit: Visit): Promise<number> {
  const conn = await visit.connect();
  const count = 1 + visit.random.below(20);
  for (let at = 0; at < count; at++) {
    await ask(conn, `127.0.0.1:${visit.scene.origin.http}`, "/small");
  }
  return count;
}

async function plainClosed(visit: Visit): Promise<number> {
  const conn = await visit.connect();
  const authority = `127.0.0.1:${visit.scene.origin.http}`;
  await ask(conn, authority, "/small", "Connection: close\r\n");
  if (await conn.read(new Uint8Array(1)) !== null) throw new Error("There was more than the end");
  return 1;
}

async function echo(visit: Visit, by: "connect" | "socks"): Promise<number> {
  const { origin } = visit.scene;
  const conn = by === "connect"
    ? await visit.tunnel(`127.0.0.1:${origin.echo}`)
    : await visit.socks(origin.echo);
  const count = 1 + visit.random.below(5);
  for (let at = 0; at < count; at++) await there(conn);
  await conn.closeWrite();
  if (await conn.read(new Uint8Array(1)) !== null) throw new Error("There was more than the end");
  return 1;
}

async function datagrams(visit: Visit): Promise<number> {
  const control = await visit.connect(visit.scene.socks);
  const port = await requestSocks(control, COMMAND.udpAssociate, 0);
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  visit.own(socket);
  const header = udpHeader(visit.scene.origin.udpEcho);
  const datagram = new Uint8Array([...header, ...MESSAGE]);
  for (let at = 0; at < 3; at++) {
    await socket.send(datagram, { transport: "udp", hostname: "127.0.0.1", port });
    const [bytes] = await socket.receive();
    if (bytes.length !== datagram.length) throw new Error(`${bytes.length} bytes came back`);
  }
  return 1;
}

async function webSocket(visit: Visit): Promise<number> {
  const conn = await visit.connect();
  const authority = `127.0.0.1:${visit.scene.fickle.http}`;
  await send(conn, upgrade(authority, "/websocket"));
  const head = await readHead(conn, new Uint8Array(HEAD_BYTES_MAX));
  if (!head?.text.startsWith("http/1.1 101 ")) throw unexpected(head);
  for (let at = 0; at < 3; at++) await there(conn);
  return 1;
}

async function inside(visit: Visit): Promise<number> {
  const { https } = visit.scene.origin;
  const conn = await visit.secure(https);
  const count = 1 + visit.random.below(5);
  for (let at = 0; at < count; at++) await ask(conn, `localhost:${https}`, "/small", "", "");
  await send(conn, encode(`DELETE /small HTTP/1.1\r\nHost: localhost:${https}\r\n\r\n`));
  await expectStatus(conn, 403);
  return count + 1;
}

async function insideHttp2(visit: Visit): Promise<number> {
  const { http2 } = visit.scene.origin;
  const session = await openHttp2(visit, http2);
  const count = 1 + visit.random.below(8);
  const statuses = await Promise.all(
    Array.from({ length: count }, () => stream(session, "/small")),
  );
  for (const status of statuses) if (status !== 200) throw new Error(`A stream was ${status}`);
  return count;
}

async function denied(visit: Visit): Promise<number> {
  const conn = await visit.connect();
  const way = visit.random.pick(["GET", "CONNECT"]);
  const target = way === "GET" ? `http://a.evil.example/` : "a.evil.example:443";
  await send(conn, encode(`${way} ${target} HTTP/1.1\r\nHost: a.evil.example\r\n\r\n`));
  await expectStatus(conn, 403);
  return 1;
}

async function decided(visit: Visit): Promise<number> {
  const conn = await visit.connect();
  const host = visit.random.pick([DECIDED, DENIED]);
  await send(conn, encode(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
  // What it lets through is a name that nobody knows.
  await expectStatus(conn, ...host === DECIDED ? [502, 504] : [403]);
  return 1;
}

/** Whatever the policy of the moment says. Nobody is there, so it is never 200; one that changes meanwhile cuts off. */
async function flipping(visit: Visit): Promise<number> {
  const conn = await visit.connect();
  const authority = `${FLIP}:${visit.scene.origin.http}`;
  await send(conn, encode(`GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
  const head = await readHead(conn, new Uint8Array(HEAD_BYTES_MAX));
  if (head !== null && !/^http\/1\.1 (403|502) /.test(head.text)) throw unexpected(head);
  return 1;
}

/** Reads what people and scrapers read, and a while of events. */
async function admin(visit: Visit): Promise<number> {
  const { admin: port } = visit.scene;
  const paths = ["/health", "/patterns", "/blocked?limit=20", "/stats", "/connections", "/metrics"];
  const conn = await visit.connect(port);
  await send(conn, encode(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
  expectSuccess(await readHead(conn, new Uint8Array(HEAD_BYTES_MAX)));
  for (const path of paths) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    await response.body?.cancel();
    if (response.status !== 200) throw new Error(`${path} is ${response.status}`);
  }
  await visit.pause(visit.random.below(500));
  return paths.length + 1;
}

function upgrade(authority: string, path: string): Uint8Array {
  return encode(
    `GET http://${authority}${path} HTTP/1.1\r\nHost: ${authority}\r\n` +
      "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
}
