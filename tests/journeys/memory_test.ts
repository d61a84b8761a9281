// Doorward under a gigabyte, a thousand tunnels and peers that do not read: what it holds, and lets go.
import { assertEquals, assertLess } from "@std/assert";
import {
  drain,
  encode,
  expectSuccess,
  type Head,
  HEAD_BYTES_MAX,
  readHead,
  send,
} from "../bench/wire.ts";
import { type BulkOrigin, startBulkOrigin } from "../support/bulk_origin.ts";
import { type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import {
  descriptorCount,
  NO_PROC,
  processMemory,
  tcpBuffersMax,
} from "../support/process_memory.ts";
import { makeScratch } from "../support/scratch.ts";
import { note, type Pulse, untilDescriptors } from "../support/settle.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const STEP = new Uint8Array(256 * 1024);

/** What may come on top of an idle process, whatever goes through it. */
const GROWTH_MAX_MIB = 96;
/** What Doorward itself may hold of one body, beside what the kernel does: a few borrowed buffers. */
const HELD_MAX_BYTES = MIB;

const TUNNELS = 1000;
/** So many at once are opened: fewer than wait on a listening socket. */
const OPENED_AT_ONCE = 50;
const TUNNEL_MAX_KIB = 96;

/** An origin has stopped when this many requests on another connection went through meanwhile. */
const STILL_ROUND_TRIPS = 1000;

/** Both ways to carry HTTP. */
const ROUTES = ["plain HTTP", "a tunnel"] as const;
type Route = typeof ROUTES[number];

for (const route of ROUTES) {
  testMemory(`1 GiB down through ${route} leaves memory flat`, async (world) => {
    const conn = await world.open(route);
    await send(conn, request(world, route, "GET", GIB));
    const head = await readAnswer(conn);
    await drain(conn, GIB - (head.held - head.bytes), new Uint8Array(STEP.length));
  });

  testMemory(`1 GiB up through ${route} leaves memory flat`, async (world) => {
    const conn = await world.open(route);
    await send(conn, request(world, route, "POST", GIB));
    for (let sent = 0; sent < GIB; sent += STEP.length) await send(conn, STEP);
    await readAnswer(conn);
    assertEquals(world.origin.received, GIB);
  });

  testMemory(`a client that does not read stops the origin through ${route}`, async (world) => {
    const pulse = await startPulse(world);
    const conn = await world.open(route);
    await send(conn, request(world, route, "GET", GIB));
    const head = await readAnswer(conn);
    await untilStill(() => world.origin.sent, pulse);
    note(`the origin could send ${mib(world.origin.sent)} of ${mib(GIB)} MiB`);
    assertLess(world.origin.sent, 2 * await tcpBuffersMax() + HELD_MAX_BYTES);
    // Nothing was dropped: whoever reads on gets all of it.
    await drain(conn, GIB - (head.held - head.bytes), new Uint8Array(STEP.length));
  });

  testMemory(`an origin that does not read stops the client through ${route}`, async (world) => {
    const pulse = await startPulse(world);
    const conn = await world.open(route);
    await send(conn, request(world, route, "PUT", GIB));
    let sent = 0;
    const sending = (async () => {
      while (sent < GIB) sent += await conn.write(STEP);
    })();
    await untilStill(() => sent, pulse);
    note(`the client could send ${mib(sent)} of ${mib(GIB)} MiB`);
    assertLess(sent, 2 * await tcpBuffersMax() + HELD_MAX_BYTES);
    world.origin.readOn();
    await sending;
    await readAnswer(conn);
    assertEquals(world.origin.received, GIB);
  });
}

testMemory(`${TUNNELS} idle tunnels stay open, and leave nothing behind`, async (world) => {
  const pulse = await startPulse(world);
  const { pid } = world.proxy;
  const descriptors = await descriptorCount(pid);
  const before = (await processMemory(pid)).now;

  const tunnels: Deno.TcpConn[] = [];
  while (tunnels.length < TUNNELS) {
    const batch = Array.from(
      { length: OPENED_AT_ONCE },
      () => openTunnel(world, world.origin.echo),
    );
    tunnels.push(...await Promise.all(batch));
  }
  const tunnelKib = ((await processMemory(pid)).now - before) * 1024 / TUNNELS;
  note(`${before.toFixed(0)} MiB without tunnels, ${tunnelKib.toFixed(1)} KiB each idle one`);
  assertLess(tunnelKib, TUNNEL_MAX_KIB);
  assertEquals(await descriptorCount(pid), descriptors + 2 * TUNNELS);

  const replies = await Promise.all(
    tunnels.map((tunnel, number) => converse(tunnel, `${number}.`)),
  );
  assertEquals(replies, tunnels.map((_, number) => `${number}.`));
  assertEquals(await Promise.all(tunnels.map(endOf)), tunnels.map(() => null));
  await untilDescriptors(pid, descriptors, pulse);
});

/** What a test has: an origin, Doorward in a process of its own, and connections to it. */
interface World extends AsyncDisposable {
  readonly origin: BulkOrigin;
  readonly proxy: DoorwardStart;
  /** Connects to Doorward. */
  connect(): Promise<Deno.TcpConn>;
  /** Connects to Doorward for HTTP with the origin. */
  open(route: Route): Promise<Deno.TcpConn>;
}

/** A test after which Doorward must never have held much more than before. */
function testMemory(name: string, fn: (world: World) => Promise<void>): void {
  Deno.test({
    name: NO_PROC === null ? name : `${name} (${NO_PROC})`,
    ignore: NO_PROC !== null,
    async fn(): Promise<void> {
      await using world = await makeWorld();
      const idle = (await processMemory(world.proxy.pid)).now;
      await fn(world);
      const { peak } = await processMemory(world.proxy.pid);
      note(`${idle.toFixed(0)} MiB idle, ${peak.toFixed(0)} MiB at most`);
      assertLess(peak - idle, GROWTH_MAX_MIB);
    },
  });
}

async function makeWorld(): Promise<World> {
  const stack = new AsyncDisposableStack();
  const origin = stack.use(startBulkOrigin());
  const scratch = stack.use(await makeScratch());
  const proxy = stack.use(await startDoorward(["--allow", "127.0.0.1"], scratch));
  const connect = async () => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: proxy.port });
    return stack.use(conn);
  };
  const world: World = {
    origin,
    proxy,
    connect,
    open: (route) => route === "a tunnel" ? openTunnel(world, origin.http) : connect(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return world;
}

async function openTunnel(world: World, port: number): Promise<Deno.TcpConn> {
  const conn = await world.connect();
  const authority = `127.0.0.1:${port}`;
  await send(conn, encode(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
  await readAnswer(conn);
  return conn;
}

/** The head of a request: about `bytes` in the answer to a GET, else with so many of its own. */
function request(world: World, route: Route, method: string, bytes: number): Uint8Array {
  const authority = `127.0.0.1:${world.origin.http}`;
  const target = `${route === "a tunnel" ? "" : `http://${authority}`}/${bytes}`;
  const length = method === "GET" ? "" : `Content-Length: ${bytes}\r\n`;
  return encode(`${method} ${target} HTTP/1.1\r\nHost: ${authority}\r\n${length}\r\n`);
}

/** Reads the head of a response, and perhaps the first of its body. */
async function readAnswer(conn: Deno.TcpConn): Promise<Head> {
  return expectSuccess(await readHead(conn, new Uint8Array(HEAD_BYTES_MAX)));
}

/** Sends a message; resolves to as many bytes as it has. */
async function converse(conn: Deno.TcpConn, message: string): Promise<string> {
  await send(conn, encode(message));
  const reply = new Uint8Array(message.length);
  let held = 0;
  while (held < reply.length) held += await conn.read(reply.subarray(held)) ?? NaN;
  return new TextDecoder().decode(reply);
}

/** Ends our side; resolves to what comes then. */
async function endOf(conn: Deno.TcpConn): Promise<number | null> {
  await conn.closeWrite();
  return await conn.read(new Uint8Array(1));
}

async function startPulse(world: World): Promise<Pulse> {
  const conn = await world.connect();
  const bytes = request(world, "plain HTTP", "GET", 0);
  const pulse = async () => {
    await send(conn, bytes);
    await readAnswer(conn);
  };
  await pulse();
  return pulse;
}

/** Waits until a number has stopped growing. */
async function untilStill(read: () => number, pulse: Pulse): Promise<void> {
  let last = read();
  for (let still = 0; still < STILL_ROUND_TRIPS; still++) {
    await pulse();
    if (read() !== last) still = 0;
    last = read();
  }
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
