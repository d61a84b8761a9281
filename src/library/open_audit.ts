import { auditLines } from "../audit/audit_lines.ts";
import type { AuditMetadata } from "../audit/audit_record.ts";
import type { AuditSink } from "../audit/audit_sink.ts";
import { auditFile } from "../audit/file/audit_file.ts";
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
  /** Takes each record as a line, or not, where the configuration wants them on standard error. */
  readonly print: (line: string) => boolean;
}

/** Opens every sink that a configuration names. */
export async function openAudit(
  { audit, auditFile: file, otel }: Config,
  { sinks = [], metadata = {}, diagnose, print }: AuditParts,
  machine: Machine,
): Promise<OpenAudit> {
  const instance = newInstance();
  const { clock } = machine;
  const { fileBytes: bytesMax, filesKept, chain } = audit;
  const all = [...sinks];
  if (file !== null) {
    all.push(auditFile(file, { clock, diagnose, bytesMax, filesKept, chain }));
  }
  if (audit.stderr) all.push(auditLines("stderr", print));
  if (otel !== null) {
    // Loaded for those alone who export: it takes longer than all else that a proxy needs.
    const { openOtlpSink } = await import("./otlp/otlp_sink.ts");
    all.push(openOtlpSink({ otel, version: VERSION, instance, ports: machine, clock, diagnose }));
  }
  return { sinks: all, metadata: { ...audit.metadata, ...metadata }, instance };
}

/** Closes every sink, each within its own time. */
export async function closeAudit({ sinks }: Pick<OpenAudit, "sinks">): Promise<void> {
  await Promise.all(sinks.map((sink) => sink.close()));
}
