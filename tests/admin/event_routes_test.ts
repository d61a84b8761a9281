import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ProxyEvent } from "../../src/audit/event.ts";
import { blockedRecord } from "../support/blocked.ts";
import { inTime, until } from "../support/in_time.ts";
import { makeAdmin, refusalOf, type TestAdmin } from "./make_admin.ts";

const MODE: ProxyEvent = { type: "mode", generation: 1, mode: "limited" };
const BLOCKED: ProxyEvent = { type: "blocked", blocked_seq: 7, ...blockedRecord() };

/** What a reader of events gets, piece by piece. */
async function reading(admin: TestAdmin, path = "/events", headers = {}) {
  const reply = await admin.call(`GET ${path}`, { headers });
  assertEquals([reply.status, reply.headers.get("content-type")], [200, "text/event-stream"]);
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (await inTime(reader.read(), "events")).value ?? null;
  assertEquals(await next(), ": doorward\n\n");
  return { next, cancel: () => reader.cancel() };
}

/** The numbers of the events in a piece. */
function idsIn(piece: string | null): number[] {
  return [...(piece ?? "").matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
}

Deno.test("GET /events tells what happens, as server-sent events", async () => {
  using admin = makeAdmin();
  const { next, cancel } = await reading(admin);
  admin.base.clock.advance(1500);
  admin.base.feed.publish(MODE);
  assertEquals(
    await next(),
    'id: 1\nevent: mode\ndata: {"seq":1,"at":1767225601.5,"type":"mode","generation":1,"mode":"limited"}\n\n',
  );
  admin.base.feed.publish(BLOCKED);
  const data = JSON.parse((await next())!.split("\ndata: ")[1]!);
  assertEquals(data, { ...BLOCKED, seq: 2, at: 1767225601.5 });
  await cancel();
});

Deno.test("GET /events keeps each event on one line, whatever a client calls itself", async () => {
  using admin = makeAdmin();
  const { next, cancel } = await reading(admin);
  const host = "a\r\ndata: {}\n\nevent: mode\u2028\u202e\u0085\u001b[2J";
  admin.base.feed.publish({ ...BLOCKED, host } as ProxyEvent);
  const piece = (await next())!;
  assertEquals(piece.split("\n").length, 5);
  const unsafe = ["\r", "\u2028", "\u202e", "\u0085", "\u001b"];
  assertEquals(unsafe.filter((character) => piece.includes(character)), []);
  assertEquals(JSON.parse(piece.split("\ndata: ")[1]!).host, host);
  await cancel();
});

/** Paths and header fields, and which of three events are told that happened before. */
const REPLAYS: readonly (readonly [string, Readonly<Record<string, string>>, number[]])[] = [
  ["/events?after=0", {}, [1, 2, 3]],
  ["/events?after=2", {}, [3]],
  ["/events", { "last-event-id": "1" }, [2, 3]],
  ["/events?after=2", { "last-event-id": "1" }, [3]],
  ["/events?after=0&types=blocked", {}, [2]],
  ["/events?after=0&types=blocked,mode", {}, [1, 2, 3]],
];

for (const [path, headers, ids] of REPLAYS) {
  Deno.test(`GET ${path} with ${JSON.stringify(headers)} begins with ${ids}`, async () => {
    using admin = makeAdmin();
    [MODE, BLOCKED, MODE].forEach((event) => admin.base.feed.publish(event));
    const { next, cancel } = await reading(admin, path, headers);
    assertEquals(idsIn(await next()), ids);
    await cancel();
  });
}

for (
  const [path, headers] of [
    ["/events", {}],
    ["/events", { "last-event-id": "x" }],
    // Of another process, which has told more than this one.
    ["/events?after=99999", {}],
  ] as const
) {
  Deno.test(`GET ${path} with ${JSON.stringify(headers)} tells what is new only`, async () => {
    using admin = makeAdmin();
    admin.base.feed.publish(MODE);
    const { next, cancel } = await reading(admin, path, headers);
    admin.base.feed.publish(MODE);
    assertEquals(idsIn(await next()), [2]);
    await cancel();
  });
}

Deno.test("GET /events tells who reads too slowly how much is lost", async () => {
  using admin = makeAdmin();
  const { next, cancel } = await reading(admin);
  for (let count = 0; count < 5003; count++) admin.base.feed.publish(MODE);
  const piece = (await next())!;
  assert(piece.startsWith('event: dropped\ndata: {"count":3}\n\nid: 4\n'), piece.slice(0, 80));
  await cancel();
});

Deno.test("GET /events says now and then that it is there, and loses nothing by it", async () => {
  using admin = makeAdmin();
  const { clock, feed } = admin.base;
  const { next, cancel } = await reading(admin);
  const first = next();
  await until(() => clock.sleeping === 1, "the wait");
  clock.advance(14_999);
  clock.advance(1);
  // In the same moment.
  feed.publish(MODE);
  assertEquals(await first, ": quiet\n\n");
  assertEquals(idsIn(await next()), [1]);
  await cancel();
  await until(() => clock.sleeping === 0, "nothing waits");
});

Deno.test("GET /events ends with the feed, and leaves nothing behind who hangs up", async () => {
  using admin = makeAdmin();
  const { feed } = admin.base;
  const staying = await reading(admin);
  const leaving = await reading(admin);
  assertEquals(feed.readers, 2);
  await leaving.cancel();
  assertEquals(feed.readers, 1);
  feed.close();
  assertEquals([await staying.next(), feed.readers], [null, 0]);
});

Deno.test("GET /events has room for so many readers and no more", async () => {
  using admin = makeAdmin();
  const readers = await Promise.all([1, 2, 3, 4].map(() => reading(admin)));
  assertEquals(await refusalOf(await admin.call("GET /events")), [429, "too_many_readers"]);
  const { counts } = admin.parts.proxy.limits;
  assertEquals(counts.filter(({ count }) => count > 0), [{ limit: "event_readers", count: 1 }]);
  await readers[0]!.cancel();
  const last = await reading(admin);
  await Promise.all([last, ...readers.slice(1)].map(({ cancel }) => cancel()));
});

Deno.test("HEAD /events reads nothing", async () => {
  using admin = makeAdmin();
  const reply = await admin.call("HEAD /events");
  assertEquals([reply.headers.get("content-type"), reply.body], ["text/event-stream", null]);
  assertEquals(admin.base.feed.readers, 0);
});

for (
  const query of ["after=x", "after=-1", "after=1.5", "types=", "types=blocked,other", "types=a"]
) {
  Deno.test(`GET /events?${query} is refused`, async () => {
    using admin = makeAdmin();
    const reply = await admin.call(`GET /events?${query}`);
    assertEquals(await refusalOf(reply), [400, "bad_parameter"]);
    assertEquals(admin.base.feed.readers, 0);
  });
}

Deno.test("GET /events names the types there are to who names others", async () => {
  using admin = makeAdmin();
  const { message } = await (await admin.call("GET /events?types=x")).json();
  assertStringIncludes(message, "decision, blocked, pending, connection, rule, reload, mode");
});
