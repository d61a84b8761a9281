import type { AuditMetadata } from "../audit/audit_record.ts";
import type { AuditSink } from "../audit/audit_sink.ts";
import type { Config } from "../config/config.ts";
import { newInstance } from "../proxy/live_state.ts";
import type { Machine } from "./machine.ts";
import { VERSION } from "./version.ts";

/** Where records go while a proxy runs. */
export interface OpenAudit {
  readonly sinks: readonly AuditSink[];
  readonly metadata: AuditMetadata;
  readonly instance: string;
}

/** What a configuration does not say of records. */
export interface AuditParts {
  /** Sinks of whoever starts the proxy. */
  readonly sinks?: readonly AuditSink[];
  /** Over that of the configuration. */
  readonly metadata?: AuditMetadata;
  /** Told, in one line, what is wrong with a sink, and what was lost. */
  readonly diagnose: (line: string) => void;
}

/** Opens every sink that a configuration names. */
export async function openAudit(
  { otel }: Config,
  { sinks = [], metadata = {}, diagnose }: AuditParts,
  machine: Machine,
): Promise<OpenAudit> {
  const instance = newInstance();
  const all = [...sinks];
  if (otel !== null) {
    // Loaded for those alone who export: it takes longer than all else that a proxy needs.
    const { openOtlpSink } = await import("./otlp/otlp_sink.ts");
    const { clock } = machine;
    all.push(openOtlpSink({ otel, version: VERSION, instance, ports: machine, clock, diagnose }));
  }
  return { sinks: all, metadata, instance };
}

/** Closes every sink, each within its own time. */
export async function closeAudit({ sinks }: Pick<OpenAudit, "sinks">): Promise<void> {
  await Promise.all(sinks.map((sink) => sink.close()));
}
