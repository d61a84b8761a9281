import { assertEquals, assertObjectMatch, assertStringIncludes } from "@std/assert";
import { AdminError } from "../../src/proxy/admin_error.ts";
import { eventsOf } from "../support/feed.ts";
import { forMinutes } from "../support/live_policy.ts";
import { connectTo, policyOf } from "../support/policy.ts";
import { type AdminOptions, makeAdmin, refusalOf, type TestAdmin, TOKEN } from "./make_admin.ts";

/** What the policy in force says of a CONNECT. */
function verdict({ base }: TestAdmin, host: string): string {
  return base.live.current.decide(connectTo(host)).verdict;
}

function post(admin: TestAdmin, path: string, body: unknown): Promise<Response> {
  return admin.call(`POST ${path}`, { token: TOKEN, body });
}

Deno.test("POST /mode switches the mode, and back", async () => {
  using admin = makeAdmin();
  const limited = await (await post(admin, "/mode", { mode: "limited" })).json();
  assertEquals(limited, { status: "ok", mode: "limited", generation: 2 });
  assertEquals(admin.base.live.current.document.mode, "limited");
  const full = await (await post(admin, "/mode", { mode: "full" })).json();
  assertEquals(full, { status: "ok", mode: "full", generation: 3 });
  assertEquals((await eventsOf(admin.base.feed, "mode")).map(({ mode }) => mode), [
    "limited",
    "full",
  ]);
});

for (const body of [{}, { mode: "off" }, { mode: "FULL" }, { mode: 1 }]) {
  Deno.test(`POST /mode refuses ${JSON.stringify(body)}`, async () => {
    using admin = makeAdmin();
    assertEquals(await refusalOf(await post(admin, "/mode", body)), [400, "invalid_json"]);
    assertEquals(admin.base.live.current.document.mode, "full");
  });
}

Deno.test("POST /reload reads the configuration again", async () => {
  using admin = makeAdmin();
  const reply = await (await admin.call("POST /reload")).json();
  assertEquals(reply, {
    status: "reloaded",
    generation: 2,
    changed: ["allow +new.test"],
    closed: 0,
  });
  assertEquals(admin.reloads, 1);
});

Deno.test("POST /reload tells every fault of the file, with its place", async () => {
  const faults = [{ file: "/x", line: 3, column: 1, message: "unknown key" }];
  using admin = makeAdmin({
    configuration: {
      reload: () => Promise.reject(new AdminError("reload_failed", "Cannot reload", { faults })),
    },
  });
  const reply = await admin.call("POST /reload");
  assertEquals([reply.status, await reply.json()], [500, {
    status: "error",
    reason: "reload_failed",
    message: "Cannot reload",
    faults,
  }]);
});

Deno.test("POST /allow lets a host pass at once, until Doorward ends", async () => {
  using admin = makeAdmin();
  assertEquals(verdict(admin, "a.test"), "ask");
  const reply = await (await post(admin, "/allow", { host: "A.test." })).json();
  assertObjectMatch(reply, { status: "ok", generation: 2 });
  assertEquals(reply.rule, {
    id: "r1",
    list: "allow",
    pattern: "a.test",
    origin: "runtime",
    file: "admin API",
    line: null,
    column: null,
    scope: "run",
    expires_at: null,
    hits: 0,
  });
  assertEquals([verdict(admin, "a.test"), admin.written.length], ["allow", 0]);
});

Deno.test("POST /allow for minutes ends by itself", async () => {
  using admin = makeAdmin();
  const body = { host: "a.test", scope: "minutes", minutes: 2 };
  const { rule } = await (await post(admin, "/allow", body)).json();
  assertEquals([rule.scope, rule.expires_at], ["minutes", admin.base.clock.now() / 1000 + 120]);
  await admin.base.pass(120_000);
  assertEquals(verdict(admin, "a.test"), "ask");
});

Deno.test("POST /allow for always writes the rule into the file", async () => {
  using admin = makeAdmin();
  const { rule } = await (await post(admin, "/allow", { host: "a.test:443", scope: "always" }))
    .json();
  assertObjectMatch(rule, { id: null, pattern: "a.test:443", origin: "config", scope: "always" });
  assertEquals(admin.written, ["+allow a.test:443"]);
});

Deno.test("POST /deny denies, and wins", async () => {
  using admin = makeAdmin();
  const { rule } = await (await post(admin, "/deny", { host: "configured.test" })).json();
  assertObjectMatch(rule, { list: "deny", pattern: "configured.test", origin: "runtime" });
  assertEquals(verdict(admin, "configured.test"), "deny");
});

/** What is asked to be allowed, and why it is not. */
const BAD: readonly (readonly [Readonly<Record<string, unknown>>, number, string])[] = [
  [{}, 400, "invalid_json"],
  [{ host: "" }, 400, "invalid_json"],
  [{ host: 1 }, 400, "invalid_json"],
  [{ host: "a.test", scope: "once" }, 400, "invalid_json"],
  [{ host: "a.test", scope: "minutes", minutes: 0 }, 400, "invalid_json"],
  [{ host: "http://a.test" }, 400, "bad_pattern"],
  [{ host: "*.com" }, 400, "bad_pattern"],
  [{ host: "*" }, 400, "bad_pattern"],
  [{ host: "a b" }, 400, "bad_pattern"],
  [{ host: "127.0.0.1" }, 400, "local_address"],
  [{ host: "localhost" }, 400, "local_address"],
  [{ host: "169.254.169.254", scope: "always" }, 400, "local_address"],
];

for (const [body, status, reason] of BAD) {
  Deno.test(`POST /allow refuses ${JSON.stringify(body)}`, async () => {
    using admin = makeAdmin();
    assertEquals(await refusalOf(await post(admin, "/allow", body)), [status, reason]);
    assertEquals([admin.base.live.counts.runtime, admin.written], [0, []]);
  });
}

Deno.test("POST /allow tells what is wrong with a pattern", async () => {
  using admin = makeAdmin();
  const { message } = await (await post(admin, "/allow", { host: "*.com" })).json();
  assertStringIncludes(message, "Cannot use this pattern: ");
  assertStringIncludes(message, '"*.com"');
});

Deno.test("POST /allow says why the file cannot be written, and allows nothing", async () => {
  using admin = makeAdmin({
    configuration: { persist: () => Promise.reject(new AdminError("cannot_write", "Cannot")) },
  });
  const reply = await post(admin, "/allow", { host: "a.test", scope: "always" });
  assertEquals(await refusalOf(reply), [500, "cannot_write"]);
  assertEquals(verdict(admin, "a.test"), "ask");
});

Deno.test("POST /allow has room for so many rules and no more", async () => {
  using admin = makeAdmin();
  for (let count = 0; count < 1000; count++) admin.base.add(`h${count}.test`, { list: "deny" });
  const reply = await post(admin, "/allow", { host: "a.test" });
  assertEquals(await refusalOf(reply), [429, "too_many_rules"]);
});

function withdraw(admin: TestAdmin, path: string): Promise<Response> {
  return admin.call(`DELETE ${path}`, { token: TOKEN });
}

Deno.test("DELETE /allow withdraws what was allowed since the start", async () => {
  using admin = makeAdmin();
  admin.base.add("a.test", forMinutes(5));
  const reply = await (await admin.call("DELETE /allow?host=A.TEST")).json();
  assertObjectMatch(reply, { status: "ok", closed: 0, generation: 3 });
  assertEquals(
    reply.removed.map(({ id, pattern }: { id: string; pattern: string }) => [id, pattern]),
    [
      ["r1", "a.test"],
    ],
  );
  assertEquals(verdict(admin, "a.test"), "ask");
});

Deno.test("DELETE /allow leaves the configuration to who says always", async () => {
  using admin = makeAdmin();
  const reply = await withdraw(admin, "/allow?host=configured.test");
  const { reason, rules } = await reply.json();
  assertEquals([reply.status, reason, rules[0].line], [409, "configured", 1]);
  assertEquals(verdict(admin, "configured.test"), "allow");
  await withdraw(admin, "/allow?host=configured.test&scope=always");
  assertEquals(admin.written, ["-allow configured.test"]);
  assertEquals(verdict(admin, "configured.test"), "ask");
});

Deno.test("DELETE /allow with always takes both away: what is written, and what was added", async () => {
  using admin = makeAdmin();
  admin.base.add("configured.test");
  const reply = await withdraw(admin, "/allow?host=configured.test&scope=always");
  assertEquals((await reply.json()).removed.length, 2);
  assertEquals(verdict(admin, "configured.test"), "ask");
});

Deno.test("DELETE /allow with always does not touch the file for what is not in it", async () => {
  using admin = makeAdmin();
  admin.base.add("a.test");
  await withdraw(admin, "/allow?host=a.test&scope=always");
  assertEquals([admin.written, verdict(admin, "a.test")], [[], "ask"]);
});

Deno.test("DELETE /deny lets pass again", async () => {
  using admin = makeAdmin();
  admin.base.add("configured.test", { list: "deny" });
  assertEquals(verdict(admin, "configured.test"), "deny");
  await withdraw(admin, "/deny?host=configured.test");
  assertEquals(verdict(admin, "configured.test"), "allow");
});

/** What is asked to be withdrawn, and why it is not. */
const NOT_WITHDRAWN: readonly (readonly [string, number, string])[] = [
  ["/allow", 400, "bad_parameter"],
  ["/allow?host=", 400, "bad_pattern"],
  ["/allow?host=*.com", 400, "bad_pattern"],
  ["/allow?host=other.test", 404, "not_a_rule"],
  ["/allow?host=denied.test", 404, "not_a_rule"],
  ["/deny?host=configured.test", 404, "not_a_rule"],
  ["/deny?host=denied.test", 409, "configured"],
];

for (const [path, status, reason] of NOT_WITHDRAWN) {
  Deno.test(`DELETE ${path} answers ${reason}`, async () => {
    using admin = makeAdmin();
    const { generation } = admin.base.live.current;
    assertEquals(await refusalOf(await withdraw(admin, path)), [status, reason]);
    assertEquals(admin.base.live.current.generation, generation);
  });
}

/** Rules that are withdrawn by the words in which `/patterns` shows them. */
const SHOWN = ["*.a.test", "**.a.test:443", "a.test over http", "[2606:4700::1111]:53", "1.2.3.4"];

for (const text of SHOWN) {
  Deno.test(`DELETE /allow finds "${text}" by what /patterns shows`, async () => {
    const options: AdminOptions = { policy: policyOf({}) };
    using admin = makeAdmin(options);
    const made = await post(admin, "/allow", { host: text });
    assertEquals(made.status, 200);
    const { allowed } = await (await admin.call("GET /patterns")).json();
    await withdraw(admin, `/allow?host=${encodeURIComponent(allowed[0])}`);
    assertEquals(admin.base.live.counts.runtime, 0);
  });
}

Deno.test("POST /allow changes nothing where a rule says as much already", async () => {
  const allow = async (admin: TestAdmin, host: string, scope: string) => {
    const body = { host, scope };
    const reply = await (await admin.call("POST /allow", { token: TOKEN, body })).json();
    return [reply.changed, reply.rule.scope];
  };
  using admin = makeAdmin();
  assertEquals(await allow(admin, "configured.test", "run"), [false, "always"]);
  assertEquals(await allow(admin, "configured.test", "always"), [false, "always"]);
  assertEquals([admin.written, admin.base.live.counts.runtime], [[], 0]);
  assertEquals(await allow(admin, "a.test", "minutes"), [true, "minutes"]);
  assertEquals(await allow(admin, "a.test", "run"), [true, "run"]);
  assertEquals(await allow(admin, "a.test", "minutes"), [false, "run"]);
  assertEquals(await allow(admin, "a.test", "always"), [true, "always"]);
  assertEquals(admin.base.live.counts.runtime, 0);
  assertEquals(admin.written, ["+allow a.test"]);
});
