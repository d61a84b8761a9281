import type { Route } from "./job.ts";
import type { Scenario } from "./scenarios.ts";

/** Who is compared. */
export const CONTENDERS = [
  "direct",
  "relay",
  "doorward",
  "squid",
  "tinyproxy",
  "haproxy",
  "sandbox-runtime",
  "proxy-chain",
  "dante",
  "microsocks",
  "doorward-mitm",
  "mitmproxy",
  "mockttp",
  "ssl-bump",
  // Doorward in other ways, beside itself.
  "rules-10",
  "rules-1000",
  "rules-100000",
  "no-audit",
  "two-workers",
] as const;
/** One of {@linkcode CONTENDERS}. */
export type ContenderName = typeof CONTENDERS[number];

const HTTP: readonly Route[] = ["forward", "connect"];
const SOCKS5: readonly Route[] = ["socks5", "socks5_udp"];
const INTERCEPTED: readonly Route[] = ["intercepted", "intercepted_http2"];
const NO_ROUTE: readonly Route[] = [];
const ROUTES: Readonly<Record<ContenderName, readonly Route[]>> = {
  direct: [...HTTP, ...SOCKS5, ...INTERCEPTED],
  relay: [...HTTP, "socks5"],
  doorward: [...HTTP, ...SOCKS5],
  squid: HTTP,
  tinyproxy: HTTP,
  haproxy: ["forward"],
  "sandbox-runtime": [...HTTP, "socks5"],
  "proxy-chain": HTTP,
  dante: SOCKS5,
  microsocks: ["socks5"],
  // As `doorward`, and looks into what is said with `localhost`.
  "doorward-mitm": INTERCEPTED,
  mitmproxy: INTERCEPTED,
  mockttp: INTERCEPTED,
  "ssl-bump": ["intercepted"],
  // Only where a row names them.
  "rules-10": NO_ROUTE,
  "rules-1000": NO_ROUTE,
  "rules-100000": NO_ROUTE,
  "no-audit": NO_ROUTE,
  "two-workers": NO_ROUTE,
};

/** Doorward, in all its ways. */
export const DOORWARDS: readonly ContenderName[] = [
  "doorward",
  "doorward-mitm",
  "rules-10",
  "rules-1000",
  "rules-100000",
  "no-audit",
  "two-workers",
];

/** Who has no policy, so that nothing is denied. */
const WITHOUT_POLICY: readonly ContenderName[] = ["direct", "relay", "microsocks"];

/** Doorward among those who can do what a table is about; null when it is not there. */
export function doorwardAmong(names: readonly ContenderName[]): ContenderName | null {
  return names.find((name) => name === "doorward" || name === "doorward-mitm") ?? null;
}

/** Whether work can go to the origin by this route there. */
export function offers(name: ContenderName, route: Route): boolean {
  return ROUTES[name].includes(route);
}

/** Whether a contender is measured in a row: in one that names those it is about, no other is. */
export function takesPart(name: ContenderName, { route, work, among }: Scenario): boolean {
  if (among !== undefined) return among.includes(name);
  const isDenied = work === "denied" || work === "denied_tunnels";
  return offers(name, route) && !(isDenied && WITHOUT_POLICY.includes(name));
}

/** One of them, ready. */
export interface Contender extends AsyncDisposable {
  readonly name: ContenderName;
  /** Where it listens on 127.0.0.1; null for no proxy at all. */
  readonly ports: Ports | null;
  readonly version: string;
  /** Who signs what is shown by TLS in its rows of interception, in PEM; empty where it has none. */
  readonly ca: string;
  /** Its process now; null for no proxy at all. */
  readonly pid: number | null;
  /** Ends it and starts it anew. Resolves once it accepts, to the milliseconds from its start until then. */
  restart(): Promise<number>;
}

/** Where a proxy listens on 127.0.0.1: one and the same port where it speaks one protocol. */
export interface Ports {
  readonly http: number;
  readonly socks: number;
}

/** The port of a contender for this route; null where there is no proxy. */
export function portFor({ ports }: Contender, route: Route): number | null {
  if (ports === null) return null;
  return SOCKS5.includes(route) ? ports.socks : ports.http;
}
