import type { OtelConfig, OtlpTarget, Signal } from "../../src/config/otel/otel_config.ts";
import { signalUrl } from "../../src/config/otel/otlp_endpoint.ts";

/** Where everything is exported to one collector. */
export function otelTo(
  endpoint: string,
  target: Partial<OtlpTarget> = {},
  change: Partial<OtelConfig> = {},
): OtelConfig {
  const to = (signal: Signal): OtlpTarget => ({
    url: signalUrl(new URL(endpoint), signal),
    headers: [],
    protocol: "binary",
    caFile: null,
    authorities: null,
    ...target,
  });
  return {
    environment: "test",
    intervalSeconds: 60,
    logs: to("logs"),
    traces: to("traces"),
    metrics: to("metrics"),
    ...change,
  };
}
