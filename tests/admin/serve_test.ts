import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { ProxyEvent } from "../../src/audit/event.ts";
import { serveAdmin } from "../../src/admin/serve.ts";
import type { Answering } from "../../src/admin/serve_calls.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { inTime, turn, until } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { fieldOf, statusOf, Wire, type WireMessage } from "../support/wire.ts";
import { addressOf, makeAdmin, type TestAdmin, TOKEN } from "./make_admin.ts";

const FREE = { ip: ip("127.0.0.1"), port: 0 };
const NEVER = new AbortController().signal;

/** An admin API that listens on a free port. */
interface Served extends AsyncDisposable {
  readonly admin: TestAdmin;
  readonly authority: string;
  readonly clock: FakeClock;
  readonly diagnosed: readonly string[];
  client(options?: { readonly paused?: boolean }): Promise<Wire>;
  /** `METHOD /path` and more of a head, on a connection of its own. */
  ask(line: string, more?: string): Promise<WireMessage>;
  close(): Promise<void>;
}

function serve(): Served {
  const { promise: answer, resolve } = Promise.withResolvers<Answering>();
  const clock = new FakeClock();
  const diagnosed: string[] = [];
  const diagnose = (line: string) => void diagnosed.push(line);
  const server = serveAdmin(FREE, { answer, clock, diagnose });
  const authority = formatSocketAddress(server.address);
  const admin = makeAdmin({ listener: authority });
  resolve(admin.app.answer);
  const wires: Wire[] = [];
  const client: Served["client"] = async (options) => {
    const wire = new Wire(await tcpDialer(server.address, NEVER), options);
    wires.push(wire);
    return wire;
  };
  return {
    admin,
    authority,
    clock,
    diagnosed,
    client,
    async ask(line, more = "") {
      const wire = await client();
      await wire.send(`${line} HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\n${more}\r\n`);
      const reply = await wire.readMessage({ headOnly: line.startsWith("HEAD ") });
      await wire.readEnd();
      return reply;
    },
    close: () => inTime(server.close(), "the admin API to close"),
    async [Symbol.asyncDispose](): Promise<void> {
      await this.close();
      for (const wire of wires) await wire[Symbol.asyncDispose]();
      admin[Symbol.dispose]();
      assertEquals([diagnosed, admin.diagnosed, clock.sleeping], [[], [], 0]);
    },
  };
}

/** Begins to read events. */
async function reading({ client, authority }: Served, paused = false): Promise<Wire> {
  const wire = await client({ paused });
  await wire.send(`GET /events HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  return wire;
}

Deno.test("serveAdmin() answers calls over the wire", async () => {
  await using served = serve();
  const reply = await served.ask("GET /health");
  assertEquals([statusOf(reply), JSON.parse(reply.body).status], [200, "ok"]);
  assertEquals(fieldOf(reply, "x-frame-options"), "DENY");
  assertEquals(fieldOf(reply, "server"), "doorward");
});

Deno.test("serveAdmin() takes what a program sends, and asks it for the token", async () => {
  await using served = serve();
  const body = '{"host":"a.test"}';
  const call = async (token: string) => {
    const wire = await served.client();
    await wire.send(
      `POST /allow HTTP/1.1\r\nHost: ${served.authority}\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    return statusOf(await wire.readMessage());
  };
  assertEquals([await call("wrong"), await call(TOKEN)], [401, 200]);
});

Deno.test("serveAdmin() refuses pages of others, as they come over the wire", async () => {
  await using served = serve();
  const { authority } = served;
  const port = authority.split(":")[1]!;
  for (
    const [line, more, reason] of [
      ["GET http://evil.test/health", "", "bad_request"],
      [`GET http://${authority}/health`, "Origin: http://evil.test\r\n", "foreign_origin"],
      ["GET /health", "Sec-Fetch-Site: cross-site\r\n", "cross_site"],
      ["GET /events", "Sec-Fetch-Site: same-site\r\n", "cross_site"],
      ["GET /health", `Origin: http://localhost:${port}\r\n`, "foreign_origin"],
      ["OPTIONS /allow", "Origin: null\r\n", "foreign_origin"],
    ] as const
  ) {
    const reply = await served.ask(line, more);
    assertEquals(JSON.parse(reply.body).reason, reason, `${line} ${more}`);
    assertEquals(reply.fields.filter((field) => /^access-control-/i.test(field)), []);
  }
  const wire = await served.client();
  await wire.send(`GET /health HTTP/1.1\r\nHost: rebind.evil:${port}\r\n\r\n`);
  const reply = await wire.readMessage();
  assertEquals([statusOf(reply), JSON.parse(reply.body).reason], [403, "bad_host"]);
});

Deno.test("serveAdmin() lets calls wait until there is something to answer with", async () => {
  const { promise: answer, resolve } = Promise.withResolvers<Answering>();
  const options = { answer, clock: new FakeClock(), diagnose: () => {} };
  const server = serveAdmin(FREE, options);
  await using wire = new Wire(await tcpDialer(server.address, NEVER));
  await wire.send(`GET / HTTP/1.1\r\nHost: ${formatSocketAddress(server.address)}\r\n\r\n`);
  await turn();
  assertEquals(wire.received, "");
  resolve(() => Promise.resolve(new Response("hello")));
  assertEquals((await wire.readMessage()).body, "hello");
  await server.close();
});

Deno.test("serveAdmin() closes, while calls wait for what will never come", async () => {
  const options = { answer: new Promise<Answering>(() => {}), clock: new FakeClock() };
  const server = serveAdmin(FREE, { ...options, diagnose: () => {} });
  await using wire = new Wire(await tcpDialer(server.address, NEVER));
  await wire.send(`GET / HTTP/1.1\r\nHost: ${formatSocketAddress(server.address)}\r\n\r\n`);
  await turn();
  const closing = server.close();
  await wire.readEnd();
  await inTime(closing, "the admin API to close");
});

Deno.test("serveAdmin() throws where it cannot listen", async () => {
  await using served = serve();
  const options = { answer: new Promise<Answering>(() => {}), clock: new FakeClock() };
  assertThrows(
    () => serveAdmin(addressOf(served.authority), { ...options, diagnose: () => {} }),
    Deno.errors.AddrInUse,
  );
});

Deno.test("serveAdmin() notices that a reader of events has gone", async () => {
  await using served = serve();
  const { feed } = served.admin.base;
  const leaving = [await reading(served), await reading(served)];
  for (const wire of leaving) await wire.readUntil(": doorward\n\n");
  assertEquals(feed.readers, 2);
  leaving[0]!.close();
  await until(() => feed.readers === 1, "a closed reader is gone");
  await leaving[1]!.closeWrite();
  await until(() => feed.readers === 0, "a reader that has ended is gone");
});

const EVENTS = 50_000;

/** An event of some hundred bytes. */
const LONG: ProxyEvent = {
  type: "reload",
  generation: 1,
  ok: true,
  changed: [`allow +${"x".repeat(400)}`],
};

Deno.test("serveAdmin() tells a reader that does not read how much it has missed", async () => {
  await using served = serve();
  const { feed } = served.admin.base;
  const wire = await reading(served, true);
  await until(() => feed.readers === 1, "it reads");
  for (let count = 1; count <= EVENTS; count++) {
    feed.publish(LONG);
    if (count % 1000 === 0) await turn();
  }
  wire.resume();
  await until(() => wire.received.includes(`id: ${EVENTS}\n`), "the last event");
  const ids = [...wire.received.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  const lost = [...wire.received.matchAll(/^event: dropped\ndata: \{"count":(\d+)\}$/gm)]
    .map(([, count]) => Number(count));
  const sum = lost.reduce((all, count) => all + count, 0);
  // Nothing waited for it but what is kept for everybody, one batch, and what the system holds.
  assert(sum > 0, "nothing was lost");
  assertEquals(ids.length + sum, EVENTS);
  assertEquals(ids, ids.toSorted((a, b) => a - b));
  assertEquals(feed.dropped, sum);
});

Deno.test("serveAdmin() leaves no reader behind for HEAD", async () => {
  await using served = serve();
  const reply = await served.ask("HEAD /events");
  assertEquals(fieldOf(reply, "content-type"), "text/event-stream");
  assertEquals(served.admin.base.feed.readers, 0);
});

Deno.test("serveAdmin() closes though somebody reads events", async () => {
  await using served = serve();
  const wire = await reading(served);
  await wire.readUntil(": doorward\n\n");
  const idle = await served.client();
  await served.close();
  await wire.readEnd();
  await idle.readEnd();
  assertEquals(served.admin.base.feed.readers, 0);
});

Deno.test("serveAdmin() ends events with the proxy", async () => {
  await using served = serve();
  const wire = await reading(served);
  await wire.readUntil(": doorward\n\n");
  served.admin.base.feed.close();
  await wire.readEnd();
});

Deno.test("serveAdmin() drops who says nothing for ten seconds", async () => {
  await using served = serve();
  const wire = await served.client();
  await until(() => served.clock.sleeping > 0, "it is watched");
  served.clock.advance(9000);
  await turn();
  assertEquals(wire.ending, null);
  await until(() => {
    served.clock.advance(250);
    return wire.ending !== null;
  }, "it is dropped");
  // A quarter of a minute at most, where a kept connection has a whole one.
  assert(served.clock.monotonic() < 15_000, String(served.clock.monotonic()));
});

Deno.test("serveAdmin() has room for so many connections and no more", async () => {
  await using served = serve();
  const wires: Wire[] = [];
  for (let count = 0; count < 128; count++) wires.push(await served.client());
  // The last of them is served, and so are all before it.
  await wires[127]!.send(`GET /health HTTP/1.1\r\nHost: ${served.authority}\r\n\r\n`);
  assertEquals(statusOf(await wires[127]!.readMessage()), 200);
  const tooMany = await served.client();
  await tooMany.readEnd();
  wires[0]!.close();
  const health = async () => {
    const wire = await served.client();
    await wire.send(`GET /health HTTP/1.1\r\nHost: ${served.authority}\r\n\r\n`).catch(() => {});
    return await wire.readMessage().then(statusOf, () => null);
  };
  while (await health() !== 200) await turn();
});

Deno.test("serveAdmin() tells a fault of ours, and goes on", async () => {
  const diagnosed: string[] = [];
  const failing: Answering = () => Promise.reject(new TypeError("bug"));
  const server = serveAdmin(FREE, {
    answer: Promise.resolve(failing),
    clock: new FakeClock(),
    diagnose: (line) => diagnosed.push(line),
  });
  const call = `GET / HTTP/1.1\r\nHost: ${formatSocketAddress(server.address)}\r\n\r\n`;
  for (let count = 1; count <= 2; count++) {
    await using wire = new Wire(await tcpDialer(server.address, NEVER));
    await wire.send(call);
    const reply = await wire.readMessage();
    assertEquals(statusOf(reply), 500);
    assertEquals(reply.body.includes("bug"), false);
  }
  assertEquals(diagnosed.length, 2);
  assertStringIncludes(diagnosed[0]!, "TypeError: bug");
  await server.close();
});
