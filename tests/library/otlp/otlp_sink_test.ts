import { assertEquals } from "@std/assert";
import type { OtelConfig } from "../../../src/config/otel/otel_config.ts";
import { loadOtlpPackages } from "../../../src/library/otlp/messages/otlp_packages.ts";
import { openOtlpSink } from "../../../src/library/otlp/otlp_sink.ts";
import { closeAudit, decisionAudit } from "../../support/audit_records.ts";
import { callNetwork } from "../../support/call_network.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, turn, until } from "../../support/in_time.ts";
import { answering, type Origin, type Script, startOrigin } from "../../support/origin.ts";
import { otelTo } from "../../support/otel_config.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

// Loaded here, so that what a test waits for is the sink alone.
await loadOtlpPackages();

function openScene(origin: Origin, change: Partial<OtelConfig> = {}) {
  const told: string[] = [];
  const clock = new FakeClock();
  const network = callNetwork(origin);
  const sink = openOtlpSink({
    otel: otelTo("http://127.0.0.1:4318", { protocol: "json" }, change),
    version: "9",
    ports: network,
    clock,
    diagnose: (line) => told.push(line),
  });
  return { sink, clock, told, network };
}

/** The paths that were posted to, in order, with what they were sent. */
function posts({ received }: Origin): readonly (readonly [string, string])[] {
  return received.split("POST ").slice(1).map((text) =>
    [text.slice(0, text.indexOf(" ")), text.slice(text.indexOf("\r\n\r\n") + 4)] as const
  );
}

const count = (text: string, word: string) => text.split(word).length - 1;

Deno.test("openOtlpSink() sends each record to each signal that it is of", async () => {
  await using origin = startOrigin(answering(OK));
  const { sink, clock, told } = openScene(origin);
  for (
    const record of [decisionAudit(), closeAudit(), closeAudit({ "doorward.kind": "request" })]
  ) {
    sink.write(record);
  }
  await until(() => clock.sleeping >= 3, "both exporters gather");
  clock.advance(1000);
  await until(() => posts(origin).length === 2, "logs and spans come");
  const sent = new Map(posts(origin));
  assertEquals(count(sent.get("/v1/logs")!, '"eventName"'), 3);
  assertEquals(count(sent.get("/v1/traces")!, '"spanId"'), 1);
  const closing = sink.close();
  await inTime(closing, "the end");
  assertEquals(posts(origin).length, 3);
  const metrics = posts(origin).at(-1)!;
  assertEquals(metrics[0], "/v1/metrics");
  for (const name of ["decisions", "bytes", "duration", "records.lost"]) {
    assertEquals(count(metrics[1], `"doorward.${name}"`), 1, name);
  }
  assertEquals([sink.name, sink.lost, told], ["OTLP http://127.0.0.1:4318/…", 0, []]);
  assertEquals(sink.close(), closing);
});

Deno.test("openOtlpSink() counts from when it was opened", async () => {
  await using origin = startOrigin(answering(OK));
  const { sink, clock } = openScene(origin, { logs: null, traces: null });
  clock.advance(5000);
  sink.write(decisionAudit());
  await inTime(sink.close(), "the end");
  const [, text] = posts(origin)[0]!;
  const [point] = JSON.parse(text).resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints;
  const start = BigInt(clock.start) * 1_000_000n;
  assertEquals([point.startTimeUnixNano, point.timeUnixNano], [
    String(start),
    String(start + 5_000_000_000n),
  ]);
});

Deno.test("openOtlpSink() with nothing to send ends at once", async () => {
  await using origin = startOrigin(answering(OK));
  const { sink, clock } = openScene(origin, { metrics: null });
  await inTime(sink.close(), "the end");
  assertEquals([posts(origin), clock.sleeping, sink.lost], [[], 0, 0]);
});

Deno.test("openOtlpSink() counts as lost what the logs lost, or else the spans", async () => {
  const refuse = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n";
  for (const [change, lost] of [[{}, 2], [{ logs: null }, 1], [{ metrics: null }, 2]] as const) {
    await using origin = startOrigin(answering(refuse));
    const { sink, told } = openScene(origin, change);
    sink.write(decisionAudit());
    sink.write(closeAudit());
    await inTime(sink.close(), "the end");
    assertEquals(sink.lost, lost);
    const spans = told.filter((line) => line.includes(" traces "));
    assertEquals(spans, [
      "Cannot export traces to http://127.0.0.1:4318/…: it answered 400",
      "Could not export traces to http://127.0.0.1:4318/… to the end: 1 record was lost",
    ]);
  }
});

Deno.test("openOtlpSink() tells in its metrics what was lost", async () => {
  await using origin = startOrigin(async (wire) => {
    const { start } = await wire.readMessage();
    const isMetrics = start.includes("/v1/metrics");
    await wire.send(isMetrics ? OK : "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
  });
  const { sink } = openScene(origin);
  for (let at = 0; at < 3; at++) sink.write(decisionAudit());
  sink.write(closeAudit());
  await inTime(sink.close(), "the end");
  const [, text] = posts(origin).at(-1)!;
  const metrics = JSON.parse(text).resourceMetrics[0].scopeMetrics[0].metrics;
  const { sum } = metrics.find(({ name }: { name: string }) => name === "doorward.records.lost");
  const points = sum.dataPoints.map((point: Point) => [
    point.attributes[0].value.stringValue,
    point.asInt,
  ]);
  assertEquals(points, [["logs", 4], ["traces", 1]]);
});

interface Point {
  readonly attributes: readonly [{ readonly value: { readonly stringValue: string } }];
  readonly asInt: number;
}

Deno.test("openOtlpSink() that hangs in its collector is over in three seconds", async () => {
  const hang: Script = (wire) => wire.readAll().then(() => {});
  await using origin = startOrigin(hang);
  const { sink, clock, told } = openScene(origin);
  for (let at = 0; at < 2000; at++) sink.write(closeAudit());
  let isOver = false;
  const closing = sink.close().then(() => (isOver = true));
  let elapsed = 0;
  while (!isOver && elapsed < 10_000) {
    await turn();
    clock.advance(50);
    elapsed += 50;
    await turn();
  }
  await inTime(closing, "the end");
  assertEquals([sink.lost, elapsed <= 3000, clock.sleeping], [2000, true, 0]);
  assertEquals(told.filter((line) => line.includes("logs")), [
    "Cannot export logs to http://127.0.0.1:4318/…: it did not answer in time",
    "Could not export logs to http://127.0.0.1:4318/… to the end: 2000 records were lost",
  ]);
});
