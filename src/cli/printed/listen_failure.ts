import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import type { Line } from "./terminal.ts";

/** Why nobody can listen at `at`, and what to do; null for errors that are not about that. */
export function listenFailure(error: unknown, at: SocketAddress): readonly Line[] | null {
  const why = reason(error, at.port);
  if (why === null) return null;
  return [
    [`doorward: Cannot listen on ${formatSocketAddress(at)}: ${why}`],
    ["  choose a free port:  doorward start -c network.proxy_url=http://127.0.0.1:0"],
  ];
}

function reason(error: unknown, port: number): string | null {
  if (error instanceof Deno.errors.AddrInUse) {
    return "the port is in use, perhaps by another doorward";
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
