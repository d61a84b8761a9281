import { assertEquals } from "@std/assert";
import { closesOf } from "../../support/audit_records.ts";
import type { HappenedAudit } from "../../../src/audit/audit_record.ts";
import { UNATTRIBUTED } from "../../../src/audit/attribution.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { policyCell } from "../../../src/policy/policy.ts";
import { DEFAULT_LIMITS } from "../../../src/proxy/limits.ts";
import { makeLiveState } from "../../../src/proxy/live_state.ts";
import { carryPlace, carryRequester } from "../../../src/proxy/workers/carried_request.ts";
import type { Note } from "../../../src/proxy/workers/messages.ts";
import { WorkerLedger } from "../../../src/proxy/workers/worker_ledger.ts";
import { asker } from "../../support/asker.ts";
import { memorySink } from "../../support/audit_records.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { eventsOf } from "../../support/feed.ts";
import { connectTo, policyOf } from "../../support/policy.ts";
import { NOBODY } from "../../support/world.ts";

function make() {
  const clock = new FakeClock();
  const records: HappenedAudit[] = [];
  const state = makeLiveState(
    {
      policy: policyCell(policyOf({})),
      asking: NOBODY,
      limits: DEFAULT_LIMITS,
      blockedCapacity: 10,
      audit: { sinks: [memorySink(records)], metadata: {} },
      outside: { clock },
    },
    new Deadlines(clock, () => {}),
    () => {},
  );
  const ledger = new WorkerLedger({
    state,
    attribution: UNATTRIBUTED,
    record: () => {},
    diagnose: () => {},
    clock,
  });
  return { ledger, records, state, clock };
}

const request = carryPlace(connectTo("a.test"));
const requester = carryRequester(asker({ id: 7 }));
const BEGUN: Note = { kind: "begun", id: 7, said: { request, requester } };

function connection(state: "opened" | "closed", id = 3): Note {
  const nowhere = { protocol: null, host: null, port: null, rule: null, generation: null };
  const rest = { client: "127.0.0.1:1", bytes_up: 0, bytes_down: 0, opened_at: 0 };
  return {
    kind: "connection",
    state,
    generation: 1,
    connection: { id, kind: "idle", ...nowhere, ...rest },
  };
}

Deno.test("write() records the end of what was begun, with the time that it took there", () => {
  const { ledger, records } = make();
  const ending = { kind: "tunnel", outcome: "done", up: 1, down: 2 } as const;
  ledger.write([BEGUN, { kind: "ended", id: 7, ending, duration: 12 }]);
  const [close] = closesOf(records);
  assertEquals([close!["doorward.outcome"], close!["doorward.duration_ms"]], ["done", 12]);
  ledger.end();
  assertEquals(records.length, 1);
});

Deno.test("end() records what was left open as closed", () => {
  const { ledger, records, clock } = make();
  ledger.write([BEGUN]);
  clock.advance(500);
  ledger.end();
  const [close] = closesOf(records);
  assertEquals(
    [close!["doorward.kind"], close!["doorward.outcome"], close!["doorward.duration_ms"]],
    ["tunnel", "closed", 500],
  );
});

Deno.test("connections are those that are open, and end with their worker", async () => {
  const { ledger, state } = make();
  ledger.write([connection("opened", 3), connection("opened", 4), connection("closed", 3)]);
  assertEquals([[...ledger.connections.keys()], ledger.opened], [[4], 2]);
  ledger.end();
  assertEquals([ledger.connections.size, ledger.opened], [0, 2]);
  const events = await eventsOf(state.feed, "connection");
  assertEquals(events.map(({ state, connection: { id } }) => [state, id]), [
    ["opened", 3],
    ["opened", 4],
    ["closed", 3],
    ["closed", 4],
  ]);
});

Deno.test("counted() takes what is told anew of those that are open", () => {
  const { ledger } = make();
  ledger.write([connection("opened", 4)]);
  const [open] = [...ledger.connections.values()];
  const told = { ...open!, bytes_up: 9 };
  ledger.counted({
    kind: "counted",
    connections: [told, { ...told, id: 5 }],
    carried: { up: 9, down: 0 },
  });
  assertEquals([...ledger.connections.values()], [told]);
  assertEquals(ledger.carried, { up: 9, down: 0 });
});
