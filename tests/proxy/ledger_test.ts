import { assertEquals } from "@std/assert";
import { AuditLog } from "../../src/audit/audit_log.ts";
import type { HappenedAudit } from "../../src/audit/audit_record.ts";
import { BlockedBuffer } from "../../src/audit/blocked_buffer.ts";
import { EventFeed } from "../../src/audit/event_feed.ts";
import { Tally } from "../../src/audit/tally.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { PolicyRequest } from "../../src/policy/socket_request.ts";
import type { Grant, Refused } from "../../src/proxy/authorize.ts";
import type { SocketGrant } from "../../src/proxy/authorize_socket.ts";
import { blockedRecord, type BlockedRequest } from "../../src/proxy/blocked.ts";
import {
  type Ledger,
  noteAllowed,
  noteBlocked,
  noteEnded,
  noteUnresolved,
} from "../../src/proxy/ledger.ts";
import { asker } from "../support/asker.ts";
import { closesOf, decisionsOf, memorySink } from "../support/audit_records.ts";
import { eventsOf } from "../support/feed.ts";
import { grantOf, socketGrantOf } from "../support/grant.ts";
import { connectTo, httpTo, policyOf, rule, socketAt } from "../support/policy.ts";

const POLICY = policyOf({ allow: ["a.test"] }, { unixSockets: ["/run/a.sock"], ask: true });
const CLIENT = asker({ method: "CONNECT", attempt: () => "7" });

function newLedger(records: HappenedAudit[] = []): Ledger {
  const now = () => 1_735_689_600_000;
  return {
    blocked: new BlockedBuffer(10),
    feed: new EventFeed(now, 100, 1),
    tally: new Tally(now),
    audit: new AuditLog({ now, metadata: {}, sinks: [memorySink(records)], instance: "i1" }),
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
    override: false,
    listener: "127.0.0.1:3128",
    label: null,
    command: null,
    exec_policy_hint: null,
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
  assertEquals([event!.source, event!.rule, event!.override], ["decider", approved.text, true]);
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

/** Scope, decision, source, reason and override, as they are recorded of what is let through. */
type Told = readonly [string, string, string, string, boolean];

function toldOf(records: readonly HappenedAudit[]): Told[] {
  return decisionsOf(records).map((record) => [
    record["network.policy.scope"],
    record["network.policy.decision"],
    record["network.policy.source"],
    record["network.policy.reason"],
    record["network.policy.override"],
  ]);
}

const ALLOWED: Told = ["domain", "allow", "baseline_policy", "allow", false];
const DISABLED: Told = ["non_domain", "deny", "proxy_state", "proxy_disabled", false];

// Upstream: evaluate_host_policy_emits_domain_event_for_decider_allow_override, and the table of its audit events.
Deno.test("an audit record tells what let a request through", async () => {
  const approved = rule("allow", "b.test:443 over https_connect");
  const table: readonly (readonly [Grant | SocketGrant, Told])[] = [
    [await grantOf(connectTo("a.test"), POLICY), ALLOWED],
    [await grantOf(httpTo("a.test"), POLICY), ALLOWED],
    [await grantOf(connectTo("a.test", "socks5_udp"), POLICY), ALLOWED],
    [await grantOf(connectTo("b.test"), POLICY, { approved }), [
      "domain",
      "allow",
      "decider",
      "not_allowed",
      true,
    ]],
    [await socketGrantOf(socketAt("/run/a.sock"), POLICY), [
      "non_domain",
      "allow",
      "proxy_state",
      "allow",
      false,
    ]],
  ];
  for (const [grant, told] of table) {
    const records: HappenedAudit[] = [];
    noteAllowed(grant, CLIENT, newLedger(records));
    assertEquals(toldOf(records), [told]);
  }
});

Deno.test("an audit record tells of a rule, where one has come since somebody was asked", async () => {
  const approved = rule("allow", "a.test:443 over https_connect");
  const records: HappenedAudit[] = [];
  noteAllowed(await grantOf(connectTo("a.test"), POLICY, { approved }), CLIENT, newLedger(records));
  assertEquals(toldOf(records), [ALLOWED]);
  assertEquals(records.map((record) => "doorward.rule" in record && record["doorward.rule"]), [
    "a.test",
  ]);
});

const LIMITED = policyOf({ allow: ["a.test"] }, { mode: "limited", unixSockets: ["/run/a.sock"] });
const OFF = policyOf({ allow: ["a.test"] }, { enabled: false, unixSockets: ["/run/a.sock"] });

/** What a policy stops, and how that is told (upstream: its table of audit events). */
const STOPPED: readonly (readonly [string, PolicyRequest, Policy, Told])[] = [
  ["a deny rule", httpTo("d.test"), policyOf({ deny: ["d.test"] }), [
    "domain",
    "deny",
    "baseline_policy",
    "denied",
    false,
  ]],
  ["no rule", connectTo("b.test"), policyOf({}), [
    "domain",
    "deny",
    "baseline_policy",
    "not_allowed",
    false,
  ]],
  ["a local address", connectTo("127.0.0.1", "socks5_tcp"), policyOf({}), [
    "domain",
    "deny",
    "baseline_policy",
    "not_allowed_local",
    false,
  ]],
  ["nobody who could be asked", connectTo("b.test"), POLICY, [
    "domain",
    "ask",
    "decider",
    "not_allowed",
    false,
  ]],
  ["the proxy's state over HTTP", httpTo("a.test"), OFF, DISABLED],
  ["the proxy's state over CONNECT", connectTo("a.test"), OFF, DISABLED],
  ["the proxy's state over SOCKS5", connectTo("a.test", "socks5_tcp"), OFF, DISABLED],
  ["the proxy's state for datagrams", connectTo("a.test", "socks5_udp"), OFF, DISABLED],
  ["the proxy's state for a unix socket", socketAt("/run/a.sock"), OFF, DISABLED],
  ["the mode over HTTP", httpTo("a.test", { method: "POST" }), LIMITED, [
    "non_domain",
    "deny",
    "mode_guard",
    "method_not_allowed",
    false,
  ]],
  ["the mode over SOCKS5", connectTo("a.test:80", "socks5_tcp"), LIMITED, [
    "non_domain",
    "deny",
    "mode_guard",
    "method_not_allowed",
    false,
  ]],
  ["the mode for a unix socket", socketAt("/run/a.sock", { method: "POST" }), LIMITED, [
    "non_domain",
    "deny",
    "mode_guard",
    "method_not_allowed",
    false,
  ]],
  ["a tunnel that cannot be looked into", connectTo("a.test"), LIMITED, [
    "non_domain",
    "deny",
    "mode_guard",
    "mitm_required",
    false,
  ]],
  ["the list of unix sockets", socketAt("/run/b.sock"), POLICY, [
    "non_domain",
    "deny",
    "proxy_state",
    "not_allowed",
    false,
  ]],
];

for (const [what, request, policy, told] of STOPPED) {
  Deno.test(`an audit record tells what stopped a request: ${what}`, () => {
    const records: HappenedAudit[] = [];
    block(newLedger(records), request, policy);
    assertEquals(toldOf(records), [told]);
  });
}

// Upstream: evaluate_host_policy_emits_domain_event_for_decider_ask.
Deno.test("an audit record has the decider's own word, and counts go by ours", async () => {
  const common = {
    source: "decider",
    rule: null,
    detail: "",
    said: "not on a Sunday",
    policy: POLICY,
  } as const;
  const decisions: readonly Refused[] = [
    { verdict: "deny", reason: "policy_denied", ...common },
    { verdict: "ask", reason: "not_allowed", ...common },
  ];
  for (const decision of decisions) {
    const records: HappenedAudit[] = [];
    const ledger = newLedger(records);
    const blocked: BlockedRequest = { request: connectTo("b.test"), decision, asker: CLIENT };
    noteBlocked(blocked, blockedRecord(blocked, 0), ledger);
    const { verdict, reason, said } = decision;
    assertEquals(toldOf(records), [["domain", verdict, "decider", said!, false]]);
    const [event] = await eventsOf(ledger.feed, "decision");
    assertEquals([event!.reason, ledger.blocked.after()[0]!.reason], [said!, said!]);
    assertEquals(ledger.blocked.counts, { [reason]: 1 });
    assertEquals(ledger.tally.decisions.map((counted) => counted.reason), [reason]);
  }
});

Deno.test("an audit record names no unix socket, and says what the method is, if there is one", () => {
  const records: HappenedAudit[] = [];
  const ledger = newLedger(records);
  block(ledger, socketAt("/run/b.sock"), POLICY);
  block(ledger, connectTo("b.test", "socks5_tcp"), POLICY);
  block(ledger, connectTo("b.test"), POLICY);
  assertEquals(
    decisionsOf(records).map((record) => [
      record["server.address"],
      record["server.port"],
      record["http.request.method"],
    ]),
    [["unix-socket", 0, "CONNECT"], ["b.test", 443, "none"], ["b.test", 443, "CONNECT"]],
  );
});

Deno.test("an event tells of who sent a request what records tell", async () => {
  const ledger = newLedger();
  const attribution = {
    label: "build",
    command: "curl https://u:p@a.test/x?token=1",
    execPolicyHint: "allowed",
  };
  const from = { ...CLIENT, listener: "127.0.0.1:4000", attribution };
  noteAllowed(await grantOf(connectTo("a.test"), POLICY), from, ledger);
  const [event] = await eventsOf(ledger.feed, "decision");
  assertEquals(
    [event!.listener, event!.label, event!.command, event!.exec_policy_hint],
    ["127.0.0.1:4000", "build", "curl https://a.test/…", "allowed"],
  );
});

Deno.test("noteUnresolved() tells of what was let through, and that it failed at once", async () => {
  const table: readonly (readonly [PolicyRequest & { kind: "http" | "tunnel" }, string, Told])[] = [
    [connectTo("a.test"), "tunnel", ALLOWED],
    [httpTo("a.test"), "request", ALLOWED],
    [connectTo("a.test", "socks5_udp"), "datagrams", ALLOWED],
    [connectTo("b.test"), "tunnel", ["domain", "allow", "decider", "not_allowed", true]],
  ];
  for (const [request, kind, told] of table) {
    const records: HappenedAudit[] = [];
    const ledger = newLedger(records);
    noteUnresolved({ request, policy: POLICY, asker: CLIENT, outcome: "failed" }, ledger);
    assertEquals(toldOf(records), [told]);
    assertEquals(
      closesOf(records).map((record) => [
        record["doorward.kind"],
        record["doorward.outcome"],
        record["doorward.bytes.up"],
        record["doorward.bytes.down"],
        record["doorward.request.id"],
      ]),
      [[kind, "failed", 0, 0, CLIENT.id]],
    );
    assertEquals(ledger.tally.totals, { requests: 1, blocked: 0 });
    assertEquals((await eventsOf(ledger.feed, "decision")).length, 1);
  }
});

Deno.test("noteEnded() tells what was carried, for how long, and of which request", () => {
  const records: HappenedAudit[] = [];
  const request = socketAt("/run/a.sock");
  const ending = { kind: "request", outcome: "closed", up: 3, down: 4 } as const;
  noteEnded({ request, asker: CLIENT }, ending, 17.4, newLedger(records));
  const [record] = closesOf(records);
  assertEquals(
    [
      record!["server.address"],
      record!["server.port"],
      record!["doorward.kind"],
      record!["doorward.outcome"],
      record!["doorward.bytes.up"],
      record!["doorward.bytes.down"],
      record!["doorward.duration_ms"],
      record!["doorward.request.id"],
    ],
    ["unix-socket", 0, "request", "closed", 3, 4, 17, CLIENT.id],
  );
});

Deno.test("nothing is recorded where nobody wants records, and everything else goes on", async () => {
  const now = () => 0;
  const audit = new AuditLog({ now, metadata: {}, sinks: [], instance: "i1" });
  const ledger = { ...newLedger(), audit };
  noteAllowed(await grantOf(connectTo("a.test"), POLICY), CLIENT, ledger);
  block(ledger, connectTo("b.test"), POLICY);
  assertEquals([audit.total, ledger.tally.totals], [0, { requests: 2, blocked: 1 }]);
});
