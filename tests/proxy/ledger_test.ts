import { assertEquals } from "@std/assert";
import { BlockedBuffer } from "../../src/audit/blocked_buffer.ts";
import { EventFeed } from "../../src/audit/event_feed.ts";
import { Tally } from "../../src/audit/tally.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { PolicyRequest } from "../../src/policy/socket_request.ts";
import { blockedRecord, type BlockedRequest } from "../../src/proxy/blocked.ts";
import { type Ledger, noteAllowed, noteBlocked } from "../../src/proxy/ledger.ts";
import { asker } from "../support/asker.ts";
import { eventsOf } from "../support/feed.ts";
import { grantOf, socketGrantOf } from "../support/grant.ts";
import { connectTo, httpTo, policyOf, rule, socketAt } from "../support/policy.ts";

const POLICY = policyOf({ allow: ["a.test"] }, { unixSockets: ["/run/a.sock"], ask: true });
const CLIENT = asker({ method: "CONNECT", attempt: () => "7" });

function newLedger(): Ledger {
  const now = () => 1_735_689_600_000;
  return {
    blocked: new BlockedBuffer(10),
    feed: new EventFeed(now, 100, 1),
    tally: new Tally(now),
  };
}

/** Writes down a request that this policy stops. */
function block(ledger: Ledger, request: PolicyRequest, policy: Policy): void {
  const decision = request.kind === "socket"
    ? policy.decideSocket(request, request.path)
    : policy.decide(request);
  if (decision === null || !("reason" in decision)) throw new Error("This policy stops it");
  const blocked: BlockedRequest = { request, decision: { ...decision, policy }, asker: CLIENT };
  noteBlocked(blocked, blockedRecord(blocked, 1_735_689_600_999), ledger);
}

Deno.test("noteAllowed() tells which rule of which policy let it through", async () => {
  const ledger = newLedger();
  noteAllowed(await grantOf(connectTo("a.test:443"), POLICY), CLIENT, ledger);
  assertEquals(await eventsOf(ledger.feed, "decision"), [{
    type: "decision",
    generation: 1,
    decision: "allow",
    reason: null,
    source: "baseline_policy",
    protocol: "https_connect",
    host: "a.test",
    port: 443,
    method: "CONNECT",
    client: "127.0.0.1:50000",
    rule: "a.test",
    attempt_id: "7",
  }]);
  assertEquals([ledger.tally.totals, ledger.tally.hits(rule("allow", "a.test"))], [
    { requests: 1, blocked: 0 },
    1,
  ]);
  assertEquals(ledger.blocked.total, 0);
});

Deno.test("noteAllowed() tells what a person let through from what the policy did", async () => {
  const ledger = newLedger();
  const approved = rule("allow", "b.test:443 over https_connect");
  noteAllowed(await grantOf(connectTo("b.test:443"), POLICY, { approved }), CLIENT, ledger);
  const [event] = await eventsOf(ledger.feed, "decision");
  assertEquals([event!.source, event!.rule], ["decider", approved.text]);
});

Deno.test("noteAllowed() tells of a unix socket without its path", async () => {
  const ledger = newLedger();
  noteAllowed(await socketGrantOf(socketAt("/run/a.sock"), POLICY), CLIENT, ledger);
  const [event] = await eventsOf(ledger.feed, "decision");
  assertEquals([event!.host, event!.port, event!.rule], ["unix-socket", 0, null]);
});

Deno.test("noteBlocked() tells of a decision, and keeps and tells a record", async () => {
  const ledger = newLedger();
  block(ledger, httpTo("b.test"), policyOf({}));
  block(ledger, httpTo("c.test"), policyOf({ deny: ["c.test"] }));
  assertEquals(
    (await eventsOf(ledger.feed, "decision")).map(({ decision, reason, host, rule }) =>
      [decision, reason, host, rule] as const
    ),
    [["deny", "not_allowed", "b.test", null], ["deny", "denied", "c.test", "c.test"]],
  );
  const kept = ledger.blocked.after();
  assertEquals(kept.map(({ seq, host }) => [seq, host]), [[1, "b.test"], [2, "c.test"]]);
  assertEquals(
    await eventsOf(ledger.feed, "blocked"),
    kept.map(({ seq, ...record }) => ({ type: "blocked", blocked_seq: seq, ...record })),
  );
  assertEquals(ledger.blocked.counts, { not_allowed: 1, denied: 1 });
  assertEquals(ledger.tally.totals, { requests: 2, blocked: 2 });
  assertEquals(ledger.tally.hits(rule("deny", "c.test")), 1);
});

Deno.test("noteBlocked() tells that a person was to be asked", async () => {
  const ledger = newLedger();
  block(ledger, connectTo("b.test:443"), POLICY);
  const [event] = await eventsOf(ledger.feed, "decision");
  assertEquals([event!.decision, event!.source], ["ask", "decider"]);
  assertEquals(ledger.tally.decisions, [
    { decision: "ask", reason: "not_allowed", protocol: "https_connect", count: 1 },
  ]);
});

Deno.test("noteBlocked() names the path of a unix socket in the record alone", async () => {
  const ledger = newLedger();
  block(ledger, socketAt("/run/b.sock"), POLICY);
  const [event] = await eventsOf(ledger.feed, "decision");
  assertEquals([event!.host, event!.port], ["unix-socket", 0]);
  assertEquals(ledger.blocked.after()[0]!.host, "/run/b.sock");
});
