import { assertEquals, assertObjectMatch } from "@std/assert";
import { LiveConnections } from "../../src/proxy/live.ts";
import { blockedRecord } from "../support/blocked.ts";
import { makeDoor } from "../support/door.ts";
import { eventsOf } from "../support/feed.ts";
import { turn } from "../support/in_time.ts";
import { connectTo, httpTo } from "../support/policy.ts";
import { makeAdmin, refusalOf, type TestAdmin, TOKEN } from "./make_admin.ts";

/** Queries of `/blocked`, and the numbers of what is told: six were blocked, five are kept. */
const BLOCKED: readonly (readonly [string, number[]])[] = [
  ["", [2, 3, 4, 5, 6]],
  ["?after=4", [5, 6]],
  ["?after=6", []],
  ["?after=99", []],
  ["?limit=2", [5, 6]],
  ["?limit=0", []],
  ["?limit=99", [2, 3, 4, 5, 6]],
  ["?after=2&limit=1", [6]],
];

for (const [query, numbers] of BLOCKED) {
  Deno.test(`GET /blocked${query} tells of ${numbers.join(", ") || "nothing"}`, async () => {
    const records = ["a", "b", "c", "d", "e", "f"].map((host) => blockedRecord({ host }));
    using admin = makeAdmin({ blocked: records });
    const told = await (await admin.call(`GET /blocked${query}`)).json();
    assertEquals(told.blocked.map(({ seq }: { seq: number }) => seq), numbers);
    assertEquals([told.total, told.last_seq, told.counts], [6, 6, { not_allowed: 6 }]);
  });
}

Deno.test("GET /blocked tells what the record says, and keeps it", async () => {
  using admin = makeAdmin({ blocked: [blockedRecord({ attempt_id: "x" })] });
  const tell = async () => (await (await admin.call("GET /blocked")).json()).blocked;
  assertEquals(await tell(), [{ ...blockedRecord({ attempt_id: "x" }), seq: 1 }]);
  assertEquals((await tell()).length, 1);
});

for (const query of ["after=x", "limit=-1", "limit="]) {
  Deno.test(`GET /blocked?${query} is refused`, async () => {
    using admin = makeAdmin();
    assertEquals(await refusalOf(await admin.call(`GET /blocked?${query}`)), [
      400,
      "bad_parameter",
    ]);
  });
}

Deno.test("GET /pending tells what waits, oldest first", async () => {
  using admin = makeAdmin();
  const waiting = [connectTo("a.test"), httpTo("b.test")].map((request) => admin.ask(request));
  const { pending } = await (await admin.call("GET /pending")).json();
  assertEquals(pending, [
    {
      id: "q1",
      host: "a.test",
      port: 443,
      protocol: "https_connect",
      method: "GET",
      client: "127.0.0.1:50000",
      command: null,
      attempt_id: null,
      address_class: "a name, not looked up yet",
      pattern: admin.questions.pending[0]!.pattern,
      waiting: 1,
      asked_at: admin.base.clock.now() / 1000,
      expires_at: admin.base.clock.now() / 1000 + 60,
      listener: "127.0.0.1:3128",
      label: null,
      exec_policy_hint: null,
    },
    { ...pending[1], id: "q2", host: "b.test", protocol: "http" },
  ]);
  waiting.forEach(({ outcome }) => outcome.catch(() => {}));
});

function answer(admin: TestAdmin, body: unknown, token: string | null = TOKEN): Promise<Response> {
  return admin.call("POST /pending/q1", { token, body });
}

Deno.test("POST /pending/q1 lets who waits pass, once", async () => {
  using admin = makeAdmin();
  const { outcome } = admin.ask(connectTo("a.test"));
  const reply = await (await answer(admin, { decision: "approve" })).json();
  assertEquals(reply, { status: "ok", id: "q1", decision: "approve", scope: "once", rule: null });
  assertEquals((await outcome).kind, "approved");
  assertEquals(admin.base.live.counts.runtime, 0);
});

/** Answers that last, and the rule that they make. */
const LASTING: readonly (readonly [Readonly<Record<string, unknown>>, Record<string, unknown>])[] =
  [
    [{ decision: "approve", scope: "run" }, { list: "allow", origin: "approval", scope: "run" }],
    [{ decision: "approve", scope: "minutes", minutes: 3 }, { list: "allow", scope: "minutes" }],
    [{ decision: "deny", scope: "run" }, { list: "deny", pattern: "a.test", origin: "approval" }],
  ];

for (const [body, rule] of LASTING) {
  Deno.test(`POST /pending/q1 tells the rule that ${JSON.stringify(body)} makes`, async () => {
    using admin = makeAdmin();
    const { outcome } = admin.ask(connectTo("a.test"));
    assertObjectMatch((await (await answer(admin, body)).json()).rule, rule);
    await outcome;
  });
}

Deno.test("POST /pending/q1 for always writes into the configuration", async () => {
  using admin = makeAdmin();
  const { outcome } = admin.ask(connectTo("a.test"));
  const [{ pattern } = { pattern: "" }] = admin.questions.pending;
  const reply = await answer(admin, { decision: "approve", scope: "always" });
  assertEquals((await reply.json()).scope, "always");
  assertEquals(admin.persisted, [["allow", pattern]]);
  await outcome;
});

Deno.test("POST /pending/q1 says who answered", async () => {
  const answeredBy = async (tokenOf: (admin: TestAdmin) => string | null) => {
    using admin = makeAdmin();
    const { outcome } = admin.ask(connectTo("a.test"));
    await (await answer(admin, { decision: "deny" }, tokenOf(admin))).body?.cancel();
    await outcome;
    return (await eventsOf(admin.base.feed, "pending")).at(-1)!.by;
  };
  assertEquals(await answeredBy(() => null), "admin");
  assertEquals(await answeredBy(() => TOKEN), "admin");
  assertEquals(await answeredBy(({ access }) => access.trade(access.newCode())), "dashboard");
});

Deno.test("POST /pending/q1 is answered once", async () => {
  using admin = makeAdmin();
  const { outcome } = admin.ask(connectTo("a.test"));
  await (await answer(admin, { decision: "deny" })).body?.cancel();
  assertEquals((await outcome).kind, "denied");
  const again = await answer(admin, { decision: "approve" });
  assertEquals(await refusalOf(again), [404, "not_pending"]);
});

for (
  const body of [{}, { decision: "yes" }, { decision: "deny", scope: "ever" }, {
    decision: "approve",
    scope: "minutes",
    minutes: 1e9,
  }]
) {
  Deno.test(`POST /pending/q1 refuses ${JSON.stringify(body)}, and goes on waiting`, async () => {
    using admin = makeAdmin();
    admin.ask(connectTo("a.test")).outcome.catch(() => {});
    assertEquals(await refusalOf(await answer(admin, body)), [400, "invalid_json"]);
    assertEquals(admin.questions.pending.length, 1);
  });
}

for (const id of ["q2", "Q1", "1", "q1%00", "..%2fhealth"]) {
  Deno.test(`POST /pending/${id} answers 404`, async () => {
    using admin = makeAdmin();
    admin.ask(connectTo("a.test")).outcome.catch(() => {});
    const reply = await admin.call(`POST /pending/${id}`, {
      token: TOKEN,
      body: { decision: "deny" },
    });
    assertEquals(await refusalOf(reply), [404, "not_pending"]);
  });
}

Deno.test("GET /explain says what would become of a request", async () => {
  using admin = makeAdmin();
  const explain = async (query: string) => await (await admin.call(`GET /explain?${query}`)).json();
  assertEquals(await explain("url=https%3A%2F%2Fa.test%2F%3Fb"), {
    verdict: "allow",
    target: "https://a.test/?b",
    method: null,
  });
  assertEquals((await explain("url=a.test&method=POST")).method, "POST");
});

Deno.test("GET /explain wants to know of what", async () => {
  using admin = makeAdmin();
  assertEquals(await refusalOf(await admin.call("GET /explain")), [400, "bad_parameter"]);
});

Deno.test("DELETE /connections/1 closes that connection, without the token", async () => {
  await using door = makeDoor();
  const live = new LiveConnections(() => 1_767_225_600_500, () => {});
  const { connection, wire } = door.client();
  const session = Promise.withResolvers<void>();
  connection.signal.addEventListener("abort", () => session.resolve());
  live.serve(connection, session.promise, () => {});
  using plain = makeAdmin();
  using admin = makeAdmin({ parts: { proxy: { ...plain.parts.proxy, live, connections: 1 } } });
  const { connections, total } = await (await admin.call("GET /connections")).json();
  assertEquals(total, 1);
  assertObjectMatch(connections[0], { id: 1, kind: "idle", opened_at: 1_767_225_600.5 });
  for (const id of ["1.0", "%201", "0x1", "1e0", "+1"]) {
    const other = await admin.call(`DELETE /connections/${id}`);
    assertEquals(await refusalOf(other), [404, "not_open"], id);
  }
  const reply = await admin.call("DELETE /connections/1");
  assertEquals(await reply.json(), { status: "closed", id: 1 });
  await wire.readEnd();
  await turn();
  assertEquals(await refusalOf(await admin.call("DELETE /connections/1")), [404, "not_open"]);
});

for (const id of ["7", "0", "-1", "1.0", "x", "9999999999999999"]) {
  Deno.test(`DELETE /connections/${id} answers 404`, async () => {
    using admin = makeAdmin();
    assertEquals(await refusalOf(await admin.call(`DELETE /connections/${id}`)), [404, "not_open"]);
  });
}
