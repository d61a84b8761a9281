import { assert, assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import type { IpAddress } from "../../src/net/address/ip.ts";
import { ConnectError, type ConnectFault } from "../../src/net/errors.ts";
import type { Refused } from "../../src/proxy/authorize.ts";
import type { Asker } from "../../src/proxy/asking/asker.ts";
import { connectingMs, DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { askerOf, type OpenedTunnel, openTunnel } from "../../src/proxy/open_tunnel.ts";
import { endingsOf, makeDoor, never, type TestDoor } from "../support/door.ts";
import { turn, until } from "../support/in_time.ts";
import { connectTo, ip, policyOf } from "../support/policy.ts";

/** Asks for a tunnel to `target`, and tells what had to be asked for that. */
async function opened(made: TestDoor, target: string): Promise<[OpenedTunnel, string[]]> {
  const asked: string[] = [];
  const request = connectTo(target);
  const outcome = await openTunnel(made.client().connection, {
    request,
    via: () => {
      asked.push("via");
      return [];
    },
    attempt: () => {
      asked.push("attempt");
      return "a-1";
    },
  }, made.door);
  return [outcome, asked];
}

Deno.test("openTunnel() connects to what is allowed, and asks for nothing else", async () => {
  await using made = makeDoor();
  const [outcome, asked] = await opened(made, "allowed.test:443");
  assertObjectMatch(outcome, { kind: "connected", connected: { reader: null } });
  assertEquals([made.dialled, made.blocked, asked], [["93.184.216.34:443"], [], []]);
});

Deno.test("openTunnel() tells of a block once, with its attempt, and looks nothing up", async () => {
  await using made = makeDoor();
  const [outcome, asked] = await opened(made, "other.test:443");
  assertObjectMatch(outcome, { kind: "blocked", decision: { reason: "not_allowed" } });
  assertEquals([made.lookups, made.dialled, asked], [[], [], []]);
  assertEquals(made.blocked.length, 1);
  const { client, method, attempt } = made.blocked[0]!.asker;
  assertEquals([client, method, attempt()], ["127.0.0.1:50000", "CONNECT", "a-1"]);
});

for (const fault of ["dns_failure", "connection_refused"] satisfies ConnectFault[]) {
  Deno.test(`openTunnel() resolves to a ${fault}, which is no block`, async () => {
    const error = new ConnectError(fault, "Cannot connect");
    await using made = makeDoor({
      ...(fault === "dns_failure"
        ? { resolve: () => Promise.reject(error) }
        : { dial: () => Promise.reject(error) }),
    });
    const [outcome] = await opened(made, "allowed.test:443");
    assert(outcome.kind === "failed");
    assertEquals([outcome.error.code, made.blocked], [fault, []]);
    // What was not found is told of by the gateway, once.
    const isFound = fault !== "dns_failure";
    assertEquals([made.unresolved.length, made.allowed.length], isFound ? [0, 1] : [1, 0]);
    const failed = { kind: "tunnel", outcome: "failed", up: 0, down: 0 } as const;
    assertEquals(endingsOf(made), isFound ? [failed] : []);
  });
}

Deno.test("openTunnel() ends a client whose steps do not end by themselves", async () => {
  await using made = makeDoor({ limits: { dnsMs: 1000, connectMs: 1000 } });
  const { connection } = made.client();
  const gateway = {
    ...made.door.gateway,
    authorizeTunnel: (_: unknown, __: Asker, by: AbortSignal) => never<Refused>(by),
  };
  const asked = { request: connectTo("allowed.test:443"), via: () => [], attempt: () => null };
  const failing = assertRejects(() => openTunnel(connection, asked, { ...made.door, gateway }));
  await turn();
  made.clock.advance(8000);
  await failing;
  assert(connection.signal.aborted);
});

Deno.test("openTunnel() connects to nothing that a policy forbids which came meanwhile", async () => {
  const looking = Promise.withResolvers<readonly IpAddress[]>();
  await using made = makeDoor({ resolve: () => looking.promise });
  const opening = opened(made, "allowed.test:443");
  await turn();
  const next = policyOf({});
  made.cell.replace(next);
  looking.resolve([ip("93.184.216.34")]);
  const [outcome] = await opening;
  assert(outcome.kind === "blocked");
  assertEquals([outcome.decision.reason, outcome.decision.policy === next], ["not_allowed", true]);
  assertEquals([made.dialled, made.blocked.length], [[], 1]);
  // It was recorded as let through before.
  assertEquals(made.allowed.length, 1);
  assertEquals(endingsOf(made), [{ kind: "tunnel", outcome: "closed", up: 0, down: 0 }]);
});

Deno.test("openTunnel() tells of the end of a client that leaves while it is connected for", async () => {
  await using made = makeDoor({ dial: (_, signal) => never(signal) });
  const { connection } = made.client();
  const asked = { request: connectTo("allowed.test:443"), via: () => [], attempt: () => null };
  const failing = assertRejects(() => openTunnel(connection, asked, made.door));
  await until(() => made.dialled.length === 1, "it is dialled");
  connection.close();
  await failing;
  assertEquals(endingsOf(made), [{ kind: "tunnel", outcome: "closed", up: 0, down: 0 }]);
});

Deno.test("openTunnel() leaves the end of a tunnel that stands to whoever carries it", async () => {
  await using made = makeDoor();
  const [outcome] = await opened(made, "allowed.test:443");
  assert(outcome.kind === "connected");
  assertEquals([made.begun, made.ended], [[outcome.passage], []]);
  assertEquals([outcome.passage.asker, outcome.passage.request], [outcome.asker, outcome.request]);
});

Deno.test("openTunnel() says what the client carries before it connects", async () => {
  const serving: unknown[] = [];
  await using made = makeDoor({
    dial: () => {
      serving.push(connection.serving?.kind, connection.serving?.grant.request);
      return Promise.reject(new ConnectError("connection_refused", "Cannot connect"));
    },
  });
  const { connection } = made.client();
  const request = connectTo("allowed.test:443");
  await openTunnel(connection, { request, via: () => [], attempt: () => null }, made.door);
  assertEquals(serving, ["tunnel", request]);
});

for (const waits of [true, false]) {
  const what = waits ? "waits for ever" : "has waited";
  Deno.test(`askerOf() gives a client that ${what} the usual time besides`, async () => {
    await using made = makeDoor();
    const { connection } = made.client();
    const usual = connectingMs(DEFAULT_LIMITS);
    const asker = askerOf(connection, "CONNECT", () => null, DEFAULT_LIMITS);
    connection.closeAfter(1000);
    asker.held(60_000);
    if (!waits) asker.freed();
    made.clock.advance((waits ? 60_000 : 0) + usual - 250);
    await turn();
    assertEquals(connection.closed, false);
    made.clock.advance(500);
    await turn();
    assertEquals(connection.closed, true);
  });
}
