import type { Fields } from "../../http/fields.ts";

/** What OpenTelemetry tells apart, in the words of its paths. */
export type Signal = "logs" | "traces" | "metrics";

/** Where one signal is sent. */
export interface OtlpTarget {
  /** With the path of the signal. Its query may be a secret. */
  readonly url: URL;
  /** Sent with each export; their values may be secrets. */
  readonly headers: Fields;
  readonly protocol: "binary" | "json";
  /** The absolute path of the file that names whom to trust; null trusts whom the system does. */
  readonly caFile: string | null;
  /** What it held: certificates in PEM. */
  readonly authorities: readonly string[] | null;
}

/** `[otel]`: where audit records are exported to. At least one of the signals is. */
export interface OtelConfig {
  /** What `deployment.environment.name` says. */
  readonly environment: string;
  /** Between two exports of metrics. */
  readonly intervalSeconds: number;
  readonly logs: OtlpTarget | null;
  readonly traces: OtlpTarget | null;
  readonly metrics: OtlpTarget | null;
}
