import { assertEquals } from "@std/assert";
import type { ConnectionRecord } from "../../src/audit/event.ts";
import { allConnections } from "../../src/proxy/all_connections.ts";
import { LISTED_MAX, type OpenConnections } from "../../src/proxy/live.ts";
import type { Crew } from "../../src/proxy/workers/workers.ts";

function record(id: number): ConnectionRecord {
  const nowhere = { protocol: null, host: null, port: null, rule: null, generation: null };
  const rest = { client: "127.0.0.1:1", bytes_up: 0, bytes_down: 0, opened_at: 0 };
  return { id, kind: "idle", ...nowhere, ...rest };
}

function make(own: readonly number[], theirs: readonly number[]) {
  const done: string[] = [];
  const here: OpenConnections = {
    size: own.length,
    opened: 10,
    carried: { up: 1, down: 2 },
    list: () => own.map(record),
    close: (id) => own.includes(id),
    refresh: () => Promise.resolve(),
  };
  const crew: Crew = {
    size: theirs.length,
    opened: 20,
    carried: { up: 3, down: 4 },
    connections: theirs.map(record),
    close: (id) => theirs.includes(id),
    refresh: () => Promise.resolve(void done.push("refresh")),
    follow: () => {},
    everywhere: () => Promise.resolve(0),
    shutdown: () => Promise.resolve(),
  };
  return { all: allConnections(here, crew), done };
}

Deno.test("allConnections() counts those here and there", async () => {
  const { all, done } = make([5, 1], [7, 3, 4]);
  assertEquals([all.size, all.opened, all.carried], [5, 30, { up: 4, down: 6 }]);
  await all.refresh();
  assertEquals(done, ["refresh"]);
});

Deno.test("allConnections() lists the newest first, whoever has them, and no more than are listed", () => {
  assertEquals(make([5, 1], [7, 3, 4]).all.list().map(({ id }) => id), [7, 5, 4, 3, 1]);
  const many = Array.from({ length: LISTED_MAX }, (_, index) => index + 10);
  const ids = make([5], many).all.list().map(({ id }) => id);
  assertEquals([ids.length, ids[0], ids.includes(5)], [LISTED_MAX, LISTED_MAX + 9, false]);
});

Deno.test("allConnections() closes one, here or there", () => {
  const { all } = make([5], [7]);
  assertEquals([all.close(5), all.close(7), all.close(9)], [true, true, false]);
});
