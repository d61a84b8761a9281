import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ConnectionEvent, ConnectionRecord } from "../../src/audit/event.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";
import type { Serving } from "../../src/proxy/client_connection.ts";
import { LiveConnections } from "../../src/proxy/live.ts";
import { type DoorClient, makeDoor, type TestDoor } from "../support/door.ts";
import { grantOf, serving, socketGrantOf } from "../support/grant.ts";
import { turn } from "../support/in_time.ts";
import { connectTo, httpTo, policyOf, socketAt } from "../support/policy.ts";

interface Served extends DoorClient {
  readonly session: PromiseWithResolvers<void>;
}

/** What was told of connections: what happened, to which. */
type Happened = readonly [ConnectionEvent["state"], ConnectionRecord];

function newLive(happened: Happened[] = []): LiveConnections {
  return new LiveConnections(() => 1_767_225_600_500, (...what) => happened.push(what));
}

/** Gives a client something to carry. */
async function carry({ connection }: DoorClient, request: NetworkRequest): Promise<void> {
  const kind = request.kind === "http" ? "http" : "tunnel";
  connection.serving = serving(await grantOf(request, ALLOWING), kind);
}

const ALLOWING = policyOf({ allow: ["*.test"] });

const IDLE = {
  id: 1,
  client: "127.0.0.1:50000",
  kind: "idle",
  protocol: null,
  host: null,
  port: null,
  rule: null,
  generation: null,
  bytes_up: 0,
  bytes_down: 0,
  opened_at: 1_767_225_600.5,
} as const;

/** Serves a client whose session the test ends; it ends by itself when the client is closed. */
function serve(made: TestDoor, live: LiveConnections, told: string[] = []): Served {
  const client = made.client();
  const session = Promise.withResolvers<void>();
  client.connection.signal.addEventListener("abort", () => session.resolve());
  live.serve(client.connection, session.promise, (line) => told.push(line));
  return { ...client, session };
}

Deno.test("serve() holds a client until its session has ended, and closes it then", async () => {
  await using made = makeDoor();
  const live = newLive();
  const { session, connection } = serve(made, live);
  assertEquals(live.size, 1);
  session.resolve();
  await turn();
  assertEquals([live.size, connection.closed], [0, true]);
});

Deno.test("serve() answers 500 for a bug, tells of it, and closes", async () => {
  await using made = makeDoor();
  const live = newLive();
  const told: string[] = [];
  const { session, wire } = serve(made, live, told);
  session.reject(new TypeError("bug"));
  assertEquals((await wire.readMessage()).start, "HTTP/1.1 500 Internal Server Error");
  await wire.readEnd();
  assertEquals(live.size, 0);
  assertStringIncludes(told.join(), "Cannot serve 127.0.0.1:50000: TypeError: bug");
});

Deno.test("serve() takes a stream that failed for no bug", async () => {
  await using made = makeDoor();
  const errors = [
    new Deno.errors.ConnectionReset("reset"),
    new Deno.errors.ConnectionAborted("aborted"),
    new Deno.errors.BrokenPipe("pipe"),
    new Deno.errors.Interrupted("closed"),
    new Deno.errors.BadResource("closed"),
    new Deno.errors.NotConnected("gone"),
    new Deno.errors.TimedOut("gone"),
  ];
  for (const error of errors) {
    const live = newLive();
    const told: string[] = [];
    const { session, wire } = serve(made, live, told);
    session.reject(error);
    await wire.readEnd();
    assertEquals([told, live.size], [[], 0], error.name);
  }
});

Deno.test("serve() lets go of a client that takes no 500", async () => {
  await using made = makeDoor();
  const live = newLive();
  const { session, connection } = serve(made, live);
  connection.stream.write = () => Promise.reject(new Deno.errors.BrokenPipe("gone"));
  session.reject(new TypeError("bug"));
  await turn();
  assertEquals(live.size, 0);
});

Deno.test("drain() closes idle clients at once and busy ones after the grace", async () => {
  await using made = makeDoor();
  const live = newLive();
  const idle = serve(made, live);
  const busy = serve(made, live);
  busy.connection.idle = false;
  const drained = live.drain(1000, made.deadlines);
  assertEquals([idle.connection.closed, busy.connection.closed], [true, false]);
  await turn();
  made.clock.advance(1500);
  await drained;
  assertEquals([busy.connection.closed, live.size], [true, 0]);
});

Deno.test("drain() ends as soon as all have finished", async () => {
  await using made = makeDoor();
  const live = newLive();
  const busy = serve(made, live);
  busy.connection.idle = false;
  const drained = live.drain(1000, made.deadlines);
  busy.session.resolve();
  await drained;
  assertEquals(live.size, 0);
});

Deno.test("drain(0) closes everything at once, also while another drain waits", async () => {
  await using made = makeDoor();
  const live = newLive();
  serve(made, live).connection.idle = false;
  const patient = live.drain(60_000, made.deadlines);
  await live.drain(0, made.deadlines);
  await patient;
  assertEquals(live.size, 0);
});

Deno.test("serve() takes leave in the client's own protocol, where it has one", async () => {
  await using made = makeDoor();
  const live = newLive();
  const { session, wire, connection } = serve(made, live);
  connection.farewell = new Uint8Array([5, 1, 0]);
  session.reject(new TypeError("bug"));
  assertEquals(await wire.readAll(), "\x05\x01\x00");
});

Deno.test("list() tells what each connection carries, newest first", async () => {
  await using made = makeDoor();
  const live = newLive();
  const [, tunnel, plain, datagrams, socket] = [1, 2, 3, 4, 5].map(() => serve(made, live));
  await carry(tunnel!, connectTo("a.test:443"));
  await carry(plain!, httpTo("b.test:8080"));
  datagrams!.connection.carriesDatagrams = true;
  const policy = policyOf({}, { unixSockets: ["/run/a.sock"] });
  const grant = await socketGrantOf(socketAt("/run/a.sock"), policy);
  socket!.connection.serving = serving(grant, "http");
  tunnel!.connection.traffic.up = 10;
  tunnel!.connection.traffic.down = 20;
  const carried = { rule: "*.test", generation: 1 };
  assertEquals(live.list(), [
    { ...IDLE, id: 5, kind: "http", protocol: "http", host: "/run/a.sock", port: 0, generation: 1 },
    { ...IDLE, id: 4, kind: "udp", protocol: "socks5_udp" },
    { ...IDLE, ...carried, id: 3, kind: "http", protocol: "http", host: "b.test", port: 8080 },
    {
      ...IDLE,
      ...carried,
      id: 2,
      kind: "tunnel",
      protocol: "https_connect",
      host: "a.test",
      port: 443,
      bytes_up: 10,
      bytes_down: 20,
    },
    IDLE,
  ]);
});

Deno.test("list() tells of the newest thousand", async () => {
  await using made = makeDoor();
  const live = newLive();
  for (let count = 0; count < 1001; count++) serve(made, live);
  const ids = live.list().map(({ id }) => id);
  assertEquals([ids.length, ids[0], ids.at(-1), live.size], [1000, 1001, 2, 1001]);
  await live.drain(0, made.deadlines);
});

Deno.test("serve() tells when a connection opens, becomes a tunnel and closes", async () => {
  await using made = makeDoor();
  const happened: Happened[] = [];
  const live = newLive(happened);
  const served = serve(made, live);
  await carry(served, connectTo("a.test:443"));
  served.connection.tunnelled();
  served.connection.traffic.up = 7;
  served.connection.close();
  await turn();
  assertEquals(
    happened.map(([state, { id, kind, host, bytes_up }]) => [state, id, kind, host, bytes_up]),
    [
      ["opened", 1, "idle", null, 0],
      ["tunnel", 1, "tunnel", "a.test", 0],
      ["closed", 1, "tunnel", "a.test", 7],
    ],
  );
});

Deno.test("closeThoseOf() closes whatever came in there, and waits until it is over", async () => {
  await using here = makeDoor();
  await using there = makeDoor();
  const live = newLive();
  const [one, two, other] = [serve(here, live), serve(here, live), serve(there, live)];
  await live.closeThoseOf(here.entrance);
  assertEquals([one, two, other].map(({ connection }) => connection.closed), [true, true, false]);
  assertEquals(live.size, 1);
  await live.drain(0, here.deadlines);
});

Deno.test("opened counts all there ever were, size those that are open", async () => {
  await using made = makeDoor();
  const live = newLive();
  serve(made, live).connection.close();
  serve(made, live);
  await turn();
  assertEquals([live.opened, live.size, live.list()[0]!.id], [2, 1, 2]);
});

Deno.test("carried counts what was carried since the start, by those that are closed too", async () => {
  await using made = makeDoor();
  const live = newLive();
  const [first, second] = [serve(made, live), serve(made, live)];
  Object.assign(first.connection.traffic, { up: 1, down: 10 });
  Object.assign(second.connection.traffic, { up: 2, down: 20 });
  assertEquals(live.carried, { up: 3, down: 30 });
  first.connection.close();
  await turn();
  assertEquals([live.carried, live.size], [{ up: 3, down: 30 }, 1]);
});

Deno.test("close() closes the connection of an id, and says whether there was one", async () => {
  await using made = makeDoor();
  const live = newLive();
  const [first, second] = [serve(made, live), serve(made, live)];
  assertEquals([live.close(2), live.close(3)], [true, false]);
  await turn();
  assertEquals([first.connection.closed, second.connection.closed], [false, true]);
  assertEquals(live.close(2), false);
});

Deno.test("closeUnless() closes what carries what is not allowed, and counts it once", async () => {
  await using made = makeDoor();
  const live = newLive();
  const [idle, kept, dropped, also] = [1, 2, 3, 4].map(() => serve(made, live));
  await carry(kept!, connectTo("kept.test:443"));
  await carry(dropped!, connectTo("dropped.test:443"));
  await carry(also!, httpTo("dropped.test"));
  const isKept = ({ grant: { request } }: Serving) =>
    request.kind !== "socket" && request.target.host.kind === "name" &&
    request.target.host.name === "kept.test";
  assertEquals(live.closeUnless(isKept), 2);
  assertEquals(live.closeUnless(isKept), 0);
  assertEquals(
    [idle, kept, dropped, also].map((client) => client!.connection.closed),
    [false, false, true, true],
  );
});
