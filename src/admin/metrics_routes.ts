import type { AdminParts } from "./admin.ts";
import type { Route } from "./route.ts";

/** Numbers for Prometheus (text format 0.0.4). No label holds what a client chose. */
export function metricsRoutes(parts: AdminParts): readonly Route[] {
  return [{
    method: "GET",
    path: "/metrics",
    summary: "Numbers in the text format of Prometheus",
    token: "never",
    type: "text/plain",
    serve: async () => {
      await parts.proxy.live.refresh();
      return new Response(metricsText(metrics(parts)), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
    },
  }];
}

/** One number, with the labels that tell it from others of its name. */
interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Numbers of one name. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly samples: readonly Sample[];
}

/** Prints metrics. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(({ name, help, type, samples }) =>
    [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}`),
      "",
    ].join("\n")
  ).join("");
}

function labelText(labels: Sample["labels"]): string {
  if (labels === undefined) return "";
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function metrics(parts: AdminParts): readonly Metric[] {
  return [
    ...policyMetrics(parts),
    ...trafficMetrics(parts),
    ...peopleMetrics(parts),
    limitMetric(parts),
    ...auditMetrics(parts),
  ];
}

function policyMetrics({ proxy: { policy }, configuration, version }: AdminParts): Metric[] {
  const { document, generation } = policy.current;
  const { counts } = policy;
  return [
    gauge("doorward_build_info", "The version that runs.", [{ labels: { version }, value: 1 }]),
    gauge("doorward_enabled", "Whether the proxy is enabled.", [{
      value: document.enabled ? 1 : 0,
    }]),
    gauge("doorward_mode", "The mode in force.", [{ labels: { mode: document.mode }, value: 1 }]),
    gauge("doorward_policy_generation", "The number of the policy in force.", [{
      value: generation,
    }]),
    gauge("doorward_policy_rules", "Rules in force.", [
      { labels: { list: "allow" }, value: counts.allow },
      { labels: { list: "deny" }, value: counts.deny },
    ]),
    gauge("doorward_config_fault", "Whether the configuration file cannot be used.", [{
      value: configuration.fault === null ? 0 : 1,
    }]),
  ];
}

function trafficMetrics({ proxy: { tally, live, connections } }: AdminParts): Metric[] {
  const { up, down } = live.carried;
  return [
    counter(
      "doorward_decisions_total",
      "Decisions about requests.",
      tally.decisions.map(({ protocol, decision, reason, count }) => ({
        labels: { protocol, decision, reason: reason ?? "none" },
        value: count,
      })),
    ),
    gauge("doorward_connections", "Open client connections.", [{ value: connections }]),
    counter("doorward_connections_total", "Client connections since the start.", [{
      value: live.opened,
    }]),
    counter("doorward_tunnel_bytes_total", "Bytes that tunnels carried, from and to clients.", [
      { labels: { direction: "up" }, value: up },
      { labels: { direction: "down" }, value: down },
    ]),
  ];
}

function peopleMetrics({ proxy: { questions, feed } }: AdminParts): Metric[] {
  const { asked: _, ...outcomes } = questions.totals;
  return [
    gauge("doorward_questions", "Questions that wait for a person.", [{
      value: questions.pending.length,
    }]),
    counter(
      "doorward_questions_total",
      "Questions that were settled.",
      Object.entries(outcomes).map(([outcome, value]) => ({ labels: { outcome }, value })),
    ),
    gauge("doorward_event_readers", "Readers of events.", [{ value: feed.readers }]),
    counter("doorward_events_total", "Events since the start.", [{ value: feed.seq }]),
    counter("doorward_events_dropped_total", "Events that slow readers have missed.", [{
      value: feed.dropped,
    }]),
  ];
}

/** A limit is known by its key under `[network.limits]`. */
function limitMetric({ proxy: { limits } }: AdminParts): Metric {
  return counter(
    "doorward_limit_reached_total",
    "How often a limit was reached.",
    limits.counts.map(({ limit, count }) => ({ labels: { limit }, value: count })),
  );
}

/** A sink is known by where it leads, which the configuration says. */
function auditMetrics({ proxy: { audit } }: AdminParts): Metric[] {
  if (!audit.isOn) return [];
  return [
    counter("doorward_audit_records_total", "Audit records since the start.", [{
      value: audit.total,
    }]),
    counter(
      "doorward_audit_lost_total",
      "Audit records that did not get where they were to go.",
      audit.sinks.map(({ name, lost }) => ({ labels: { sink: name }, value: lost })),
    ),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "counter", samples };
}
