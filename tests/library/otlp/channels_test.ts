import { assertEquals } from "@std/assert";
import { openChannels } from "../../../src/library/otlp/channels.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { closeAudit, decisionAudit } from "../../support/audit_records.ts";
import { callNetwork } from "../../support/call_network.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { answering, startOrigin } from "../../support/origin.ts";
import { otelTo } from "../../support/otel_config.ts";

Deno.test("openChannels() opens those that are configured, each with its messages and its end", async () => {
  await using origin = startOrigin(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, () => {});
  const records = new AbortController();
  const metrics = new AbortController();
  const open = (change: Parameters<typeof otelTo>[2]) =>
    openChannels({
      otel: otelTo("http://127.0.0.1:4318", { protocol: "json" }, change),
      instance: "i7",
      recordsEnd: records.signal,
      metricsEnd: metrics.signal,
    }, { ports: callNetwork(origin), clock, deadlines, version: "9", diagnose: () => {} });
  const none = open({ logs: null, traces: null });
  await none.loaded;
  assertEquals([none.logs, none.traces], [null, null]);

  const { logs, traces, metrics: sums } = open({});
  const measures = { decisions: [], bytes: [], durations: [] };
  const measured = { measures, lost: [{ words: {}, value: 1 }], from: 0, to: 1 };
  const attempts = [
    await logs!.ready([decisionAudit()]),
    await traces!.ready([closeAudit()]),
    await sums!.ready(measured),
  ];
  for (const attempt of attempts) assertEquals((await attempt()).kind, "taken");
  const words = [...origin.received.matchAll(/POST \/v1\/(\w+)|"(resource\w+)"|"(i7)"/g)];
  assertEquals(words.map(([, ...groups]) => groups.find((word) => word !== undefined)), [
    ...["logs", "resourceLogs", "i7"],
    ...["traces", "resourceSpans", "i7"],
    ...["metrics", "resourceMetrics", "i7"],
  ]);
  records.abort(new Error("it ends"));
  const after = await Promise.all(attempts.map(async (attempt) => (await attempt()).kind));
  assertEquals(after, ["again", "again", "taken"]);
  deadlines.stop();
});
