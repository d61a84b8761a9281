/** What encodes OTLP, and the words that it is told with. */
export interface OtlpPackages {
  readonly api: typeof import("@opentelemetry/api");
  readonly transformer: typeof import("@opentelemetry/otlp-transformer");
  readonly resources: typeof import("@opentelemetry/resources");
  readonly metrics: typeof import("@opentelemetry/sdk-metrics");
}

/**
 * Loads the packages of OpenTelemetry. They cost 40 ms and 10 MB, and are loaded where something is exported. Nothing
 * of them runs by itself: no timer, no look at the environment, no connection.
 */
export async function loadOtlpPackages(): Promise<OtlpPackages> {
  const [api, transformer, resources, metrics] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/otlp-transformer"),
    import("@opentelemetry/resources"),
    import("@opentelemetry/sdk-metrics"),
  ]);
  return { api, transformer, resources, metrics };
}
