import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ConnectError } from "../../../src/net/errors.ts";
import { connectMethod } from "../../../src/proxy/http/connect_method.ts";
import { type DoorClient, makeDoor, never, type TestDoor } from "../../support/door.ts";
import { faultOf } from "../../support/fault.ts";
import { requestHead } from "../../support/heads.ts";
import { turn, until } from "../../support/in_time.ts";
import { streamPair } from "../../support/memory_stream.ts";
import { policyOf } from "../../support/policy.ts";
import { Wire } from "../../support/wire.ts";

/** Serves a CONNECT to allowed.test:443, or another target. */
function serve(made: TestDoor, target = "allowed.test:443"): DoorClient & { ended: Promise<void> } {
  const client = made.client();
  const head = requestHead(`CONNECT ${target} HTTP/1.1`, `Host: ${target}`);
  return {
    ...client,
    ended: connectMethod(client.connection, head, made.door).then((carry) => carry?.()),
  };
}

Deno.test("connectMethod() answers 200 and then carries bytes both ways", async () => {
  await using made = makeDoor();
  const { wire, ended } = serve(made);
  const origin = await made.upstream();
  assertEquals(await wire.readHead(), "HTTP/1.1 200 Connection established\r\n\r\n");
  await wire.send("up");
  assertEquals(await origin.readExactly(2), "up");
  await origin.send("down");
  assertEquals(await wire.readExactly(4), "down");
  await wire.closeWrite();
  await origin.readEnd();
  await origin.closeWrite();
  await ended;
});

Deno.test("connectMethod() says 200 only once the upstream connection stands", async () => {
  const dialling = Promise.withResolvers<void>();
  const [ours, theirs] = streamPair();
  await using origin = new Wire(theirs);
  await using made = makeDoor({ dial: () => dialling.promise.then(() => ours) });
  const { wire } = serve(made);
  await until(() => made.dialled.length === 1, "the origin is dialled");
  await turn();
  assertEquals(wire.received, "");
  dialling.resolve();
  assertStringIncludes(await wire.readHead(), "HTTP/1.1 200 ");
  assertEquals(origin.received, "");
});

Deno.test("connectMethod() records a block before it answers", async () => {
  await using made = makeDoor({ policy: policyOf({}) });
  const { wire, ended } = serve(made);
  await ended;
  assertMatch((await wire.readMessage()).start, /^HTTP\/1\.1 403 /);
  assertEquals(made.blocked.map(({ asker, decision }) => [asker.method, decision.verdict]), [
    ["CONNECT", "deny"],
  ]);
  assertEquals([made.lookups, made.dialled], [[], []]);
});

Deno.test("connectMethod() answers a failure in words", async () => {
  await using made = makeDoor({
    dial: () => Promise.reject(new ConnectError("connection_refused", "Cannot connect")),
  });
  const { wire, ended } = serve(made);
  await ended;
  const answer = await wire.readMessage();
  assertEquals(answer.start, "HTTP/1.1 502 Doorward: it refused the connection");
  assertEquals(answer.body, "Doorward could not reach allowed.test: it refused the connection.\n");
  assertEquals(made.blocked, []);
});

Deno.test("connectMethod() throws for a target that is no host and port", async () => {
  await using made = makeDoor();
  for (const target of ["allowed.test", "http://allowed.test:443", "/", "allowed.test:0"]) {
    assertEquals(await faultOf(() => serve(made, target).ended), "client bad_target", target);
  }
});

// Two places at once, one of which limited mode could not see into.
Deno.test("connectMethod() throws for a header that asks for a unix socket", async () => {
  await using made = makeDoor();
  const { connection } = made.client();
  for (const path of ["/run/a.sock", "", "relative"]) {
    const head = requestHead(
      "CONNECT allowed.test:443 HTTP/1.1",
      "Host: allowed.test:443",
      `x-unix-socket: ${path}`,
    );
    const fault = await faultOf(() => connectMethod(connection, head, made.door));
    assertEquals(fault, "client bad_header");
  }
  assertEquals([made.lookups, made.dialled], [[], []]);
});

Deno.test("connectMethod() closes the tunnel when neither side speaks", async () => {
  await using made = makeDoor({ limits: { tunnelIdleMs: 1000 } });
  const { wire, ended } = serve(made);
  const origin = await made.upstream();
  await wire.readHead();
  made.clock.advance(900);
  await origin.send("x");
  await wire.readExactly(1);
  made.clock.advance(900);
  await turn();
  assertEquals(wire.ending, null);
  made.clock.advance(500);
  await ended;
  await Promise.all([wire.readEnd(), origin.readEnd()]);
});

// The client's stream is all that shutting down closes: the other one must follow, whatever it waits for.
Deno.test("connectMethod() ends with the client while the origin takes nothing", async () => {
  const [ours, theirs] = streamPair(4);
  await using origin = new Wire(theirs, { paused: true });
  await using made = makeDoor({ dial: () => Promise.resolve(ours) });
  const { wire, connection, ended } = serve(made);
  await wire.readHead();
  await wire.send("more than it takes");
  await turn();
  connection.close();
  await ended;
  origin.resume();
  assertEquals(await origin.readAll(), "more");
});

Deno.test("connectMethod() drops what it dialled for a client that has left", async () => {
  await using made = makeDoor({ dial: (_, signal) => never(signal) });
  const { connection, ended } = serve(made);
  const failed = ended.then(() => null, (error) => (error as Error).name);
  await until(() => made.dialled.length === 1, "the origin is dialled");
  connection.close();
  assertEquals(await failed, "AbortError");
});
