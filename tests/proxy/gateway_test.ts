import { assert, assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import type { ConnectFault } from "../../src/net/errors.ts";
import type { IpAddress } from "../../src/net/address/ip.ts";
import type { Outcome } from "../../src/proxy/asking/questions.ts";
import type { Grant, Refused } from "../../src/proxy/authorize.ts";
import { asker } from "../support/asker.ts";
import { type DoorOptions, makeDoor, never, type TestDoor } from "../support/door.ts";
import { turn } from "../support/in_time.ts";
import { connectTo, httpTo, ip, policyOf, rule } from "../support/policy.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { upstreamProxy } from "../support/upstream.ts";

/** Nothing is said to an upstream proxy. */
const DIRECT = { via: () => [] };

const NEVER = new AbortController().signal;
const REQUEST = httpTo("allowed.test");

async function granted(made: TestDoor): Promise<Grant> {
  const outcome = await made.door.gateway.authorize(REQUEST, asker(), NEVER);
  if (outcome.verdict !== "allow") throw new Error("This grant is needed");
  return outcome;
}

/** The fault that `step` ends with, after so much time. */
async function faultAfter(
  ms: number,
  options: DoorOptions,
  step: (made: TestDoor) => Promise<unknown>,
): Promise<ConnectFault> {
  await using made = makeDoor(options);
  const failing = assertRejects(() => step(made), ConnectError);
  await turn();
  made.clock.advance(ms);
  return (await failing).code;
}

Deno.test("authorize() ends a look-up that takes too long", async () => {
  const code = await faultAfter(
    1500,
    { limits: { dnsMs: 1000 }, resolve: (_, signal) => never(signal) },
    ({ door }) => door.gateway.authorize(REQUEST, asker(), NEVER),
  );
  assertEquals(code, "dns_timeout");
});

Deno.test("authorize() takes an empty answer for none", async () => {
  const code = await faultAfter(
    0,
    { resolve: () => Promise.resolve([]) },
    ({ door }) => door.gateway.authorize(REQUEST, asker(), NEVER),
  );
  assertEquals(code, "dns_failure");
});

Deno.test("authorize() judges all of a thousand addresses and grants few", async () => {
  const thousand = Array.from({ length: 1000 }, (_, at) => ip(`93.184.${at >> 8}.${at & 255}`));
  await using made = makeDoor({ resolve: () => Promise.resolve(thousand) });
  assertEquals((await granted(made)).addresses.length, 16);
  await using mixed = makeDoor({ resolve: () => Promise.resolve([...thousand, ip("10.0.0.1")]) });
  const outcome = await mixed.door.gateway.authorize(REQUEST, asker(), NEVER);
  assertObjectMatch(outcome, { reason: "not_allowed_local" });
});

Deno.test("authorize() asks the policy in force, not that of the start", async () => {
  await using made = makeDoor();
  made.cell.replace(policyOf({}));
  const outcome = await made.door.gateway.authorize(REQUEST, asker(), NEVER);
  assertObjectMatch(outcome, { reason: "not_allowed" });
  const reuse = made.door.gateway.authorizeReuse(REQUEST, asker(), {
    ip: ip("93.184.216.34"),
    port: 80,
  });
  assertObjectMatch(reuse, { reason: "not_allowed" });
});

Deno.test("authorize() ends with the client", async () => {
  await using made = makeDoor({ resolve: (_, signal) => never(signal) });
  const leaving = new AbortController();
  const failing = assertRejects(() =>
    made.door.gateway.authorize(REQUEST, asker(), leaving.signal)
  );
  await turn();
  leaving.abort(new DOMException("gone", "AbortError"));
  assertEquals((await failing).name, "AbortError");
});

Deno.test("authorize() grants nothing on a proxy's port while that proxy cannot be looked up", async () => {
  await using made = makeDoor({
    policy: policyOf({ allow: ["93.184.216.34"] }),
    upstreamProxies: [upstreamProxy("http://proxy.test:3128")],
    limits: { dnsMs: 1000 },
    resolve: (_, signal) => never(signal),
  });
  const request = httpTo("93.184.216.34:3128");
  const failing = assertRejects(
    () => made.door.gateway.authorize(request, asker(), NEVER),
    ConnectError,
    "HTTPS_PROXY",
  );
  await turn();
  made.clock.advance(1500);
  assertEquals((await failing).code, "connection_timeout");
});

Deno.test("connect() ends attempts that take too long", async () => {
  const code = await faultAfter(
    1500,
    { limits: { connectMs: 1000 }, dial: (_, signal) => never(signal) },
    async (made) => await made.door.gateway.connect(await granted(made), NEVER, DIRECT),
  );
  assertEquals(code, "connection_timeout");
});

Deno.test("connect() rejects with what the dialer failed with", async () => {
  const refused = new ConnectError("connection_refused", "Cannot connect");
  const code = await faultAfter(
    0,
    { dial: () => Promise.reject(refused) },
    async (made) => await made.door.gateway.connect(await granted(made), NEVER, DIRECT),
  );
  assertEquals(code, "connection_refused");
});

const PROXY = upstreamProxy("http://10.9.8.7:3128");

Deno.test("authorize() waits a second for a look-up that an upstream proxy makes again", async () => {
  await using made = makeDoor({ upstream: () => PROXY, resolve: (_, signal) => never(signal) });
  let settled = false;
  const asking = granted(made).finally(() => {
    settled = true;
  });
  await turn();
  made.clock.advance(750);
  await turn();
  assertEquals(settled, false);
  made.clock.advance(500);
  const { via, addresses } = await asking;
  assertEquals([via, addresses], [PROXY, []]);
});

Deno.test("authorize() never waits longer for that than for any look-up", async () => {
  await using made = makeDoor({
    upstream: () => PROXY,
    limits: { dnsMs: 250 },
    resolve: (_, signal) => never(signal),
  });
  const asking = granted(made);
  await turn();
  made.clock.advance(500);
  assertEquals((await asking).via, PROXY);
});

Deno.test("connect() ends a proxy that does not answer in time, and says that it was the proxy", async () => {
  await using made = makeDoor({ upstream: () => PROXY, limits: { connectMs: 1000 } });
  const request = httpTo("allowed.test", { upgrades: true });
  const outcome = await made.door.gateway.authorize(request, asker(), NEVER);
  if (outcome.verdict !== "allow") throw new Error("This grant is needed");
  const failing = assertRejects(
    () => made.door.gateway.connect(outcome, NEVER, DIRECT),
    ConnectError,
  );
  const proxy = await made.upstream();
  await proxy.readHead();
  made.clock.advance(1500);
  const { code, detail } = await failing;
  assertEquals(code, "connection_timeout");
  assertEquals(detail, "upstream proxy of HTTPS_PROXY: no connection was made in time");
  await proxy.readEnd();
  assertEquals(made.dialled, ["10.9.8.7:3128"]);
});

Deno.test("connect() says once that it was the proxy, where dialling it takes too long", async () => {
  await using made = makeDoor({
    upstream: () => PROXY,
    limits: { connectMs: 1000 },
    dial: (_, signal) => never(signal),
  });
  const grant = await granted(made);
  const failing = assertRejects(
    () => made.door.gateway.connect(grant, NEVER, DIRECT),
    ConnectError,
  );
  await turn();
  made.clock.advance(1500);
  const { detail } = await failing;
  assertEquals(detail, "upstream proxy of HTTPS_PROXY: no connection was made in time");
});

Deno.test("connect() tells what is wrong with an upstream proxy, once until something works", async () => {
  const faults: (ConnectError | null)[] = [
    new ConnectError("connection_refused", "Cannot connect"),
    new ConnectError("connection_refused", "Cannot connect"),
    new ConnectError("host_unreachable", "Cannot connect"),
    null,
    new ConnectError("host_unreachable", "Cannot connect"),
  ];
  await using made = makeDoor({
    upstream: () => upstreamProxy("http://192.0.2.1:3128"),
    dial: () => {
      const fault = faults.shift()!;
      return fault === null ? Promise.resolve(new ScriptedStream()) : Promise.reject(fault);
    },
  });
  for (const _ of [...faults]) {
    const grant = await granted(made);
    await made.door.gateway.connect(grant, NEVER, DIRECT).catch(() => {
      // What is told is what this is about.
    });
  }
  const why = "Cannot connect: upstream proxy of HTTPS_PROXY:";
  assertEquals(made.diagnosed, [
    `${why} it refused the connection`,
    `${why} its address cannot be reached`,
    `${why} its address cannot be reached`,
  ]);
});

Deno.test("connect() tells of tunnels once, while plain requests reach the same proxy", async () => {
  await using made = makeDoor({ upstream: () => PROXY });
  const { gateway } = made.door;
  for (const round of [0, 1, 2]) {
    const outcome = await gateway.authorize(
      httpTo("allowed.test", { upgrades: true }),
      asker(),
      NEVER,
    );
    if (outcome.verdict !== "allow") throw new Error("This grant is needed");
    const failing = assertRejects(() => gateway.connect(outcome, NEVER, DIRECT), ConnectError);
    const wire = await made.upstream(2 * round);
    await wire.readHead();
    await wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    await failing;
    const { stream } = await gateway.connect(await granted(made), NEVER, DIRECT);
    stream.close();
  }
  assertEquals(made.diagnosed, ["Cannot connect: upstream proxy of HTTPS_PROXY: it answered 403"]);
});

Deno.test("connect() tells nothing of a target that cannot be reached directly", async () => {
  await using made = makeDoor({
    dial: () => Promise.reject(new ConnectError("connection_refused", "Cannot connect")),
  });
  const grant = await granted(made);
  await assertRejects(() => made.door.gateway.connect(grant, NEVER, DIRECT), ConnectError);
  assertEquals(made.diagnosed, []);
});

const ASKING = policyOf({}, { ask: true });
const TUNNEL = connectTo("asked.test:443");

/** What comes of a request that a person answers. */
async function answered(
  outcome: Outcome,
  options: DoorOptions = {},
): Promise<{ readonly made: TestDoor; readonly decided: Grant | Refused }> {
  const made = makeDoor({ policy: ASKING, ask: () => Promise.resolve(outcome), ...options });
  const decided = await made.door.gateway.authorize(TUNNEL, asker(), NEVER);
  return { made, decided };
}

const APPROVED: Outcome = {
  kind: "approved",
  rule: rule("allow", "asked.test:443 over https_connect"),
};

Deno.test("authorize() lets pass what a person approved once, though the policy asks", async () => {
  const { made, decided } = await answered(APPROVED);
  await using _made = made;
  assert(decided.verdict === "allow");
  assertEquals(decided.approved?.text, "asked.test:443 over https_connect");
  assertEquals([decided.decision.rule, made.lookups], [decided.approved ?? null, ["asked.test"]]);
  assertEquals([made.asked, made.allowed], [[TUNNEL], [decided]]);
});

Deno.test("authorize() refuses what a person denied, and says why", async () => {
  const { made, decided } = await answered({ kind: "denied", why: "a person said no" });
  await using _made = made;
  assert(decided.verdict === "deny");
  assertEquals(
    [decided.reason, decided.source, decided.detail, decided.policy],
    ["not_allowed", "decider", "a person said no", ASKING],
  );
  assertEquals([made.lookups, made.allowed], [[], []]);
});

Deno.test("authorize() leaves what nobody answered a question, and says why", async () => {
  const { made, decided } = await answered({ kind: "unanswered", why: "nobody is there" });
  await using _made = made;
  assert(decided.verdict === "ask");
  assertEquals([decided.detail, decided.policy], ["nobody is there", ASKING]);
  assertEquals([made.lookups, made.allowed], [[], []]);
});

Deno.test("authorize() asks the policy again that has changed meanwhile", async () => {
  const next = policyOf({ allow: ["asked.test"] }, { ask: true });
  await using made = makeDoor({
    policy: ASKING,
    ask: () => {
      made.cell.replace(next);
      return Promise.resolve({ kind: "changed" });
    },
  });
  const decided = await made.door.gateway.authorize(TUNNEL, asker(), NEVER);
  assert(decided.verdict === "allow");
  assertEquals([decided.policy, decided.approved, made.asked.length], [next, undefined, 1]);
});

Deno.test("authorize() asks nobody about what an answer would not change", async () => {
  const rows = [
    [{}, "limited", "mitm_required"],
    [{ deny: ["asked.test"] }, "full", "denied"],
    [{ deny: ["asked.test"] }, "limited", "denied"],
  ] as const;
  for (const [lists, mode, reason] of rows) {
    const { made, decided } = await answered(APPROVED, {
      policy: policyOf(lists, { ask: true, mode }),
    });
    await using _made = made;
    assertObjectMatch(decided, { verdict: "deny", reason });
    assertEquals(made.asked, []);
  }
});

Deno.test("authorize() asks nobody about local addresses", async () => {
  await using made = makeDoor({ policy: ASKING, ask: () => Promise.resolve(APPROVED) });
  for (const host of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost"]) {
    const decided = await made.door.gateway.authorize(connectTo(host), asker(), NEVER);
    assertObjectMatch(decided, { verdict: "deny", reason: "not_allowed_local" }, host);
  }
  assertEquals(made.asked, []);
});

Deno.test("authorize() judges the addresses of what was approved like those of any other", async () => {
  for (const address of ["127.0.0.1", "10.0.0.1", "::1"]) {
    const resolve = () => Promise.resolve([ip("93.184.216.34"), ip(address)]);
    const { made, decided } = await answered(APPROVED, { resolve });
    await using _made = made;
    assertObjectMatch(decided, { verdict: "deny", reason: "not_allowed_local" }, address);
    assertEquals(made.allowed, []);
  }
});

Deno.test("authorize() gives the mode the last word over an approval", async () => {
  await using made = makeDoor({
    policy: ASKING,
    ask: () => {
      made.cell.replace(policyOf({}, { ask: true, mode: "limited" }));
      return Promise.resolve(APPROVED);
    },
  });
  const decided = await made.door.gateway.authorize(TUNNEL, asker(), NEVER);
  assertObjectMatch(decided, { verdict: "deny", reason: "mitm_required" });
});

Deno.test("authorize() tells of what it lets through, once, and of nothing else", async () => {
  await using made = makeDoor();
  const { gateway } = made.door;
  const grant = await granted(made);
  await gateway.authorize(httpTo("other.test"), asker(), NEVER);
  assertEquals(made.allowed, [grant]);
  gateway.authorizeReuse(REQUEST, asker(), grant.addresses[0]!);
  gateway.authorizeReuse(httpTo("other.test"), asker(), grant.addresses[0]!);
  assertEquals(made.allowed.length, 2);
});

Deno.test("authorize() names the one policy that decided, whatever comes meanwhile", async () => {
  const first = policyOf({ allow: ["allowed.test"] });
  const looking = Promise.withResolvers<readonly IpAddress[]>();
  await using made = makeDoor({ policy: first, resolve: () => looking.promise });
  const deciding = granted(made);
  await turn();
  made.cell.replace(policyOf({}));
  looking.resolve([ip("93.184.216.34")]);
  assertEquals((await deciding).policy === first, true);
  const refused = await made.door.gateway.authorize(REQUEST, asker(), NEVER);
  assertEquals(refused.policy === made.cell.current, true);
});

Deno.test("renew() refuses what a policy forbids that came before the connection", async () => {
  const policies = [
    [policyOf({}), "not_allowed"],
    [policyOf({ allow: ["allowed.test"], deny: ["allowed.test"] }), "denied"],
    [policyOf({ allow: ["allowed.test"], deny: ["93.184.216.34"] }), "denied"],
    [policyOf({ allow: ["allowed.test"] }, { enabled: false }), "proxy_disabled"],
  ] as const;
  for (const [next, reason] of policies) {
    await using made = makeDoor();
    const grant = await granted(made);
    made.cell.replace(next);
    const renewed = made.door.gateway.renew(grant);
    assertObjectMatch(renewed, { verdict: "deny", reason });
    assertEquals([renewed.policy === next, made.lookups.length], [true, 1]);
  }
});

Deno.test("renew() keeps a grant, its addresses and its way where the policy still allows it", async () => {
  await using made = makeDoor({ upstream: () => PROXY });
  const grant = await granted(made);
  assertEquals(made.door.gateway.renew(grant) === grant, true);
  const next = policyOf({ allow: ["*.test"] });
  made.cell.replace(next);
  const renewed = made.door.gateway.renew(grant);
  assert(renewed.verdict === "allow");
  assertEquals(
    [renewed.policy === next, renewed.decision.rule?.text, renewed.addresses, renewed.via],
    [true, "*.test", grant.addresses, grant.via],
  );
  assertEquals([made.lookups.length, made.allowed.length], [1, 1]);
});

Deno.test("renew() takes the answer of a person for good, and not what the policy denies", async () => {
  const { made, decided } = await answered(APPROVED);
  await using _made = made;
  assert(decided.verdict === "allow");
  made.cell.replace(policyOf({}, { ask: true }));
  assertEquals(made.door.gateway.renew(decided).verdict, "allow");
  made.cell.replace(policyOf({ deny: ["asked.test"] }, { ask: true }));
  assertObjectMatch(made.door.gateway.renew(decided), { reason: "denied" });
  made.cell.replace(policyOf({}, { ask: true, mode: "limited" }));
  assertObjectMatch(made.door.gateway.renew(decided), { reason: "mitm_required" });
  assertEquals(made.asked.length, 1);
});
