import { assertEquals, assertStringIncludes } from "@std/assert";
import { LiveConnections } from "../../src/proxy/live.ts";
import { type DoorClient, makeDoor, type TestDoor } from "../support/door.ts";
import { turn } from "../support/in_time.ts";

interface Served extends DoorClient {
  readonly session: PromiseWithResolvers<void>;
}

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
  const live = new LiveConnections();
  const { session, connection } = serve(made, live);
  assertEquals(live.size, 1);
  session.resolve();
  await turn();
  assertEquals([live.size, connection.closed], [0, true]);
});

Deno.test("serve() answers 500 for a bug, tells of it, and closes", async () => {
  await using made = makeDoor();
  const live = new LiveConnections();
  const told: string[] = [];
  const { session, wire } = serve(made, live, told);
  session.reject(new TypeError("bug"));
  assertStringIncludes((await wire.readMessage()).start, "HTTP/1.1 500 ");
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
    const live = new LiveConnections();
    const told: string[] = [];
    const { session, wire } = serve(made, live, told);
    session.reject(error);
    await wire.readEnd();
    assertEquals([told, live.size], [[], 0], error.name);
  }
});

Deno.test("serve() lets go of a client that takes no 500", async () => {
  await using made = makeDoor();
  const live = new LiveConnections();
  const { session, connection } = serve(made, live);
  connection.stream.write = () => Promise.reject(new Deno.errors.BrokenPipe("gone"));
  session.reject(new TypeError("bug"));
  await turn();
  assertEquals(live.size, 0);
});

Deno.test("drain() closes idle clients at once and busy ones after the grace", async () => {
  await using made = makeDoor();
  const live = new LiveConnections();
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
  const live = new LiveConnections();
  const busy = serve(made, live);
  busy.connection.idle = false;
  const drained = live.drain(1000, made.deadlines);
  busy.session.resolve();
  await drained;
  assertEquals(live.size, 0);
});

Deno.test("drain(0) closes everything at once, also while another drain waits", async () => {
  await using made = makeDoor();
  const live = new LiveConnections();
  serve(made, live).connection.idle = false;
  const patient = live.drain(60_000, made.deadlines);
  await live.drain(0, made.deadlines);
  await patient;
  assertEquals(live.size, 0);
});

Deno.test("serve() takes leave in the client's own protocol, where it has one", async () => {
  await using made = makeDoor();
  const live = new LiveConnections();
  const { session, wire, connection } = serve(made, live);
  connection.farewell = new Uint8Array([5, 1, 0]);
  session.reject(new TypeError("bug"));
  assertEquals(await wire.readAll(), "\x05\x01\x00");
});
