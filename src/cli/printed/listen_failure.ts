import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { type Line, paint } from "./terminal.ts";

/** Why nobody can listen for HTTP at `at`, and what to do; null for errors that are not about that. */
export function listenFailure(error: unknown, at: SocketAddress): readonly Line[] | null {
  const why = whyNotListening(error, at.port);
  if (why === null) return null;
  return [
    [`doorward: Cannot listen on ${formatSocketAddress(at)}: ${why}`],
    ...anotherPort(at, "-c network.proxy_url=http://127.0.0.1:0"),
  ];
}

/** As {@linkcode listenFailure}, of the listener for SOCKS5. */
export function socksListenFailure(error: unknown, at: SocketAddress): readonly Line[] | null {
  const why = whyNotListening(error, at.port);
  if (why === null) return null;
  return [
    [`doorward: Cannot listen on ${
      formatSocketAddress(at)
    } for SOCKS5 (network.socks_url): ${why}`],
    ...anotherPort(at, "-c network.socks_url=http://127.0.0.1:0"),
    ["  to do without it, add:     ", paint("copy", "-c network.enable_socks5=false")],
  ];
}

/** As {@linkcode listenFailure}, of the admin API. */
export function adminListenFailure(error: unknown, at: SocketAddress): readonly Line[] | null {
  const why = whyNotListening(error, at.port);
  if (why === null) return null;
  return [
    [`doorward: Cannot listen on ${
      formatSocketAddress(at)
    } for the admin API (network.admin_url): ${why}`],
    ...anotherPort(at, "-c network.admin_url=http://127.0.0.1:0"),
    ...(error instanceof Deno.errors.AddrInUse && at.port !== 0 ? SECOND : []),
  ];
}

/** The admin API listens first: who starts twice learns here, and once, what a second proxy takes. */
const SECOND: readonly Line[] = [
  ["  if that is a doorward, use it, or stop it with Ctrl-C there; to run two, add:"],
  [
    "    ",
    paint(
      "copy",
      ["proxy_url", "socks_url", "admin_url"]
        .map((key) => `-c network.${key}=http://127.0.0.1:0`).join(" "),
    ),
  ],
];

/** Who took any port already cannot take another. */
function anotherPort({ port }: SocketAddress, flag: string): readonly Line[] {
  return port === 0 ? [] : [["  to take a free port, add:  ", paint("copy", flag)]];
}

/** Why nobody can listen on a port, as a clause; null for errors that are not about that. */
export function whyNotListening(error: unknown, port: number): string | null {
  if (error instanceof Deno.errors.AddrInUse) {
    return port === 0
      ? "no port is free on this machine just now"
      : "the port is in use, perhaps by another doorward";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) return "this machine has no such address";
  if (error instanceof Deno.errors.PermissionDenied) {
    return port > 0 && port < 1024
      ? "ports below 1024 need privileges"
      : "the system does not permit it";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno was started without --allow-net (or --allow-sys=networkInterfaces)";
  }
  return null;
}
