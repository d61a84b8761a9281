// Several isolates behind one port: policy, questions, counters and records are one, whoever has taken a client.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NetworkDecision } from "../../src/library/network_decision.ts";
import { callAdmin, readAdmin, untilAdmin } from "../support/admin_calls.ts";
import { closesOf, decisionsOf } from "../support/audit_records.ts";
import { until } from "../support/in_time.ts";
import { answering, ok, silent } from "../support/origin.ts";
import { statusOf, type Wire, type WireMessage } from "../support/wire.ts";
import { makeWorkerScene, type WorkerScene } from "../support/worker_scene.ts";

/** A plain request. */
function get(target: string): string {
  return `GET http://${target}/ HTTP/1.1\r\nHost: ${target}\r\n\r\n`;
}

async function ask(wire: Wire, target: string): Promise<WireMessage> {
  await wire.send(get(target));
  return await wire.readMessage();
}

/** A tunnel that stands, in the isolate of that number. */
async function tunnelIn(scene: WorkerScene, isolate: number): Promise<Wire> {
  const wire = await scene.clientOf(isolate);
  await wire.send(`CONNECT ${scene.target} HTTP/1.1\r\nHost: ${scene.target}\r\n\r\n`);
  assertStringIncludes(await wire.readHead(), "HTTP/1.1 200 ");
  return wire;
}

function bearer({ token }: WorkerScene) {
  return { token };
}

Deno.test("one port is served by every isolate, under numbers of one row", async () => {
  await using scene = await makeWorkerScene({ workers: 2 });
  for (const isolate of [0, 1, 2]) {
    const wire = await scene.clientOf(isolate);
    assertEquals((await ask(wire, scene.target)).body, "hello");
  }
  await until(() => closesOf(scene.records).length === 3, "all has ended");
  assertEquals(
    decisionsOf(scene.records).map((record) => record["doorward.request.id"]),
    [1, 2, 3],
  );
  assertEquals(
    scene.records.map((record) => record["doorward.seq"]),
    scene.records.map((_, index) => index + 1),
  );
});

Deno.test("two thousand mixed requests are counted and recorded once each", async () => {
  await using scene = await makeWorkerScene({ workers: 1 });
  const denied = "denied.test";
  const wires = [
    ...await Promise.all([0, 0].map(() => scene.clientOf(0))),
    await scene.clientOf(1),
    await scene.clientOf(1),
  ];
  const each = 500;
  await Promise.all(wires.map(async (wire) => {
    for (let count = 0; count < each; count++) {
      const isDenied = count % 5 === 0;
      const answer = await ask(wire, isDenied ? denied : scene.target);
      assertEquals(statusOf(answer), isDenied ? 403 : 200);
    }
  }));
  const total = wires.length * each;
  const blocked = total / 5;
  await until(() => closesOf(scene.records).length === total - blocked, "all has ended");
  const decisions = decisionsOf(scene.records);
  assertEquals(new Set(decisions.map((record) => record["doorward.request.id"])).size, total);
  assertEquals(
    scene.records.map((record) => record["doorward.seq"]),
    scene.records.map((_, index) => index + 1),
  );
  const { totals } = await readAdmin(scene, "/stats");
  assertEquals([totals.requests, totals.blocked], [total, blocked]);
  const health = await readAdmin(scene, "/health");
  assertEquals([health.blocked_total, health.audit.records], [blocked, scene.records.length]);
  assertEquals((await readAdmin(scene, "/patterns")).rules[0].hits, total - blocked);
});

Deno.test("what somebody approves once holds in every isolate", async () => {
  const network = { allowed_domains: [], ask: true };
  await using scene = await makeWorkerScene({ workers: 2, network });
  const first = await scene.clientOf(1);
  const others = [await scene.clientOf(2), await scene.clientOf(0)];
  await first.send(get(scene.target));
  const { pending } = await untilAdmin(scene, "/pending", ({ pending }) => pending.length === 1);
  assertEquals([pending[0].waiting, pending[0].method], [1, "GET"]);
  // The same question of another isolate is no other question.
  await others[0]!.send(get(scene.target));
  await untilAdmin(scene, "/pending", ({ pending }) => pending[0]?.waiting === 2);
  const body = { decision: "approve", scope: "run" };
  const answer = await callAdmin(scene, "POST", `/pending/${pending[0].id}`, {
    body,
    ...bearer(scene),
  });
  assertEquals(answer.status, 200);
  for (const wire of [first, others[0]!]) assertEquals((await wire.readMessage()).body, "hello");
  assertEquals((await ask(others[1]!, scene.target)).body, "hello");
  // What workers did is told a moment later.
  await untilAdmin(scene, "/patterns", ({ rules }) => rules[0].hits === 3);
});

Deno.test("an approval for once is for those that wait, in whichever isolate", async () => {
  const network = { allowed_domains: [], ask: true };
  await using scene = await makeWorkerScene({ workers: 1, network });
  const wires = [await scene.clientOf(0), await scene.clientOf(1)];
  for (const wire of wires) await wire.send(get(scene.target));
  const { pending } = await untilAdmin(
    scene,
    "/pending",
    ({ pending }) => pending[0]?.waiting === 2,
  );
  const body = { decision: "approve", scope: "once" };
  await callAdmin(scene, "POST", `/pending/${pending[0].id}`, { body, ...bearer(scene) });
  for (const wire of wires) assertEquals((await wire.readMessage()).body, "hello");
  await wires[1]!.send(get(scene.target));
  await untilAdmin(scene, "/pending", ({ pending }) => pending.length === 1);
});

Deno.test("a question whose client leaves a worker is withdrawn", async () => {
  const network = { allowed_domains: [], ask: true };
  await using scene = await makeWorkerScene({ workers: 1, network });
  const wire = await scene.clientOf(1);
  await wire.send(get(scene.target));
  await untilAdmin(scene, "/pending", ({ pending }) => pending.length === 1);
  await wire[Symbol.asyncDispose]();
  await untilAdmin(scene, "/pending", ({ pending }) => pending.length === 0);
});

Deno.test("a denial is in force in every isolate when the call returns, and closes their tunnels", async () => {
  await using scene = await makeWorkerScene({ workers: 2, origin: silent });
  const tunnels = [await tunnelIn(scene, 0), await tunnelIn(scene, 1), await tunnelIn(scene, 2)];
  const waiting = [await scene.clientOf(0), await scene.clientOf(1), await scene.clientOf(2)];
  const { status } = await callAdmin(scene, "POST", "/deny", {
    body: { host: "127.0.0.1" },
    ...bearer(scene),
  });
  assertEquals(status, 200);
  for (const wire of waiting) assertEquals(statusOf(await ask(wire, scene.target)), 403);
  for (const tunnel of tunnels) await tunnel.readEnd();
});

/** What changes the policy, and is to be answered only when that holds everywhere. */
const CHANGES: readonly (readonly [string, (scene: WorkerScene) => Promise<unknown>])[] = [
  ["a denial", (scene) => change(scene, "POST", "/deny", { host: "denied.test" })],
  ["a rule", (scene) => change(scene, "POST", "/allow", { host: "allowed.test" })],
  ["a mode", (scene) => change(scene, "POST", "/mode", { mode: "limited" })],
  ["a mode of the library", ({ handle }) => handle.setMode("limited")],
  ["a denial of the library", ({ handle }) => handle.deny("denied.test")],
  [
    "a configuration",
    ({ handle }) =>
      handle.replaceConfig({ network: { enabled: true, workers: 2, allowed_domains: ["a.test"] } }),
  ],
];

async function change(scene: WorkerScene, method: string, path: string, body: unknown) {
  const { status, text } = await callAdmin(scene, method, path, { body, ...bearer(scene) });
  assertEquals(status, 200, text);
}

for (const [what, make] of CHANGES) {
  Deno.test(`${what} is answered for when every isolate has taken it, and not before`, async () => {
    await using scene = await makeWorkerScene({ workers: 1 });
    const taken = scene.holdTaken();
    let isAnswered = false;
    const answered = make(scene).then(() => isAnswered = true);
    await taken;
    // An answer of the admin API would be here in far less.
    for (let count = 0; count < 3; count++) await readAdmin(scene, "/health");
    assertEquals(isAnswered, false);
    scene.tellTaken();
    await answered;
  });
}

Deno.test("how many connections a change closes is told of all isolates", async () => {
  await using scene = await makeWorkerScene({ workers: 2, origin: silent });
  const tunnels = [await tunnelIn(scene, 0), await tunnelIn(scene, 1), await tunnelIn(scene, 2)];
  await scene.handle.replaceConfig({
    network: { enabled: true, workers: 3, allowed_domains: ["other.test"] },
  });
  assertStringIncludes(scene.diagnosed.at(-1)!, "; closed 3 connections");
  for (const tunnel of tunnels) await tunnel.readEnd();
});

Deno.test("a configuration with a fault changes no isolate, and a right one all of them", async () => {
  await using scene = await makeWorkerScene({ workers: 1 });
  const wires = [await scene.clientOf(0), await scene.clientOf(1)];
  const config = (allowed: string, more = {}) => ({
    network: { enabled: true, workers: 2, allowed_domains: [allowed], ...more },
  });
  const bad = await scene.handle.replaceConfig(config("other.test", { mode: "none" }) as never)
    .then(() => null, (error) => error);
  assert(bad instanceof Error);
  for (const wire of wires) assertEquals(statusOf(await ask(wire, scene.target)), 200);
  await scene.handle.replaceConfig(config("other.test"));
  for (const wire of wires) assertEquals(statusOf(await ask(wire, scene.target)), 403);
  await until(() => decisionsOf(scene.records).length === 4, "all is recorded");
  const generations = decisionsOf(scene.records).map((record) =>
    record["doorward.policy.generation"]
  );
  assertEquals(generations, [1, 1, 2, 2]);
});

Deno.test("how many workers there are does not change while Doorward runs", async () => {
  await using scene = await makeWorkerScene({ workers: 1 });
  const next = { network: { enabled: true, workers: 3, allowed_domains: ["127.0.0.1"] } };
  const error = await scene.handle.replaceConfig(next).then(() => null, (error) => error);
  assertStringIncludes(String(error), '"workers" cannot change while Doorward runs');
});

Deno.test("what is open is listed with what it carries, and closed, wherever it is", async () => {
  await using scene = await makeWorkerScene({ workers: 2, origin: silent });
  const tunnels = [await tunnelIn(scene, 0), await tunnelIn(scene, 1), await tunnelIn(scene, 2)];
  for (const [index, tunnel] of tunnels.entries()) await tunnel.send("x".repeat(index + 1));
  const shown = await untilAdmin(
    scene,
    "/connections",
    ({ connections }) =>
      connections.filter(({ bytes_up: up }: { bytes_up: number }) => up > 0).length === 3,
  );
  const ours = shown.connections.filter(({ kind }: { kind: string }) => kind === "tunnel");
  assertEquals(ours.map(({ bytes_up: up }: { bytes_up: number }) => up), [3, 2, 1]);
  const ids: readonly number[] = ours.map(({ id }: { id: number }) => id);
  assertEquals([...new Set(ids)].length, 3);
  const metrics = await callAdmin(scene, "GET", "/metrics");
  assertStringIncludes(metrics.text, 'doorward_tunnel_bytes_total{direction="up"} 6\n');
  for (const id of ids) {
    assertEquals((await callAdmin(scene, "DELETE", `/connections/${id}`)).status, 200);
  }
  for (const tunnel of tunnels) await tunnel.readEnd();
  await untilAdmin(
    scene,
    "/connections",
    ({ connections }) => !connections.some(({ id }: { id: number }) => ids.includes(id)),
  );
});

Deno.test("a worker that fails is told of, its records are closed, and another takes its place", async () => {
  await using scene = await makeWorkerScene({ workers: 2, origin: silent });
  const lost = await tunnelIn(scene, 1);
  const kept = [await tunnelIn(scene, 0), await tunnelIn(scene, 2)];
  scene.break(1);
  await lost.readEnd();
  await until(() => closesOf(scene.records).length === 1, "its end is recorded");
  assertEquals(closesOf(scene.records)[0]!["doorward.outcome"], "closed");
  assertEquals(scene.diagnosed.filter((line) => line.startsWith("Worker 1 has failed")).length, 1);
  await until(() => scene.ready === 3, "another accepts");
  const next = await scene.clientOf(3);
  assertEquals(statusOf(await ask(next, "denied.test")), 403);
  for (const wire of kept) {
    await wire.send("still there");
  }
  await until(() => scene.origin.received.split("still there").length === 3, "the others go on");
});

Deno.test("what is under way in a worker may finish when the proxy is shut down", async () => {
  const answered = Promise.withResolvers<void>();
  await using scene = await makeWorkerScene({
    workers: 1,
    origin: async (wire) => {
      await wire.readMessage();
      await answered.promise;
      await wire.send(ok());
    },
  });
  const wires = [await scene.clientOf(0), await scene.clientOf(1)];
  for (const wire of wires) await wire.send(get(scene.target));
  await scene.origin.connection(1);
  await until(() => decisionsOf(scene.records).length === 2, "both are under way");
  const over = scene.handle.shutdown(60_000);
  answered.resolve();
  for (const wire of wires) {
    assertEquals((await wire.readMessage()).body, "hello");
    await wire[Symbol.asyncDispose]();
  }
  await over;
  assertEquals(scene.fault, null);
  assertEquals(closesOf(scene.records).map((record) => record["doorward.outcome"]), [
    "done",
    "done",
  ]);
});

Deno.test("a decider has the say in every isolate, and is asked no more at once than it can be", async () => {
  const answered = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await using scene = await makeWorkerScene({
    workers: 1,
    network: { allowed_domains: [] },
    origin: answering(ok(), ok()),
    build: (builder) =>
      builder.policyDecider(async () => {
        asked.resolve();
        await answered.promise;
        return NetworkDecision.allow();
      }, { concurrency: 1 }),
  });
  for (const [first, second] of [[1, 0], [0, 1]] as const) {
    const wires = [await scene.clientOf(first), await scene.clientOf(second)];
    await wires[0]!.send(get(scene.target));
    await asked.promise;
    // Until the first is answered, whoever else asks is one too many.
    if (first === 1) {
      const refused = await ask(wires[1]!, scene.target);
      assertStringIncludes(refused.body, "decider_failed");
    }
    answered.resolve();
    assertEquals((await wires[0]!.readMessage()).body, "hello");
  }
  await until(() => decisionsOf(scene.records).length === 3, "all is recorded");
  for (const decision of decisionsOf(scene.records)) {
    assertEquals(decision["network.policy.source"], "decider");
  }
});
