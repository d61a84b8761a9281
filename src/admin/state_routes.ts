import type { AdminParts } from "./admin.ts";
import { json, type Route } from "./route.ts";

/** What is in force: health, configuration, patterns, numbers for the charts. */
export function stateRoutes(parts: AdminParts): readonly Route[] {
  const startedAt = parts.clock.monotonic();
  return [
    {
      method: "GET",
      path: "/health",
      summary: "Whether it works, which policy is in force, and what is wrong with the file",
      token: "never",
      serve: () => json(health(parts, (parts.clock.monotonic() - startedAt) / 1000)),
    },
    {
      method: "GET",
      path: "/config",
      summary: "The keys of [network] as they are in force, without secrets",
      token: "never",
      serve: () => json(config(parts)),
    },
    {
      method: "GET",
      path: "/patterns",
      summary: "Every rule in force, with its origin and its hits",
      token: "never",
      serve: () => json(patterns(parts)),
    },
    {
      method: "GET",
      path: "/stats",
      summary: "Requests by second for five minutes, and the busiest hosts",
      token: "never",
      serve: () => json(stats(parts)),
    },
  ];
}

/** Hosts that are ranked: what fits on a page. */
const HOSTS_MAX = 100;

function health({ proxy, configuration, version }: AdminParts, uptime: number) {
  const { fault } = configuration;
  const { current, counts } = proxy.policy;
  const { enabled, mode } = current.document;
  return {
    status: fault === null ? "ok" : "degraded",
    version,
    generation: current.generation,
    mode,
    enabled,
    uptime_seconds: Math.round(uptime),
    loaded_at: configuration.loadedAt,
    sources: configuration.sources,
    rules: counts,
    connections: proxy.connections,
    pending: proxy.questions.pending.length,
    blocked_total: proxy.blocked.total,
    audit: { records: proxy.audit.total, sinks: proxy.audit.sinks },
    fault,
  };
}

function config({ proxy, configuration }: AdminParts) {
  const { document, generation } = proxy.policy.current;
  const { enabled, mode } = document;
  return {
    network: { ...configuration.network, enabled, mode },
    sources: configuration.sources,
    generation,
  };
}

function patterns({ proxy: { policy } }: AdminParts) {
  const { rules, current } = policy;
  const texts = (list: "allow" | "deny") =>
    rules.filter((rule) => rule.list === list).map(({ pattern }) => pattern);
  return {
    allowed: texts("allow"),
    denied: texts("deny"),
    rules,
    generation: current.generation,
  };
}

function stats({ proxy: { tally }, clock }: AdminParts) {
  return {
    now: clock.now() / 1000,
    seconds: tally.seconds,
    hosts: tally.hosts(HOSTS_MAX),
    totals: tally.totals,
  };
}
