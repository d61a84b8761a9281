import type { DecisionAudit, HappenedAudit } from "../../src/audit/audit_record.ts";
import { type Lesson, lessonOf } from "../../src/cli/learn/lesson.ts";
import { Observations, type Seen } from "../../src/cli/learn/observations.ts";
import { type Config, type ConfigSource, loadConfig } from "../../src/config/config.ts";
import type { Protocol } from "../../src/policy/request.ts";
import { closeAudit, decisionAudit } from "./audit_records.ts";

/** What comes to a place, and what becomes of it. */
export interface Visit {
  /** Without brackets. */
  readonly host: string;
  readonly port?: number;
  readonly protocol?: Protocol;
  /** That of a tunnel, unless it is plain HTTP. */
  readonly method?: string;
  /** Why it is blocked; let through where there is none. */
  readonly blocked?: string;
  readonly outcome?: "done" | "failed" | "closed";
  readonly kind?: "request" | "tunnel" | "datagrams";
  readonly up?: number;
  readonly down?: number;
}

/** The records of visits, one after the other. */
export function recordsOf(visits: readonly Visit[]): readonly HappenedAudit[] {
  return visits.flatMap((visit, id) => {
    const protocol = visit.protocol ?? "https_connect";
    const method = visit.method ??
      { http: "GET", https_connect: "CONNECT", socks5_tcp: "none", socks5_udp: "none" }[protocol];
    const common = {
      "doorward.request.id": id + 1,
      "server.address": visit.host,
      "server.port": visit.port ?? 443,
      "network.transport.protocol": protocol,
      "http.request.method": method,
    };
    const denied: Partial<DecisionAudit> = visit.blocked === undefined
      ? {}
      : { "network.policy.decision": "deny", "network.policy.reason": visit.blocked };
    const decision = decisionAudit({ ...common, ...denied });
    if (visit.blocked !== undefined) return [decision];
    return [
      decision,
      closeAudit({
        ...common,
        "doorward.kind": visit.kind ?? (protocol === "http" ? "request" : "tunnel"),
        "doorward.outcome": visit.outcome ?? "done",
        "doorward.bytes.up": visit.up ?? 0,
        "doorward.bytes.down": visit.down ?? 1000,
      }),
    ];
  });
}

/** What is remembered of visits. */
export function seenOf(visits: readonly Visit[]): Seen {
  const observations = new Observations();
  recordsOf(visits).forEach((record) => observations.write(record));
  return observations.seen;
}

/** A configuration that allows what is said, and takes these keys. */
export function configWith(change: Partial<ConfigSource> = {}): Promise<Config> {
  return loadConfig({ overrides: ["network.enabled=true"], allow: [], deny: [], ...change });
}

/** What is learned of visits. */
export async function learned(
  visits: readonly Visit[],
  change: Partial<ConfigSource> = {},
): Promise<{ readonly lesson: Lesson; readonly config: Config }> {
  const config = await configWith(change);
  return { lesson: await lessonOf(seenOf(visits), config), config };
}
