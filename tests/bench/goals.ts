import type { ContenderName } from "./contenders.ts";

/** What Doorward wants to be, and how that is told from what was measured. */
export interface Goal {
  readonly what: string;
  readonly measure: Measure;
  /** What it must come to. */
  readonly least?: number;
  readonly most?: number;
}

/** What is compared. All but the ratios are of idle tunnels and of starts. */
export type Measure =
  /** The rate of one to that of another. */
  | Pair<"rate">
  /** The wait that 99 of 100 stayed below, of one to that of another. */
  | Pair<"p99">
  /** The KB that an idle tunnel takes, of the largest number of them that was opened. */
  | { readonly kind: "tunnel KB" }
  /** The share of them that the process has given back after all are closed. */
  | { readonly kind: "tunnels returned" }
  /** The MB that one has more than another, left alone after its first response. */
  | More<"MB more">
  /** The milliseconds that one takes longer than another until it accepts. */
  | More<"ms more">;

interface Pair<Kind extends string> {
  readonly kind: Kind;
  readonly row: string;
  readonly of: ContenderName;
  readonly to: ContenderName;
}

interface More<Kind extends string> {
  readonly kind: Kind;
  readonly of: ContenderName;
  readonly than: ContenderName;
}

const POLICIES = "policies of 10, 1,000 and 100,000 rules";

/** All of them; medians of a full run on two cores. */
export const GOALS: readonly Goal[] = [
  ...against("plain HTTP, kept, 64 connections", { relay: 0.6, squid: 2.5, "sandbox-runtime": 8 }),
  ...against("plain HTTP, kept, 512 connections", { relay: 0.55, squid: 3 }),
  {
    what: "plain HTTP, kept, 512 connections: p99 as a share of squid's",
    measure: pair("p99", "plain HTTP, kept, 512 connections", "doorward", "squid"),
    most: 1,
  },
  ...against("plain HTTP, closed, 64 at once", { relay: 0.75, squid: 4 }),
  ...against("plain HTTP, 64 MiB down", { relay: 1, squid: 3 }),
  ...against("plain HTTP, 64 MiB up", { relay: 1, squid: 3 }),
  ...against("1 tunnel, 64 MiB down", { relay: 1, squid: 1.5 }),
  ...against("1 tunnel, 64 MiB up", { relay: 0.75, squid: 1.5 }),
  ...against("64 tunnels, 64 MiB down", { relay: 0.7, squid: 1.2 }),
  ...against("64 tunnels, 64 MiB up", { relay: 0.7, squid: 1.2 }),
  ...against("small messages, 64 tunnels", { relay: 0.85 }),
  ...against("tunnel set-ups, 64 at once", { relay: 0.6, squid: 2, "sandbox-runtime": 3 }),
  ...against("SOCKS5 connects, 64 at once", { relay: 0.7, dante: 2.5 }),
  ...against("1 SOCKS5 tunnel, 64 MiB down", { relay: 0.8, dante: 1 }),
  ...against("1 SOCKS5 tunnel, 64 MiB up", { relay: 0.8, dante: 1 }),
  ...against("64 SOCKS5 tunnels, 64 MiB down", { relay: 0.8, dante: 1 }),
  ...against("64 SOCKS5 tunnels, 64 MiB up", { relay: 0.8, dante: 1 }),
  ...against("plain HTTP, denied, 64 connections", { squid: 2 }),
  ...against("tunnels denied, 64 at once", { squid: 4 }),
  {
    what: "100,000 rules against 10: requests",
    measure: pair("rate", POLICIES, "rules-100000", "rules-10"),
    least: 0.95,
  },
  {
    what: "100,000 rules against 10: MB more",
    measure: { kind: "MB more", of: "rules-100000", than: "rules-10" },
    most: 60,
  },
  {
    what: "100,000 rules against 10: ms until it accepts",
    measure: { kind: "ms more", of: "rules-100000", than: "rules-10" },
    most: 1000,
  },
  { what: "idle tunnels: KB each", measure: { kind: "tunnel KB" }, most: 20 },
  {
    what: "idle tunnels: share of it given back after they are closed",
    measure: { kind: "tunnels returned" },
    least: 0.5,
  },
  {
    what: "audit on against off: requests",
    measure: pair("rate", "audit on and off", "doorward", "no-audit"),
    least: 0.9,
  },
  {
    what: "two workers against one: requests",
    measure: pair("rate", "one worker and two", "two-workers", "doorward"),
    least: 1,
  },
];

/** Doorward's rate in a row to those of others. */
function against(
  row: string,
  least: Readonly<Partial<Record<ContenderName, number>>>,
): readonly Goal[] {
  return Object.entries(least).map(([to, share]) => ({
    what: `${row}: of ${to}`,
    measure: pair("rate", row, "doorward", to as ContenderName),
    least: share,
  }));
}

function pair<Kind extends "rate" | "p99">(
  kind: Kind,
  row: string,
  of: ContenderName,
  to: ContenderName,
): Pair<Kind> {
  return { kind, row, of, to };
}
