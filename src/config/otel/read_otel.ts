// `[otel]`: where audit records are exported to, in the shape that is customary elsewhere.
import { certificatesIn } from "../../tls/pem.ts";
import { whyNoRoots } from "../../tls/certificate_facts.ts";
import { readPemFile } from "../pem_file.ts";
import type { Findings } from "../toml/findings.ts";
import type { JsonSchema } from "../toml/json_schema.ts";
import type { LocatedTable } from "../toml/located.ts";
import { quote } from "../toml/printable.ts";
import {
  key,
  type Keys,
  readFlag,
  readTable,
  readText,
  readWhole,
  tableSchema,
} from "../toml/value_readers.ts";
import { type Exporter, type NamedFile, readExporter } from "./exporter_key.ts";
import type { OtelConfig, OtlpTarget, Signal } from "./otel_config.ts";
import { signalUrl } from "./otlp_endpoint.ts";

/** `[otel]` as it is written; null is what follows `exporter`. */
interface OtelTable {
  readonly environment: string;
  readonly exporter: Exporter;
  readonly trace_exporter: Exporter | null;
  readonly metrics_exporter: Exporter | null;
  readonly interval_seconds: number;
  readonly log_user_prompt: boolean;
}

/** What nobody wrote. */
export const OTEL_DEFAULTS: OtelTable = {
  environment: "dev",
  exporter: { kind: "none" },
  trace_exporter: null,
  metrics_exporter: null,
  interval_seconds: 60,
  log_user_prompt: false,
};

/** Longer intervals show nothing of a day. */
const INTERVAL_SECONDS_MAX = 3600;

const KEYS: Keys<OtelTable> = {
  environment: key(readText, "what deployment.environment.name says of every record"),
  exporter: key(readExporter, 'where audit records go: "none", or an OTLP collector'),
  trace_exporter: key(readExporter, "where a span for each tunnel goes; exporter unless written"),
  metrics_exporter: key(readExporter, "where sums of them go; exporter unless written"),
  interval_seconds: key(
    readWhole(1, INTERVAL_SECONDS_MAX),
    "how often metrics are sent",
  ),
  log_user_prompt: key(readFlag, "read, and nothing comes of it"),
};

/** The keys of `[otel]` that mean something, or are known to mean nothing. */
export const OTEL_KEYS: readonly string[] = Object.keys(KEYS);

/** What `[otel]` and `[analytics]` take. Unknown keys are passed over, as files are shared with others. */
export const OTEL_SCHEMAS = {
  otel: {
    description: "Where audit records are exported to",
    type: "object",
    properties: tableSchema({ keys: KEYS }, { environment: "dev", interval_seconds: 60 })
      .properties!,
  },
  analytics: {
    description: "Metrics of other programs; false switches those of [otel] off, too",
    type: "object",
    properties: { enabled: { description: "whether there are any", type: "boolean" } },
  },
} satisfies Readonly<Record<string, JsonSchema>>;

/** Reads `[otel]` of a document; null where nothing is exported. */
export async function readOtel(
  root: LocatedTable,
  findings: Findings,
): Promise<OtelConfig | null> {
  const table = knownKeys(root, "otel", OTEL_KEYS, findings);
  const analytics = knownKeys(root, "analytics", ["enabled"], findings);
  const isMeasured = analyticsEnabled(analytics, findings);
  if (table === null) return null;
  const read = readTable(table, {
    where: "[otel]",
    keys: KEYS,
    defaults: OTEL_DEFAULTS,
  }, findings);
  noteIgnored(table, findings);
  const logs = read.exporter;
  const traces = read.trace_exporter ?? logs;
  const metrics = read.metrics_exporter ?? logs;
  if (!isMeasured && metrics.kind !== "none") {
    const place = analytics!.entries.get("enabled")!.key;
    findings.notice(place, '"analytics.enabled" is false: [otel] exports no metrics');
  }
  const config: OtelConfig = {
    environment: read.environment,
    intervalSeconds: read.interval_seconds,
    logs: await targetOf(logs, "logs", findings),
    traces: await targetOf(traces, "traces", findings),
    metrics: isMeasured ? await targetOf(metrics, "metrics", findings) : null,
  };
  const isNothing = config.logs === null && config.traces === null && config.metrics === null;
  return isNothing ? null : config;
}

/** A table at the top, less what is unknown in it. */
function knownKeys(
  root: LocatedTable,
  name: string,
  known: readonly string[],
  findings: Findings,
): LocatedTable | null {
  const value = root.entries.get(name)?.value;
  if (value === undefined) return null;
  if (value.kind !== "table") {
    findings.fault(value.place, `"${name}" is no table: write [${name}]`);
    return null;
  }
  const unknown = [...value.entries].filter(([key]) => !known.includes(key));
  const [first] = unknown;
  if (first !== undefined) {
    const keys = unknown.map(([key]) => quote(key)).join(", ");
    findings.notice(first[1].key, `[${name}]: ignored ${keys}, which Doorward does not know`);
  }
  const entries = new Map([...value.entries].filter(([key]) => known.includes(key)));
  return { ...value, entries };
}

/** Who wants no metrics of other programs wants none of this one. */
function analyticsEnabled(table: LocatedTable | null, findings: Findings): boolean {
  const written = table?.entries.get("enabled");
  if (written === undefined) return true;
  return readFlag(written.value, "analytics.enabled", findings) ?? true;
}

function noteIgnored(table: LocatedTable, findings: Findings): void {
  const written = table.entries.get("log_user_prompt");
  if (written === undefined) return;
  findings.notice(written.key, '"log_user_prompt" has no effect: Doorward sees no prompt');
}

async function targetOf(
  exporter: Exporter,
  signal: Signal,
  findings: Findings,
): Promise<OtlpTarget | null> {
  if (exporter.kind === "none") return null;
  const { endpoint, headers, protocol, caFile } = exporter;
  return {
    url: signalUrl(endpoint, signal),
    headers,
    protocol,
    caFile: caFile?.path ?? null,
    authorities: caFile === null ? null : await readAuthorities(caFile, findings),
  };
}

async function readAuthorities(
  { path, place }: NamedFile,
  findings: Findings,
): Promise<readonly string[]> {
  const read = await readPemFile(path);
  const why = read.kind === "bad" ? read.why : await whyNoRoots(read.text);
  if (why === null && read.kind === "text") return certificatesIn(read.text);
  findings.fault(place, `"ca-certificate" names no list of authorities: ${quote(path)}: ${why}`);
  return [];
}
