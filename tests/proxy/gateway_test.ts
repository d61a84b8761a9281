import { assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import type { ConnectFault } from "../../src/net/errors.ts";
import type { Grant } from "../../src/proxy/authorize.ts";
import { type DoorOptions, makeDoor, never, type TestDoor } from "../support/door.ts";
import { turn } from "../support/in_time.ts";
import { httpTo, ip, policyOf } from "../support/policy.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { upstreamProxy } from "../support/upstream.ts";

const NEVER = new AbortController().signal;
const REQUEST = httpTo("allowed.test");

async function granted(made: TestDoor): Promise<Grant> {
  const outcome = await made.door.gateway.authorize(REQUEST, NEVER);
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
    ({ door }) => door.gateway.authorize(REQUEST, NEVER),
  );
  assertEquals(code, "dns_timeout");
});

Deno.test("authorize() takes an empty answer for none", async () => {
  const code = await faultAfter(
    0,
    { resolve: () => Promise.resolve([]) },
    ({ door }) => door.gateway.authorize(REQUEST, NEVER),
  );
  assertEquals(code, "dns_failure");
});

Deno.test("authorize() judges all of a thousand addresses and grants few", async () => {
  const thousand = Array.from({ length: 1000 }, (_, at) => ip(`93.184.${at >> 8}.${at & 255}`));
  await using made = makeDoor({ resolve: () => Promise.resolve(thousand) });
  assertEquals((await granted(made)).addresses.length, 16);
  await using mixed = makeDoor({ resolve: () => Promise.resolve([...thousand, ip("10.0.0.1")]) });
  const outcome = await mixed.door.gateway.authorize(REQUEST, NEVER);
  assertObjectMatch(outcome, { reason: "not_allowed_local" });
});

Deno.test("authorize() asks the policy in force, not that of the start", async () => {
  await using made = makeDoor();
  made.cell.replace(policyOf({}));
  const outcome = await made.door.gateway.authorize(REQUEST, NEVER);
  assertObjectMatch(outcome, { reason: "not_allowed" });
  const reuse = made.door.gateway.authorizeReuse(REQUEST, { ip: ip("93.184.216.34"), port: 80 });
  assertObjectMatch(reuse, { reason: "not_allowed" });
});

Deno.test("authorize() ends with the client", async () => {
  await using made = makeDoor({ resolve: (_, signal) => never(signal) });
  const leaving = new AbortController();
  const failing = assertRejects(() => made.door.gateway.authorize(REQUEST, leaving.signal));
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
    () => made.door.gateway.authorize(request, NEVER),
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
    async (made) => await made.door.gateway.connect(await granted(made), NEVER, () => []),
  );
  assertEquals(code, "connection_timeout");
});

Deno.test("connect() rejects with what the dialer failed with", async () => {
  const refused = new ConnectError("connection_refused", "Cannot connect");
  const code = await faultAfter(
    0,
    { dial: () => Promise.reject(refused) },
    async (made) => await made.door.gateway.connect(await granted(made), NEVER, () => []),
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
  const outcome = await made.door.gateway.authorize(request, NEVER);
  if (outcome.verdict !== "allow") throw new Error("This grant is needed");
  const failing = assertRejects(
    () => made.door.gateway.connect(outcome, NEVER, () => []),
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
    () => made.door.gateway.connect(grant, NEVER, () => []),
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
    await made.door.gateway.connect(grant, NEVER, () => []).catch(() => {
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
    const outcome = await gateway.authorize(httpTo("allowed.test", { upgrades: true }), NEVER);
    if (outcome.verdict !== "allow") throw new Error("This grant is needed");
    const failing = assertRejects(() => gateway.connect(outcome, NEVER, () => []), ConnectError);
    const wire = await made.upstream(2 * round);
    await wire.readHead();
    await wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    await failing;
    const { stream } = await gateway.connect(await granted(made), NEVER, () => []);
    stream.close();
  }
  assertEquals(made.diagnosed, ["Cannot connect: upstream proxy of HTTPS_PROXY: it answered 403"]);
});

Deno.test("connect() tells nothing of a target that cannot be reached directly", async () => {
  await using made = makeDoor({
    dial: () => Promise.reject(new ConnectError("connection_refused", "Cannot connect")),
  });
  const grant = await granted(made);
  await assertRejects(() => made.door.gateway.connect(grant, NEVER, () => []), ConnectError);
  assertEquals(made.diagnosed, []);
});
