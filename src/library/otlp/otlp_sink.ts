// Audit records to a collector of OpenTelemetry, over OTLP/HTTP. Its packages encode, and nothing else: what waits, how
// long, and by what way it goes is ours, so that no collector holds up the proxy.
import type { AuditSink } from "../../audit/audit_sink.ts";
import type { CallPorts } from "../../calls/call_straight.ts";
import type { OtelConfig, Signal } from "../../config/otel/otel_config.ts";
import { printableWebhook } from "../../config/webhook_url.ts";
import type { Clock } from "../../net/ports.ts";
import { Deadlines } from "../../net/time/deadlines.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import type { Channel } from "./channel.ts";
import { type Channels, openChannels } from "./channels.ts";
import { exportMetrics } from "./export_metrics.ts";
import { Measures, type Sum } from "./messages/measures.ts";
import { RecordExporter } from "./record_exporter.ts";
import { isSpanned } from "./messages/span.ts";

/** What {@linkcode openOtlpSink} takes. */
export interface OtlpSinkOptions {
  readonly otel: OtelConfig;
  /** Of Doorward. */
  readonly version: string;
  /** `doorward.instance` of the records; absent, the resource does not say it. */
  readonly instance?: string;
  /** By what way a collector is reached: never a proxy's. */
  readonly ports: CallPorts;
  readonly clock: Clock;
  /** Told, in one line, what is wrong: once until it works again, and then what was lost. */
  readonly diagnose: (line: string) => void;
}

/** How long records may still be sent when it is closed, and then the last metrics: with a tick each, 2.75 s. */
const RECORDS_CLOSE_MS = 1750;
const METRICS_CLOSE_MS = 500;

/** Starts to export. It holds nobody up, and nothing of it throws or rejects, whatever a collector does. */
export function openOtlpSink(options: OtlpSinkOptions): AuditSink {
  const { otel, clock, diagnose } = options;
  const deadlines = new Deadlines(clock, (error) => diagnose(`Cannot end an export: ${error}`));
  const [records, metrics] = [new AbortController(), new AbortController()];
  const channels = openChannels(
    { ...options, recordsEnd: records.signal, metricsEnd: metrics.signal },
    { ...options, deadlines },
  );
  const { logs, traces } = channels;
  const logExporter = logs && new RecordExporter({ ...logs, clock, random: Math.random });
  const spanExporter = traces && new RecordExporter({ ...traces, clock, random: Math.random });
  const measures = new Measures();
  const endMetrics = startMetrics(channels, measures, options);

  const close = async (): Promise<void> => {
    deadlines.arm(RECORDS_CLOSE_MS, () => records.abort(new Error("It ends")));
    deadlines.arm(RECORDS_CLOSE_MS + METRICS_CLOSE_MS, () => metrics.abort(new Error("It ends")));
    await Promise.all([logExporter?.close(), spanExporter?.close()]);
    await endMetrics?.();
    // Where nothing was sent it may still be under way.
    await unlessAborted(channels.loaded, metrics.signal).catch(() => {});
    deadlines.stop();
    [logs, traces].forEach((channel) => channel?.trouble.ends());
  };
  let closing: Promise<void> | null = null;
  return {
    name: nameOf(otel),
    // A span whose record has arrived in the logs is no record that is lost.
    get lost(): number {
      return (logs ?? traces)?.trouble.lost ?? 0;
    },
    write(record): void {
      logExporter?.put(record);
      if (isSpanned(record)) spanExporter?.put(record);
      if (endMetrics !== null) measures.note(record);
    },
    close: () => closing ??= close(),
  };
}

/** Starts to send metrics. Returns what ends it; null where none are sent. */
function startMetrics(
  { metrics, logs, traces }: Channels,
  measures: Measures,
  { otel, clock }: OtlpSinkOptions,
): (() => Promise<void>) | null {
  if (metrics === null) return null;
  const from = clock.now();
  const lost = () => [...lostOf("logs", logs), ...lostOf("traces", traces)];
  return exportMetrics({
    ready: () => metrics.ready({ measures, lost: lost(), from, to: clock.now() }),
    trouble: metrics.trouble,
    intervalMs: otel.intervalSeconds * 1000,
    clock,
  });
}

function lostOf(signal: Signal, channel: Channel<never> | null): readonly Sum[] {
  if (channel === null) return [];
  return [{ words: { "doorward.signal": signal }, value: channel.trouble.lost }];
}

function nameOf({ logs, traces, metrics }: OtelConfig): string {
  const places = [logs, traces, metrics].filter((target) => target !== null)
    .map(({ url }) => printableWebhook(url));
  return `OTLP ${[...new Set(places)].join(", ")}`;
}
