import { assertEquals, assertStringIncludes } from "@std/assert";
import { turn } from "../../support/in_time.ts";
import { rulePattern } from "../../support/live_policy.ts";
import { makeScriptedCrew } from "../../support/crew.ts";

const DENY = {
  list: "deny",
  pattern: rulePattern("a.test"),
  scope: { kind: "run" },
  from: "runtime",
} as const;

Deno.test("workers are told what to begin with, each its own place", () => {
  const { workers } = makeScriptedCrew(2);
  assertEquals(
    workers.map(({ told: [first] }) => first?.kind === "begin" ? first.row : null),
    [1, 2],
  );
});

Deno.test("a change is everywhere once every worker has taken it, and its count is the sum", async () => {
  const scripted = makeScriptedCrew(2);
  const { state: { policy }, workers } = scripted;
  const { change } = policy.add(DENY);
  let sum: number | null = null;
  const waiting = policy.everywhere(change.closed).then((closed) => sum = closed);
  const { generation } = policy.current;
  workers[0]!.say({ kind: "took", generation, closed: 2, doubtful: [] });
  await turn();
  assertEquals(sum, null);
  workers[1]!.say({ kind: "took", generation, closed: 3, doubtful: [] });
  await waiting;
  assertEquals(sum, 5);
});

Deno.test("a worker that takes no policy in time is ended, and what it holds with it", async () => {
  const { state: { policy }, workers, clock, diagnosed, crew } = makeScriptedCrew(2);
  const { generation } = policy.current;
  const { change } = policy.add(DENY);
  const everywhere = policy.everywhere(change.closed);
  workers[0]!.say({ kind: "took", generation: generation + 1, closed: 1, doubtful: [] });
  await turn();
  clock.advance(5000);
  assertEquals(await everywhere, 1);
  assertEquals(workers.map(({ isOver }) => isOver), [false, true]);
  assertStringIncludes(diagnosed[0]!, "Worker 2 has failed");
  assertStringIncludes(diagnosed[0]!, "it did not take a policy within 5 seconds");
  clock.advance(250);
  await turn();
  const [begin] = workers[2]!.told;
  assertEquals(begin?.kind === "begin" && [begin.row, begin.policy.generation], [
    2,
    generation + 1,
  ]);
  assertEquals(crew.size, 0);
});

Deno.test("what a lapsed rule let through goes on while it could still be made", async () => {
  for (const mayAllow of [true, false]) {
    const { state: { policy }, workers } = makeScriptedCrew();
    const [worker] = workers;
    if (!mayAllow) policy.obey(({ kind }) => kind === "allow_added" ? "required" : null);
    const { change } = policy.add(DENY);
    const everywhere = policy.everywhere(change.closed);
    const { generation } = policy.current;
    const doubtful = [{ rule: 0, pattern: rulePattern("b.test") }];
    worker!.say({ kind: "took", generation, closed: 1, doubtful });
    const last = worker!.told.at(-1);
    if (!mayAllow) {
      assertEquals(last, { kind: "judged", generation, refused: [0] });
      worker!.say({ kind: "took", generation, closed: 1, doubtful: [] });
    }
    assertEquals(await everywhere, mayAllow ? 1 : 2);
  }
});

Deno.test("a worker that fails is followed by another, and later each time", async () => {
  const { workers, clock, diagnosed } = makeScriptedCrew();
  for (const ms of [250, 500, 1000]) {
    workers.at(-1)!.fail("broken");
    const before = workers.length;
    clock.advance(ms - 1);
    await turn();
    assertEquals(workers.length, before);
    clock.advance(1);
    await turn();
    assertEquals(workers.length, before + 1);
  }
  assertEquals(diagnosed.length, 3);
  clock.advance(61_000);
  workers.at(-1)!.fail("broken");
  clock.advance(250);
  await turn();
  assertEquals(workers.length, 5);
});

Deno.test("what workers held and carried counts on when they are over", async () => {
  const { workers, clock, crew } = makeScriptedCrew();
  const nowhere = { protocol: null, host: null, port: null, rule: null, generation: null };
  const rest = { client: "127.0.0.1:1", bytes_up: 4, bytes_down: 5, opened_at: 0 };
  const connection = { id: 9, kind: "idle", ...nowhere, ...rest } as const;
  workers[0]!.say({
    kind: "noted",
    notes: [{ kind: "connection", state: "opened", connection, generation: 1 }],
  });
  const refreshed = crew.refresh();
  workers[0]!.say({ kind: "counted", connections: [connection], carried: { up: 4, down: 5 } });
  await refreshed;
  const seen = () => [crew.size, crew.opened, crew.carried.up, crew.carried.down];
  assertEquals(seen(), [1, 1, 4, 5]);
  assertEquals([crew.close(9), crew.close(8)], [true, false]);
  assertEquals(workers[0]!.told.at(-1), { kind: "close", connection: 9 });
  workers[0]!.fail("broken");
  assertEquals(seen(), [0, 1, 4, 5]);
  clock.advance(250);
  await turn();
  assertEquals([workers.length, ...seen()], [2, 0, 1, 4, 5]);
});

Deno.test("shutdown() waits for every worker, and no longer than it is given", async () => {
  const { workers, clock, crew } = makeScriptedCrew(2);
  const over = crew.shutdown(1000);
  assertEquals(workers.map(({ told }) => told.at(-1)), [
    { kind: "end", graceMs: 1000 },
    { kind: "end", graceMs: 1000 },
  ]);
  workers[0]!.say({ kind: "over" });
  await turn();
  clock.advance(3000);
  await over;
  assertEquals(workers.map(({ isOver }) => isOver), [true, true]);
  clock.advance(60_000);
  await turn();
  assertEquals(workers.length, 2);
});

Deno.test("numbers that no worker tells are waited for no longer than that is worth", async () => {
  const { clock, crew } = makeScriptedCrew();
  const refreshed = crew.refresh();
  clock.advance(500);
  await refreshed;
});
