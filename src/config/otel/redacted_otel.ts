import { printableWebhook } from "../webhook_url.ts";
import type { OtelConfig, OtlpTarget } from "./otel_config.ts";

/** Where a signal goes, as it may be shown. */
export interface ShownTarget {
  /** Scheme, host and port. */
  readonly url: string;
  readonly protocol: OtlpTarget["protocol"];
  /** The names of the headers. */
  readonly headers: readonly string[];
  readonly ca_file: string | null;
}

/** `[otel]` as it may be shown: without what lets its bearer in elsewhere. */
export interface ShownOtel {
  readonly environment: string;
  readonly interval_seconds: number;
  readonly logs: ShownTarget | null;
  readonly traces: ShownTarget | null;
  readonly metrics: ShownTarget | null;
}

/** Takes the secrets out of it. */
export function redactedOtel(otel: OtelConfig): ShownOtel {
  return {
    environment: otel.environment,
    interval_seconds: otel.intervalSeconds,
    logs: shown(otel.logs),
    traces: shown(otel.traces),
    metrics: shown(otel.metrics),
  };
}

function shown(target: OtlpTarget | null): ShownTarget | null {
  if (target === null) return null;
  const { url, protocol, headers, caFile } = target;
  return {
    url: printableWebhook(url),
    protocol,
    headers: headers.map(({ name }) => name),
    ca_file: caFile,
  };
}
