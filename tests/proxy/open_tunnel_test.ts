import { assert, assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { ConnectError, type ConnectFault } from "../../src/net/errors.ts";
import type { Deny } from "../../src/policy/decision.ts";
import { type OpenedTunnel, openTunnel } from "../../src/proxy/open_tunnel.ts";
import { makeDoor, never, type TestDoor } from "../support/door.ts";
import { turn } from "../support/in_time.ts";
import { connectTo } from "../support/policy.ts";

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
  assertEquals([made.lookups, made.dialled, asked], [[], [], ["attempt"]]);
  assertEquals(made.blocked.length, 1);
  assertObjectMatch(made.blocked[0]!, { method: "CONNECT", attempt: "a-1" });
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
  });
}

Deno.test("openTunnel() ends a client whose steps do not end by themselves", async () => {
  await using made = makeDoor({ limits: { dnsMs: 1000, connectMs: 1000 } });
  const { connection } = made.client();
  const gateway = {
    ...made.door.gateway,
    authorize: (_: unknown, by: AbortSignal) => never<Deny>(by),
  };
  const asked = { request: connectTo("allowed.test:443"), via: () => [], attempt: () => null };
  const failing = assertRejects(() => openTunnel(connection, asked, { ...made.door, gateway }));
  await turn();
  made.clock.advance(8000);
  await failing;
  assert(connection.signal.aborted);
});
