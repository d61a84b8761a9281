import type { ContenderName } from "./contenders.ts";
import type { Route, Work } from "./job.ts";

/** One row of a table. */
export interface Scenario {
  readonly title: string;
  readonly unit: string;
  readonly work: Work;
  readonly route: Route;
  readonly connections: number;
  readonly window: number;
  /** Whom it is about; everybody who can, without it. */
  readonly among?: readonly ContenderName[];
}

/** Every row, in the order of the tables. */
export const SCENARIOS: readonly Scenario[] = [
  scenario("plain HTTP, kept, 1 connection", "requests/s", "requests", "forward", 1),
  scenario("plain HTTP, kept, 64 connections", "requests/s", "requests", "forward", 64),
  scenario("plain HTTP, kept, 512 connections", "requests/s", "requests", "forward", 512),
  scenario("plain HTTP, closed, 64 at once", "requests/s", "closing", "forward", 64),
  scenario("plain HTTP, denied, 64 connections", "denials/s", "denied", "forward", 64),
  scenario("plain HTTP, 64 MiB down", "MB/s", "download", "forward", 1),
  scenario("plain HTTP, 64 MiB up", "MB/s", "upload", "forward", 1),
  scenario("tunnel set-ups, 1 at once", "tunnels/s", "tunnels", "connect", 1),
  scenario("tunnel set-ups, 64 at once", "tunnels/s", "tunnels", "connect", 64),
  scenario("tunnels denied, 64 at once", "denials/s", "denied_tunnels", "connect", 64),
  scenario("small messages, 64 tunnels", "messages/s", "messages", "connect", 64),
  scenario("1 tunnel, 64 MiB down", "MB/s", "download", "connect", 1),
  scenario("1 tunnel, 64 MiB up", "MB/s", "upload", "connect", 1),
  scenario("64 tunnels, 64 MiB down", "MB/s", "download", "connect", 64),
  scenario("64 tunnels, 64 MiB up", "MB/s", "upload", "connect", 64),
  scenario("SOCKS5 connects, 1 at once", "connects/s", "tunnels", "socks5", 1),
  scenario("SOCKS5 connects, 64 at once", "connects/s", "tunnels", "socks5", 64),
  scenario("SOCKS5 small messages, 64 tunnels", "messages/s", "messages", "socks5", 64),
  scenario("1 SOCKS5 tunnel, 64 MiB down", "MB/s", "download", "socks5", 1),
  scenario("1 SOCKS5 tunnel, 64 MiB up", "MB/s", "upload", "socks5", 1),
  scenario("64 SOCKS5 tunnels, 64 MiB down", "MB/s", "download", "socks5", 64),
  scenario("64 SOCKS5 tunnels, 64 MiB up", "MB/s", "upload", "socks5", 64),
  datagrams("SOCKS5 UDP, 1 association, 1 in flight", 1, 1),
  datagrams("SOCKS5 UDP, 1 association, 32 in flight", 1, 32),
  datagrams("SOCKS5 UDP, 64 associations", 64, 1),
  scenario("intercepted HTTPS, kept, 1 connection", "requests/s", "requests", "intercepted", 1),
  scenario("intercepted HTTPS, kept, 64 connections", "requests/s", "requests", "intercepted", 64),
  scenario("intercepted HTTPS, visits, 1 at once", "visits/s", "visits", "intercepted", 1),
  scenario("intercepted HTTPS, visits, 16 at once", "visits/s", "visits", "intercepted", 16),
  scenario("intercepted HTTPS, 64 MiB down", "MB/s", "download", "intercepted", 1),
  scenario("intercepted HTTPS, 64 MiB up", "MB/s", "upload", "intercepted", 1),
  {
    title: "intercepted HTTP/2, 1 connection, 32 streams",
    unit: "requests/s",
    work: "requests",
    route: "intercepted_http2",
    connections: 1,
    window: 32,
  },
  itself("policies of 10, 1,000 and 100,000 rules", ["rules-10", "rules-1000", "rules-100000"]),
  itself("audit on and off", ["doorward", "no-audit"]),
  itself("one worker and two", ["doorward", "two-workers"]),
];

/** The rows of which the title has `text` in it, in whatever case. */
export function scenariosOf(text: string): readonly Scenario[] {
  const wanted = text.toLowerCase();
  return SCENARIOS.filter(({ title }) => title.toLowerCase().includes(wanted));
}

function scenario(
  title: string,
  unit: string,
  work: Work,
  route: Route,
  connections: number,
): Scenario {
  return { title, unit, work, route, connections, window: 1 };
}

function datagrams(title: string, connections: number, window: number): Scenario {
  const unit = "datagrams/s";
  return { title, unit, work: "datagrams", route: "socks5_udp", connections, window };
}

/** Plain requests on 64 kept connections, by Doorward in several ways. */
function itself(title: string, among: readonly ContenderName[]): Scenario {
  return { ...scenario(title, "requests/s", "requests", "forward", 64), among };
}
