import type { CloseAudit, HappenedAudit } from "../../audit/audit_record.ts";
import type { OtelConfig, OtlpTarget, Signal } from "../../config/otel/otel_config.ts";
import { type Channel, type ChannelPorts, openChannel } from "./channel.ts";
import { type Encoder, type Encoding, makeEncoder } from "./messages/encoder.ts";
import type { Measured } from "./messages/metric_data.ts";
import { loadOtlpPackages } from "./messages/otlp_packages.ts";

/** What the signals are of, and what ends them. */
export interface ChannelsPlan {
  readonly otel: OtelConfig;
  readonly instance?: string;
  /** Ends whatever is sent of logs and traces. */
  readonly recordsEnd: AbortSignal;
  readonly metricsEnd: AbortSignal;
}

/** The ways of the signals that are exported. */
export interface Channels {
  readonly logs: Channel<readonly HappenedAudit[]> | null;
  readonly traces: Channel<readonly CloseAudit[]> | null;
  readonly metrics: Channel<Measured> | null;
  /** Resolves when what encodes is loaded, or cannot be. */
  readonly loaded: Promise<void>;
}

/** Opens the channels of a configuration, and begins to load what they need. */
export function openChannels(plan: ChannelsPlan, ports: ChannelPorts): Channels {
  const { otel: { logs, traces, metrics }, recordsEnd, metricsEnd } = plan;
  const encoders = loadEncoders(plan, ports.version);
  const open = <T>(
    signal: Signal,
    target: OtlpTarget | null,
    end: AbortSignal,
    pick: (encoder: Encoder) => Encoding<T>,
  ): Channel<T> | null => {
    if (target === null) return null;
    const encoding = encoders.then((encoderOf) => pick(encoderOf(target.protocol)));
    encoding.catch(() => {
      // Whoever is to send learns of it.
    });
    return openChannel({ signal, target, encoding, end }, ports);
  };
  return {
    logs: open("logs", logs, recordsEnd, (encoder) => encoder.logs),
    traces: open("traces", traces, recordsEnd, (encoder) => encoder.traces),
    metrics: open("metrics", metrics, metricsEnd, (encoder) => encoder.metrics),
    loaded: encoders.then(() => {}, () => {}),
  };
}

async function loadEncoders(
  { otel: { environment }, instance = null }: Pick<ChannelsPlan, "otel"> & {
    readonly instance?: string | null;
  },
  version: string,
): Promise<(protocol: OtlpTarget["protocol"]) => Encoder> {
  const packages = await loadOtlpPackages();
  return (protocol) => makeEncoder(packages, { version, environment, instance }, protocol);
}
