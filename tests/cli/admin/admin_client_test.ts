import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type AdminClient,
  adminClient,
  type Watcher,
} from "../../../src/cli/admin/admin_client.ts";
import { AdminError } from "../../../src/cli/admin/admin_error.ts";
import type { Json } from "../../../src/cli/admin/reply_fields.ts";
import { LOOPBACK_IPV4 } from "../../../src/net/address/ip.ts";
import type { Dialer } from "../../../src/net/ports.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { until } from "../../support/in_time.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";
import { settle } from "../fake_surroundings.ts";
import { event, EVENTS, type FakeAdmin, fakeAdmin, head, json, refuse } from "./fake_admin.ts";

const NEVER = new AbortController().signal;
const TOKEN_REQUIRED = refuse(401, "token_required", "This needs the admin token.");

interface Made {
  readonly admin: AdminClient;
  readonly clock: FakeClock;
  /** How often the token was read. */
  readonly reads: () => number;
}

function client(dial: Dialer, token: string | null = "t0k"): Made {
  const clock = new FakeClock();
  let reads = 0;
  const admin = adminClient({
    address: { ip: LOOPBACK_IPV4, port: 8080 },
    token: () => {
      reads += 1;
      return Promise.resolve(token);
    },
    dial,
    deadlines: new Deadlines(clock, (error) => reportError(error)),
  });
  return { admin, clock, reads: () => reads };
}

/** Wants the token before it says what it says. */
function guarded(answer: string): FakeAdmin {
  return fakeAdmin({
    "POST /x": async (wire, { fields }) => {
      const isKnown = fields.includes("Authorization: Bearer t0k");
      await wire.send(isKnown ? answer : TOKEN_REQUIRED);
    },
  });
}

Deno.test("get() asks without a token", async () => {
  await using server = fakeAdmin({ "GET /health": json({ status: "ok" }) });
  const { admin, reads } = client(server.dial);
  assertEquals(await admin.get("/health"), { status: "ok" });
  assertEquals(server.dialled, ["127.0.0.1:8080"]);
  assertEquals(server.requests[0]!.fields[0], "Host: 127.0.0.1:8080");
  assertEquals(reads(), 0);
});

Deno.test("send() shows the token to a Doorward that asks for it", async () => {
  await using server = guarded(json({ status: "ok" }));
  const { admin } = client(server.dial);
  assertEquals(await admin.send("POST", "/x", { host: "a.test" }), { status: "ok" });
  assertEquals(server.asked, ['POST /x {"host":"a.test"}', 'POST /x {"host":"a.test"}']);
  assertEquals(server.requests[0]!.fields.filter((line) => line.startsWith("Auth")), []);
});

Deno.test("send() asks once only where there is no token", async () => {
  await using server = guarded(json({}));
  const { admin } = client(server.dial, null);
  const error = await assertRejects(() => admin.send("POST", "/x"), AdminError);
  assertEquals([error.exit, error.lines[0]], [1, "This needs the admin token"]);
  assertEquals(server.asked, ["POST /x"]);
});

Deno.test("send() does not try a token again that was refused", async () => {
  await using server = guarded(json({}));
  const { admin } = client(server.dial, "other");
  await assertRejects(() => admin.send("POST", "/x"), AdminError, "This needs the admin token");
  assertEquals(server.asked, ["POST /x", "POST /x"]);
});

Deno.test("send() never shows the token to what is not Doorward", async () => {
  const foreign = TOKEN_REQUIRED.replace("Server: doorward", "Server: doorwards");
  await using server = fakeAdmin({ "POST /x": foreign });
  const { admin, reads } = client(server.dial);
  const error = await assertRejects(() => admin.send("POST", "/x"), AdminError);
  assertEquals([error.exit, error.lines], [125, [
    "What listens on http://127.0.0.1:8080 is not Doorward: name another place with --admin",
  ]]);
  assertEquals([reads(), server.asked.length], [0, 1]);
});

Deno.test("get() refuses what says that it is Doorward and sends no JSON", async () => {
  for (const body of ["<html>", "[]", '{"a":']) {
    const fields = [`Content-Length: ${body.length}`];
    await using server = fakeAdmin({ "GET /x": head(200, fields) + body });
    const { admin } = client(server.dial);
    const error = await assertRejects(() => admin.get("/x"), AdminError, "it is not");
    assertEquals(error.exit, 125);
  }
});

Deno.test("get() waits ten seconds for an answer that does not come", async () => {
  await using server = fakeAdmin({ "GET /x": () => {} });
  const { admin, clock } = client(server.dial);
  let isOver = false;
  const refused = assertRejects(() => admin.get("/x"), AdminError, "it does not answer in time")
    .finally(() => isOver = true);
  await until(() => server.asked.length === 1, "it was asked");
  clock.advance(9_000);
  await settle();
  assertEquals(isOver, false);
  clock.advance(2_000);
  assertEquals((await refused).exit, 125);
});

Deno.test("get() waits ten seconds for the rest of an answer", async () => {
  for (const status of [200, 500]) {
    await using server = fakeAdmin({
      "GET /x": (wire) => wire.send(head(status, ["Content-Length: 3"]) + "{"),
    });
    const { admin, clock } = client(server.dial);
    const refused = assertRejects(() => admin.get("/x"), AdminError, "it does not answer in time");
    await until(() => server.asked.length === 1, "it was asked");
    for (let turn = 0; turn < 3; turn++) {
      await settle();
      clock.advance(11_000);
    }
    await refused;
  }
});

Deno.test("get() closes the connection, whatever comes of it", async () => {
  const streams = [
    new ScriptedStream(json({})),
    new ScriptedStream("SSH-2.0\r\n"),
    new ScriptedStream(json({}, 404)),
    new ScriptedStream(head(200, ["Content-Length: 9"])),
    new ScriptedStream("HTTP/1.1 200 OK\r\n\r\n{}"),
  ];
  for (const stream of streams) {
    const { admin } = client(() => Promise.resolve(stream));
    await admin.get("/x").catch((error) => assert(error instanceof AdminError));
    assert(stream.closed);
  }
});

/** Watches into an array. */
function watcher(): Watcher & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    opened: () => Promise.resolve(void seen.push("opened")),
    each: (type: string, data: Json) =>
      Promise.resolve(void seen.push(`${type} ${JSON.stringify(data)}`)),
  };
}

Deno.test("events() tells each event in order, and ends with the proxy", async () => {
  await using server = fakeAdmin({
    "GET /events": `${EVENTS}: hello\n\n${event("a", { n: 1 })}${event("b", { n: 2 })}event: c`,
  });
  const watching = watcher();
  await client(server.dial).admin.events("/events", NEVER, watching);
  assertEquals(watching.seen, ["opened", 'a {"n":1}', 'b {"n":2}']);
});

Deno.test("events() has no time limit, and ends when nobody wants more", async () => {
  await using server = fakeAdmin({ "GET /events": (wire) => wire.send(EVENTS) });
  const { admin, clock } = client(server.dial);
  const over = new AbortController();
  const watching = watcher();
  const watched = admin.events("/events", over.signal, watching);
  await until(() => watching.seen.length === 1, "it is open");
  clock.advance(3_600_000);
  await settle();
  over.abort();
  await watched;
});

Deno.test("events() ends while it waits for an answer", async () => {
  await using server = fakeAdmin({ "GET /events": () => {} });
  const { admin } = client(server.dial);
  const over = new AbortController();
  const ended = assertRejects(
    () => admin.events("/events", over.signal, watcher()),
    TypeError,
    "over",
  );
  await until(() => server.asked.length === 1, "it was asked");
  over.abort(new TypeError("over"));
  await ended;
});

Deno.test("events() ends with a proxy that breaks off in the middle of a chunk", async () => {
  const chunked = head(200, ["Content-Type: text/event-stream", "Transfer-Encoding: chunked"]);
  await using server = fakeAdmin({ "GET /events": `${chunked}5\r\nda` });
  await client(server.dial).admin.events("/events", NEVER, watcher());
});

Deno.test("events() shows the token where reading needs it, too", async () => {
  await using server = fakeAdmin({
    "GET /events": async (wire, { fields }) => {
      const isKnown = fields.includes("Authorization: Bearer t0k");
      await wire.send(isKnown ? EVENTS + event("a", {}) : TOKEN_REQUIRED);
      await wire.closeWrite();
    },
  });
  const watching = watcher();
  await client(server.dial).admin.events("/events", NEVER, watching);
  assertEquals(watching.seen, ["opened", "a {}"]);
});

Deno.test("events() rejects with what the proxy says no with", async () => {
  await using server = fakeAdmin({ "GET /events": refuse(429, "too_many_readers", "Enough.") });
  const error = await assertRejects(
    () => client(server.dial).admin.events("/events", NEVER, watcher()),
    AdminError,
    "Enough",
  );
  assertEquals(error.exit, 1);
});

Deno.test("events() waits ten seconds for the rest of a refusal", async () => {
  await using server = fakeAdmin({
    "GET /events": (wire) => wire.send(head(429, ["Content-Length: 3"]) + "{"),
  });
  const { admin, clock } = client(server.dial);
  const refused = assertRejects(
    () => admin.events("/events", NEVER, watcher()),
    AdminError,
    "it does not answer in time",
  );
  await until(() => server.asked.length === 1, "it was asked");
  for (let turn = 0; turn < 3; turn++) {
    await settle();
    clock.advance(11_000);
  }
  await refused;
});

Deno.test("events() refuses events that are not JSON, or have no end", async () => {
  for (const text of ["data: x\n\n", `data: ${"x".repeat(256 * 1024)}`]) {
    await using server = fakeAdmin({ "GET /events": EVENTS + text });
    const { admin } = client(server.dial);
    const error = await assertRejects(
      () => admin.events("/events", NEVER, watcher()),
      AdminError,
      "does not answer as Doorward does",
    );
    assertEquals(error.exit, 125);
  }
});

Deno.test("events() waits for whoever watches", async () => {
  await using server = fakeAdmin({
    "GET /events": EVENTS + event("a", {}) + event("b", {}),
  });
  const gate = Promise.withResolvers<void>();
  const seen: string[] = [];
  const watched = client(server.dial).admin.events("/events", NEVER, {
    opened: () => Promise.resolve(),
    each: async (type) => {
      seen.push(type);
      await gate.promise;
    },
  });
  await until(() => seen.length > 0, "the first is there");
  await settle();
  assertEquals(seen, ["a"]);
  gate.resolve();
  await watched;
  assertEquals(seen, ["a", "b"]);
});
