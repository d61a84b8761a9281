import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { never } from "../support/door.ts";
import { until } from "../support/in_time.ts";
import { answering, type Script, silent } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { fieldOf, statusOf, Wire, type WireMessage } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";
import { reachedOf } from "../support/reached.ts";

const GET = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const HOUR = 3_600_000;
const NEVER = new AbortController().signal;

/** The message that comes while time passes, and how long it took. */
async function inTime(world: World, client: Wire): Promise<{ answer: WireMessage; ms: number }> {
  const start = world.clock.monotonic();
  const answer = client.readMessage();
  await world.pass(60_000, answer);
  return { answer: await answer, ms: world.clock.monotonic() - start };
}

/** Lets time pass until the connection is over. */
async function untilOver(world: World, client: Wire): Promise<number> {
  const start = world.clock.monotonic();
  const over = until(() => client.ending !== null, "the connection is over");
  await world.pass(60_000, over);
  await over;
  return world.clock.monotonic() - start;
}

/** Whether `ms` is the limit, give or take a few ticks. */
function assertAbout(ms: number, limitMs: number): void {
  assert(ms >= limitMs - 250 && ms <= limitMs + 1500, `${ms} ms is not about ${limitMs} ms`);
}

Deno.test("head_seconds: a head that does not end is answered 408", async () => {
  await using world = makeWorld({ limits: { headMs: 3_000, idleMs: HOUR } });
  for (const start of ["G", "GET http://allowed.test/ HTTP/1.1\r\n", GET.slice(0, -1)]) {
    await using client = await world.client();
    await client.send(start);
    const { answer, ms } = await inTime(world, client);
    assertEquals([statusOf(answer), fieldOf(answer, "Connection")], [408, "close"], start);
    assertStringIncludes(answer.body, "(head_seconds under [network.limits])");
    assertAbout(ms, 3_000);
    await client.readEnd();
  }
  assertEquals([world.dialled, reachedOf(world)], [[], { head_seconds: 3 }]);
});

Deno.test("head_seconds: it counts from the first byte, however many follow", async () => {
  await using world = makeWorld({ limits: { headMs: 3_000, idleMs: HOUR } });
  await using client = await world.client();
  await client.send("GET http://allowed.test/ HTTP/1.1\r\n");
  for (let line = 0; line < 4; line++) {
    await world.pass(700);
    await client.send(`X-${line}: slow\r\n`);
  }
  const { answer } = await inTime(world, client);
  assertEquals(statusOf(answer), 408);
});

Deno.test("head_seconds: a SOCKS5 greeting that does not end is the end", async () => {
  await using world = makeWorld({ limits: { headMs: 3_000 } });
  await using client = await world.client();
  await client.send("\x05");
  assertAbout(await untilOver(world, client), 3_000);
  assertEquals([client.received, reachedOf(world)], ["", { head_seconds: 1 }]);
});

Deno.test("first_byte_seconds: a connection that says nothing is answered 408, and one byte in time passes", async () => {
  await using world = makeWorld({ limits: { firstByteMs: 3_000, idleMs: HOUR } });
  await using silent = await world.client();
  const { answer, ms } = await inTime(world, silent);
  assertEquals([statusOf(answer), fieldOf(answer, "Connection")], [408, "close"]);
  assertStringIncludes(answer.body, "(first_byte_seconds under [network.limits])");
  assertAbout(ms, 3_000);
  await silent.readEnd();
  await using late = await world.client();
  await world.pass(2_500);
  await late.send(GET.slice(0, 1));
  await world.pass(2_500);
  await late.send(GET.slice(1));
  assertEquals(statusOf(await late.readMessage()), 200);
  // What came once needs no first byte any more.
  await world.pass(10_000);
  await late.send(GET);
  assertEquals(statusOf(await late.readMessage()), 200);
  assertEquals(reachedOf(world), { first_byte_seconds: 1 });
});

Deno.test("first_byte_seconds: where SOCKS5 alone is spoken there is no word for it", async () => {
  await using world = makeWorld({
    limits: { firstByteMs: 3_000 },
    socks: { ip: ip("127.0.0.1"), port: 0 },
  });
  await using client = new Wire(await tcpDialer(world.proxy.socksAddress!, NEVER));
  assertAbout(await untilOver(world, client), 3_000);
  assertEquals([client.received, reachedOf(world)], ["", { first_byte_seconds: 1 }]);
});

Deno.test("idle_seconds: a kept connection without a request is closed without a word", async () => {
  await using world = makeWorld({ limits: { idleMs: 3_000 } });
  await using used = await world.client();
  await used.send(GET);
  await used.readMessage();
  const { length } = used.received;
  assertAbout(await untilOver(world, used), 3_000);
  assertEquals([used.received.length, world.upstreams], [length, 0]);
  assertEquals(reachedOf(world), { idle_seconds: 1 });
});

Deno.test("head_bytes: the last head that fits passes, one byte more is 431", async () => {
  await using world = makeWorld({ limits: { headBytes: 1024 }, via: false, troubled: true });
  const head = (bytes: number) => {
    const field = `X-Fill: ${"x".repeat(bytes - GET.length - 10)}\r\n`;
    return `${GET.slice(0, -2)}${field}\r\n`;
  };
  assertEquals(head(1024).length, 1024);
  assertEquals(statusOf(await world.ask(head(1024))), 200);
  await using client = await world.client();
  await client.send(head(1025));
  const answer = await client.readMessage();
  assertMatch(answer.start, /^HTTP\/1\.1 431 Request Header Fields Too Large/);
  assertStringIncludes(answer.body, "(head_bytes under [network.limits])");
  await client.readEnd();
  assertEquals([world.dialled.length, reachedOf(world)], [1, { head_bytes: 1 }]);
  assertEquals(world.diagnosed, [
    "Reached head_bytes under [network.limits]: what is beyond 1024 is refused",
  ]);
});

Deno.test("head_bytes: a head without end is not read to its end", async () => {
  await using world = makeWorld({ limits: { headBytes: 1024 }, troubled: true });
  await using client = await world.client();
  await client.send(GET.slice(0, -2) + `X-Fill: ${"x".repeat(2048)}`);
  assertEquals(statusOf(await client.readMessage()), 431);
});

Deno.test("head_bytes: it holds for the head of an answer, too", async () => {
  const large = `HTTP/1.1 200 OK\r\nX-Fill: ${"x".repeat(2048)}\r\n\r\n`;
  await using world = makeWorld({
    origin: answering(large),
    limits: { headBytes: 1024 },
    troubled: true,
  });
  const answer = await world.ask(GET);
  assertEquals([statusOf(answer), JSON.parse(answer.body).reason], [502, "bad_response"]);
  assertEquals(reachedOf(world), { head_bytes: 1 });
});

Deno.test("request_line_bytes: the last line that fits passes, one byte more is 414", async () => {
  await using world = makeWorld({ limits: { requestLineBytes: 1024 }, troubled: true });
  const asked = (bytes: number) => {
    const [line = "", ...rest] = GET.split("\r\n");
    const long = line.replace(" HTTP/", `${"x".repeat(bytes - line.length)} HTTP/`);
    assertEquals(long.length, bytes);
    return [long, ...rest].join("\r\n");
  };
  assertEquals(statusOf(await world.ask(asked(1024))), 200);
  const answer = await world.ask(asked(1025));
  assertEquals(answer.start, "HTTP/1.1 414 URI Too Long");
  assertStringIncludes(answer.body, "(request_line_bytes under [network.limits])");
  assertStringIncludes(fieldOf(answer, "Proxy-Status")!, 'details="request_line_too_long"');
  assertEquals([world.dialled.length, reachedOf(world)], [1, { request_line_bytes: 1 }]);
});

Deno.test("head_fields: the last field that fits passes, one more is 431", async () => {
  await using world = makeWorld({ limits: { headFields: 8 }, troubled: true });
  const head = (fields: number) => `${GET.slice(0, -2)}${"a: b\r\n".repeat(fields - 1)}\r\n`;
  assertEquals(statusOf(await world.ask(head(8))), 200);
  const answer = await world.ask(head(9));
  assertEquals(statusOf(answer), 431);
  assertStringIncludes(answer.body, "(head_fields under [network.limits])");
  assertEquals(reachedOf(world), { head_fields: 1 });
});

Deno.test("body_idle_seconds: an upload that stops is answered 408, and the origin let go", async () => {
  await using world = makeWorld({ origin: silent, limits: { bodyIdleMs: 3_000 } });
  await using client = await world.client();
  await client.send(
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 10\r\n\r\nsome",
  );
  const { answer, ms } = await inTime(world, client);
  assertEquals(statusOf(answer), 408);
  assertStringIncludes(answer.body, "(body_idle_seconds under [network.limits])");
  assertAbout(ms, 3_000);
  await client.readEnd();
  assertEquals([world.upstreams, reachedOf(world)], [0, { body_idle_seconds: 1 }]);
});

Deno.test("body_idle_seconds: an upload that goes on slowly passes", async () => {
  await using world = makeWorld({ limits: { bodyIdleMs: 3_000 } });
  await using client = await world.client();
  await client.send(
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 8\r\n\r\n",
  );
  for (let byte = 0; byte < 8; byte++) {
    await world.pass(2_000);
    await client.send("x");
    const origin = await world.origin.connection();
    await until(() => origin.received.endsWith("x".repeat(byte + 1)), "the byte has arrived");
  }
  assertEquals(statusOf(await client.readMessage()), 200);
  assertEquals(reachedOf(world), {});
});

Deno.test("body_idle_seconds: a response that stops is cut off", async () => {
  const stopping: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome");
  };
  await using world = makeWorld({ origin: stopping, limits: { bodyIdleMs: 3_000 } });
  await using client = await world.client();
  await client.send(GET);
  await client.readUntil("some");
  assertAbout(await untilOver(world, client), 3_000);
  assertEquals([world.upstreams, reachedOf(world)], [0, { body_idle_seconds: 1 }]);
});

Deno.test("response_seconds: an origin that says nothing is answered for with 504", async () => {
  await using world = makeWorld({ origin: silent, limits: { responseMs: 3_000 } });
  await using client = await world.client();
  await client.send(GET);
  const { answer, ms } = await inTime(world, client);
  assertEquals([statusOf(answer), JSON.parse(answer.body).reason], [504, "response_timeout"]);
  assertStringIncludes(fieldOf(answer, "Proxy-Status")!, "error=http_response_timeout");
  assertAbout(ms, 3_000);
  await until(() => world.upstreams === 0, "the origin is let go");
  assertEquals(reachedOf(world), { response_seconds: 1 });
});

Deno.test("response_seconds: interim answers do not put it off for ever", async () => {
  const hinting: Script = async (wire) => {
    await wire.readHead();
    while (wire.ending === null) {
      await wire.send("HTTP/1.1 103 Early Hints\r\n\r\n");
      await wire.readExactly(1);
    }
  };
  await using world = makeWorld({ origin: hinting, limits: { responseMs: 3_000 } });
  await using client = await world.client();
  await client.send(GET);
  await client.readHead();
  const { answer } = await inTime(world, client);
  assertEquals(statusOf(answer), 504);
});

// A limit that has passed once must not leave its connection without any.
Deno.test("after a 504 the connection is kept, and under its limits", async () => {
  const second: Script = async (wire, index) => {
    await wire.readHead();
    if (index > 0) await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  };
  await using world = makeWorld({ origin: second, limits: { responseMs: 2_000, idleMs: 4_000 } });
  await using client = await world.client();
  await client.send(GET);
  assertEquals(statusOf((await inTime(world, client)).answer), 504);
  await client.send(GET);
  assertEquals(statusOf(await client.readMessage()), 200);
  assertAbout(await untilOver(world, client), 4_000);
});

Deno.test("after a 408 a client that does not leave is dropped", async () => {
  await using world = makeWorld({ origin: silent, limits: { bodyIdleMs: 2_000 } });
  await using client = await world.client();
  await client.send(
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 10\r\n\r\nsome",
  );
  await inTime(world, client);
  const gone = until(() => world.proxy.connections === 0, "the client is dropped");
  await world.pass(5_000, gone);
  await gone;
});

Deno.test("tunnel_idle_seconds: half a tunnel is no reason to wait for ever", async () => {
  await using world = makeWorld({ origin: silent, limits: { tunnelIdleMs: 3_000 } });
  await using client = await world.client();
  await client.send("CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n");
  await client.readHead();
  await client.closeWrite();
  const origin = await world.origin.connection();
  await until(() => origin.ending !== null, "the end has gone through");
  assertAbout(await untilOver(world, client), 3_000);
  assertEquals(reachedOf(world), { tunnel_idle_seconds: 1 });
});

Deno.test("dns_seconds and connect_seconds: 504, each with its reason", async () => {
  await using slowName = makeWorld({
    limits: { dnsMs: 2_000 },
    resolve: { "allowed.test": (_, signal) => never(signal) },
  });
  await using first = await slowName.client();
  await first.send(GET);
  const unresolved = await inTime(slowName, first);
  assertEquals([statusOf(unresolved.answer), JSON.parse(unresolved.answer.body).reason], [
    504,
    "dns_timeout",
  ]);
  assertAbout(unresolved.ms, 2_000);
  assertEquals(reachedOf(slowName), { dns_seconds: 1 });

  await using slowDial = makeWorld({
    limits: { connectMs: 2_000 },
    dial: (_, signal) => never(signal),
  });
  await using second = await slowDial.client();
  await second.send(GET);
  const unconnected = await inTime(slowDial, second);
  assertEquals([statusOf(unconnected.answer), JSON.parse(unconnected.answer.body).reason], [
    504,
    "connection_timeout",
  ]);
  assertAbout(unconnected.ms, 2_000);
  assertEquals(reachedOf(slowDial), { connect_seconds: 1 });
});

// A killed client sends its end, as one does that half-closes: it gets a while, and no quarter of an hour.
Deno.test("a client that finished sending is not waited for as long as one that did not", async () => {
  await using world = makeWorld({ origin: silent });
  const client = await world.client();
  await client.send(GET);
  const origin = await world.origin.connection();
  await origin.readHead();
  client.close();
  const freed = until(() => world.upstreams === 0, "the origin is let go");
  await world.pass(60_000, freed);
  await freed;
  assert(world.clock.monotonic() <= 32_000, `${world.clock.monotonic()} ms`);
  // It is none of the limits that can be set.
  assertEquals(reachedOf(world), {});
});
