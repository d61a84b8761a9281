// What a collector gets that shares no code with what exports: Python's protobuf decodes it.
import { assert, assertEquals } from "@std/assert";
import type { HappenedAudit } from "../../src/audit/audit_record.ts";
import type { OtelConfig } from "../../src/config/otel/otel_config.ts";
import { openOtlpSink } from "../../src/library/otlp/otlp_sink.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { systemResolver } from "../../src/net/system_resolver.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { tlsClient } from "../../src/net/tls_client.ts";
import { closeAudit, decisionAudit } from "../support/audit_records.ts";
import { makeAuthority } from "../support/authority.ts";
import { testClient } from "../support/client_world.ts";
import { inTime } from "../support/in_time.ts";
import {
  attributesOf,
  type Collected,
  type Message,
  type OtlpCollector,
  PROTOBUF,
  startOtlpCollector,
} from "../support/otlp_collector.ts";
import { otelTo } from "../support/otel_config.ts";
import { makeScratch } from "../support/scratch.ts";

/** A decision and an end with every field that there is. */
const WHOLE = {
  "conversation.id": "c1",
  "app.version": "1.2.3",
  "user.account_id": "u1",
  "doorward.attempt.id": "a1",
  "doorward.label": "läuft \u{1f512}",
  "doorward.command": "curl https://api.example.com/…",
  "doorward.exec_policy_hint": "allowed by line 3",
};
const DECISION = decisionAudit(WHOLE);
const CLOSE = closeAudit({
  ...WHOLE,
  // More than 32 bits.
  "doorward.bytes.down": 5_000_000_000_123,
  "doorward.duration_ms": 86_400_500,
});

/** What both come to, field by field: written down, and not made from them. */
const COMMON = {
  "target": "string codex_otel.network_proxy",
  "conversation.id": "string c1",
  "app.version": "string 1.2.3",
  "user.account_id": "string u1",
  "network.transport.protocol": "string https_connect",
  "server.address": "string api.example.com",
  "server.port": "int 443",
  "http.request.method": "string CONNECT",
  "client.address": "string 127.0.0.1:50000",
  "doorward.instance": "string i1",
  "doorward.request.id": "int 1",
  "doorward.listener": "string 127.0.0.1:3128",
  "doorward.attempt.id": "string a1",
  "doorward.label": "string läuft \u{1f512}",
  "doorward.command": "string curl https://api.example.com/…",
  "doorward.exec_policy_hint": "string allowed by line 3",
};
const DECISION_FIELDS = {
  ...COMMON,
  "event.name": "string codex.network_proxy.policy_decision",
  "event.timestamp": "string 2026-01-02T03:04:05.678Z",
  "network.policy.scope": "string domain",
  "network.policy.decision": "string allow",
  "network.policy.source": "string baseline_policy",
  "network.policy.reason": "string allow",
  "network.policy.override": "bool false",
  "doorward.seq": "int 1",
  "doorward.policy.generation": "int 1",
  "doorward.rule": "string api.example.com",
};
const CLOSE_FIELDS = {
  ...COMMON,
  "event.name": "string doorward.request_close",
  "event.timestamp": "string 2026-01-02T03:04:06.178Z",
  "doorward.kind": "string tunnel",
  "doorward.outcome": "string done",
  "doorward.bytes.up": "int 517",
  "doorward.bytes.down": "int 5000000000123",
  "doorward.duration_ms": "int 86400500",
  "doorward.seq": "int 2",
};

/** Exports records to a collector, and closes. Resolves to what came, and what was told. */
async function exported(
  collector: OtlpCollector,
  otel: OtelConfig,
  records: readonly HappenedAudit[],
): Promise<{ readonly collected: readonly Collected[]; readonly told: readonly string[] }> {
  const told: string[] = [];
  const sink = openOtlpSink({
    otel,
    version: "0.1.0",
    instance: "i1",
    ports: { resolve: systemResolver(), dial: tcpDialer, startTls: tlsClient },
    clock: systemClock,
    diagnose: (line) => told.push(line),
  });
  for (const record of records) sink.write(record);
  await inTime(sink.close(), "the sink to close");
  assertEquals(sink.lost, 0);
  const targets = [otel.logs, otel.traces, otel.metrics].filter((target) => target !== null);
  return { collected: await collector.collected(targets.length), told };
}

function only(collected: readonly Collected[], signal: string): Collected {
  const found = collected.filter(({ path }) => path.startsWith(`/v1/${signal}`));
  assertEquals(found.length, 1, JSON.stringify(collected));
  return found[0]!;
}

/** Python prints the same moment of the same record, whatever it was sent as. */
for (const protocol of ["binary", "json"] as const) {
  testClient(PROTOBUF, `a collector gets every field of every record (${protocol})`, async () => {
    await using scratch = await makeScratch();
    await using collector = await startOtlpCollector(scratch);
    const otel = otelTo(`http://127.0.0.1:${collector.port}/v1/traces`, {
      protocol,
      headers: [{ name: "X-Api-Key", key: "x-api-key", value: "s3cret" }],
    });
    const { collected, told } = await exported(collector, otel, [DECISION, CLOSE]);
    assertEquals([collected.length, told], [3, []]);
    const { headers, message } = only(collected, "logs");
    assertEquals(
      ["content-type", "x-api-key", "user-agent"].map((name) => headers[name]),
      [
        protocol === "json" ? "application/json" : "application/x-protobuf",
        "s3cret",
        "Doorward/0.1.0",
      ],
    );
    const [{ resource, scopeLogs: [{ scope, logRecords }] }] = message.resourceLogs;
    assertEquals(attributesOf(resource), {
      "service.name": "string doorward",
      "service.version": "string 0.1.0",
      "deployment.environment.name": "string test",
      "service.instance.id": "string i1",
    });
    assertEquals([scope.name, scope.version], ["codex_otel.network_proxy", "0.1.0"]);
    assertEquals(logRecords.map(attributesOf), [DECISION_FIELDS, CLOSE_FIELDS]);
    assertEquals(logRecords.map(shortly), [
      [
        "codex.network_proxy.policy_decision",
        // 2026-01-02T03:04:05.678Z
        "1767323045678000000",
        [9, "INFO"],
        "allow api.example.com:443 over https_connect: allow",
      ],
      [
        "doorward.request_close",
        "1767323046178000000",
        [9, "INFO"],
        "tunnel done api.example.com:443 over https_connect",
      ],
    ]);
  });
}

function shortly({ eventName, timeUnixNano, severityNumber, severityText, body }: Message) {
  return [eventName, timeUnixNano, [severityNumber, severityText], body.stringValue];
}

for (const protocol of ["binary", "json"] as const) {
  testClient(PROTOBUF, `a collector gets a span for each tunnel (${protocol})`, async () => {
    await using scratch = await makeScratch();
    await using collector = await startOtlpCollector(scratch);
    const otel = otelTo(`http://127.0.0.1:${collector.port}`, { protocol });
    const { collected } = await exported(collector, otel, [
      DECISION,
      CLOSE,
      closeAudit({ "doorward.kind": "request" }),
      closeAudit({ "doorward.kind": "datagrams", "doorward.outcome": "failed" }),
      closeAudit({ "doorward.outcome": "closed", "doorward.duration_ms": 0 }),
    ]);
    const [{ scopeSpans: [{ spans }] }] = only(collected, "traces").message.resourceSpans;
    const ends = "1767323046178000000";
    assertEquals(
      spans.map((span: Message) => [
        span.name,
        span.kind,
        span.startTimeUnixNano,
        span.endTimeUnixNano,
        span.status?.code ?? 0,
      ]),
      [
        ["tunnel", 3, "1767236645678000000", ends, 0],
        ["datagrams", 3, "1767323045678000000", ends, 2],
        ["tunnel", 3, ends, ends, 0],
      ],
    );
    assertEquals(attributesOf(spans[0]), CLOSE_FIELDS);
    const ids = spans.map(({ traceId, spanId }: Message) =>
      [traceId, spanId].map((id) => Uint8Array.fromBase64(id).length).join()
    );
    assertEquals(ids, ["16,8", "16,8", "16,8"]);
    assertEquals(new Set(spans.map(({ traceId }: Message) => traceId)).size, 3);
  });
}

for (const protocol of ["binary", "json"] as const) {
  testClient(PROTOBUF, `a collector gets sums of what was written (${protocol})`, async () => {
    await using scratch = await makeScratch();
    await using collector = await startOtlpCollector(scratch);
    const otel = otelTo(`http://127.0.0.1:${collector.port}`, { protocol }, {
      logs: null,
      traces: null,
    });
    const denied = decisionAudit({
      "network.policy.decision": "deny",
      "network.policy.reason": "not_allowed",
      "network.transport.protocol": "http",
    });
    const { collected } = await exported(collector, otel, [
      ...[DECISION, DECISION, denied, DECISION],
      decisionAudit({ "network.policy.source": "decider", "network.policy.reason": "I say so" }),
      ...[
        CLOSE,
        closeAudit({ "doorward.duration_ms": 500 }),
        closeAudit({
          "doorward.kind": "request",
          "doorward.outcome": "failed",
          "network.transport.protocol": "http",
          "doorward.duration_ms": 7,
        }),
      ],
    ]);
    assertEquals(collected.length, 1);
    const [{ resource, scopeMetrics: [{ metrics }] }] =
      only(collected, "metrics").message.resourceMetrics;
    assertEquals(attributesOf(resource)["service.name"], "string doorward");
    assertEquals(metrics.map(({ name, unit }: Message) => [name, unit]), [
      ["doorward.decisions", "{decision}"],
      ["doorward.bytes", "By"],
      ["doorward.duration", "s"],
    ]);
    const [decisions, bytes, { histogram }] = metrics;
    for (const { sum } of [decisions, bytes]) {
      assertEquals([sum.aggregationTemporality, sum.isMonotonic], [2, true]);
    }
    assertEquals(pointsOf(decisions), [
      "allow baseline_policy allow https_connect 3",
      "deny baseline_policy not_allowed http 1",
      "allow decider other https_connect 1",
    ]);
    assertEquals(pointsOf(bytes), [
      "up https_connect 1034",
      "down https_connect 5000000004219",
      "up http 517",
      "down http 4096",
    ]);
    assertEquals(histogram.aggregationTemporality, 2);
    assertEquals(histogram.dataPoints.map(histogramText), [
      "tunnel done: 2 of 86401 from 0.5 to 86400.5, 0.5 one, beyond one",
      "request failed: 1 of 0.007 from 0.007 to 0.007, 0.01 one",
    ]);
    const [{ startTimeUnixNano, timeUnixNano }] = decisions.sum.dataPoints;
    assert(BigInt(startTimeUnixNano) <= BigInt(timeUnixNano));
  });
}

function pointsOf({ sum }: Message): readonly string[] {
  return sum.dataPoints.map((point: Message) =>
    [
      ...Object.values(attributesOf(point)).map((text) => text.replace("string ", "")),
      point.asInt,
    ].join(" ")
  );
}

function histogramText(point: Message): string {
  const words = Object.values(attributesOf(point)).map((text) => text.replace("string ", ""));
  const filled = point.bucketCounts.flatMap((count: string, index: number) =>
    count === "0"
      ? []
      : [`${point.explicitBounds[index] ?? "beyond"} ${count === "1" ? "one" : count}`]
  );
  const { count, sum, min, max } = point;
  return `${words.join(" ")}: ${count} of ${sum} from ${min} to ${max}, ${filled.join(", ")}`;
}

testClient(
  PROTOBUF,
  "a collector with a certificate of its own is trusted by its file",
  async () => {
    await using scratch = await makeScratch();
    const authority = await makeAuthority(["IP:127.0.0.1"], scratch);
    await using collector = await startOtlpCollector(scratch, authority);
    const otel = otelTo(`https://127.0.0.1:${collector.port}`, { authorities: [authority.ca] }, {
      metrics: null,
      traces: null,
    });
    const { collected } = await exported(collector, otel, [DECISION]);
    assertEquals(collected.map(({ path }) => path), ["/v1/logs"]);
  },
);
