import { assertEquals, assertMatch } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { AuditLog, type Decided, type Ended, type Requester } from "../../src/audit/audit_log.ts";
import type { AuditMetadata, CloseAudit, HappenedAudit } from "../../src/audit/audit_record.ts";
import type { AuditSink } from "../../src/audit/audit_sink.ts";

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const DENIED: Decided = {
  scope: "domain",
  decision: "deny",
  source: "baseline_policy",
  reason: "denied",
  override: false,
  rule: "*.example.com",
  generation: 3,
  protocol: "http",
  host: "api.example.com",
  port: 80,
};

const ENDED: Ended = {
  protocol: "socks5_tcp",
  host: "api.example.com",
  port: 443,
  kind: "tunnel",
  outcome: "done",
  up: 517,
  down: 4096,
  duration: 12.6,
};

const BARE: Requester = {
  id: 7,
  client: "127.0.0.1:50000",
  method: "GET",
  listener: "127.0.0.1:3128",
  attribution: UNATTRIBUTED,
  attempt: () => null,
};

function logOf(metadata: AuditMetadata = {}, ...others: AuditSink[]) {
  const records: HappenedAudit[] = [];
  const log = new AuditLog({
    now: () => AT,
    metadata,
    sinks: [...others, sinkInto(records)],
    instance: "i1",
  });
  return { log, records };
}

function sinkInto(records: HappenedAudit[]): AuditSink {
  return {
    name: "memory",
    lost: 0,
    write: (record) => records.push(record),
    close: () => Promise.resolve(),
  };
}

Deno.test("a decision has every field that is known, and no other", () => {
  const { log, records } = logOf();
  log.decided(DENIED, BARE);
  assertEquals(records, [{
    target: "codex_otel.network_proxy",
    "event.name": "codex.network_proxy.policy_decision",
    "event.timestamp": "2026-01-02T03:04:05.678Z",
    "network.policy.scope": "domain",
    "network.policy.decision": "deny",
    "network.policy.source": "baseline_policy",
    "network.policy.reason": "denied",
    "network.transport.protocol": "http",
    "server.address": "api.example.com",
    "server.port": 80,
    "http.request.method": "GET",
    "client.address": "127.0.0.1:50000",
    "network.policy.override": false,
    "doorward.instance": "i1",
    "doorward.seq": 1,
    "doorward.request.id": 7,
    "doorward.policy.generation": 3,
    "doorward.rule": "*.example.com",
    "doorward.listener": "127.0.0.1:3128",
  }]);
});

Deno.test("metadata and attribution stand in every record", () => {
  const metadata = {
    "conversation.id": "c-1",
    "app.version": "1.2.3",
    "user.account_id": "acct-9",
  };
  const { log, records } = logOf(metadata);
  const attribution = { label: "build", command: "npm ci", execPolicyHint: "allowed" };
  const requester = { ...BARE, attribution, attempt: () => "a-1" };
  log.decided(DENIED, requester);
  log.ended(ENDED, requester);
  for (const record of records) {
    assertEquals(
      { ...record, ...metadata, "doorward.attempt.id": "a-1", "doorward.label": "build" },
      record,
    );
    assertEquals(record["doorward.command"], "npm ci");
    assertEquals(record["doorward.exec_policy_hint"], "allowed");
  }
});

Deno.test("an end has bytes and a duration in whole milliseconds", () => {
  const { log, records } = logOf();
  log.ended(ENDED, { ...BARE, method: "CONNECT" });
  const record = records[0] as CloseAudit;
  assertEquals(record["event.name"], "doorward.request_close");
  assertEquals({ ...record, "doorward.bytes.up": 517, "doorward.bytes.down": 4096 }, record);
  assertEquals({ ...record, "doorward.duration_ms": 13, "doorward.outcome": "done" }, record);
});

Deno.test("what has no method, or is not known, is said in the words of the seeds", () => {
  const { log, records } = logOf();
  log.decided({ ...DENIED, protocol: "socks5_udp" }, { ...BARE, client: "", method: "UDP" });
  log.decided({ ...DENIED, protocol: "https_connect" }, { ...BARE, method: "CONNECT" });
  log.decided({ ...DENIED, protocol: "socks5_tcp" }, { ...BARE, method: "POST" });
  assertEquals(records.map((record) => record["http.request.method"]), ["none", "CONNECT", "POST"]);
  assertEquals(records[0]?.["client.address"], "unknown");
});

Deno.test("records are numbered in the order in which they happen", () => {
  const { log, records } = logOf();
  log.decided(DENIED, BARE);
  log.ended(ENDED, BARE);
  log.decided(DENIED, BARE);
  assertEquals(records.map((record) => record["doorward.seq"]), [1, 2, 3]);
  assertEquals(log.total, 3);
});

Deno.test("no record holds more of a command's URLs than their origin", () => {
  const { log, records } = logOf();
  const attribution = { ...UNATTRIBUTED, command: "curl https://api.example.com/v1?token=s3cret" };
  log.decided(DENIED, { ...BARE, attribution });
  assertEquals(records[0]?.["doorward.command"], "curl https://api.example.com/…");
});

Deno.test("a sink that throws keeps nothing from the others, and is counted", () => {
  const broken: AuditSink = {
    name: "broken",
    lost: 2,
    write: () => {
      throw new Error("no");
    },
    close: () => Promise.resolve(),
  };
  const { log, records } = logOf({}, broken);
  log.decided(DENIED, BARE);
  assertEquals(records.length, 1);
  assertEquals(log.sinks, [{ name: "broken", lost: 3 }, { name: "memory", lost: 0 }]);
});

Deno.test("without a sink nothing is made", () => {
  const log = new AuditLog({ now: () => AT, metadata: {}, sinks: [], instance: "i1" });
  log.decided(DENIED, BARE);
  assertEquals([log.isOn, log.total], [false, 0]);
});

Deno.test("a timestamp has 24 characters, whatever the time", () => {
  let at = Date.UTC(2026, 0, 1);
  const records: HappenedAudit[] = [];
  const log = new AuditLog({
    now: () => at,
    metadata: {},
    sinks: [sinkInto(records)],
    instance: "i1",
  });
  for (at of [0, at, at + 1, at + 1000]) log.decided(DENIED, BARE);
  for (const record of records) {
    assertMatch(record["event.timestamp"], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  assertEquals(records[2]?.["event.timestamp"], "2026-01-01T00:00:00.001Z");
});
