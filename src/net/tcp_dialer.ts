import { formatSocketAddress, type SocketAddress } from "./address/endpoint.ts";
import { ConnectError, type ConnectFault } from "./errors.ts";
import { formatIp } from "./address/ip.ts";
import type { ByteStream } from "./stream/stream.ts";
import { SystemStream } from "./system_stream.ts";

/**
 * Dials with the system's TCP. Rejects with a {@linkcode ConnectError}, or with the signal's reason once it
 * is aborted.
 */
export async function tcpDialer(to: SocketAddress, signal: AbortSignal): Promise<ByteStream> {
  try {
    return new SystemStream(
      await Deno.connect({ hostname: formatIp(to.ip), port: to.port, signal }),
    );
  } catch (cause) {
    signal.throwIfAborted();
    const fault = connectFault(cause);
    throw new ConnectError(fault, `Cannot connect to ${formatSocketAddress(to)}`, { cause });
  }
}

/** What an error of the system means. */
export function connectFault(error: unknown): ConnectFault {
  if (error instanceof Deno.errors.ConnectionRefused) return "connection_refused";
  if (error instanceof Deno.errors.TimedOut) return "connection_timeout";
  if (error instanceof Deno.errors.NetworkUnreachable) return "network_unreachable";
  switch ((error as { code?: unknown }).code) {
    case "ENETUNREACH":
      return "network_unreachable";
    case "EHOSTUNREACH":
      return "host_unreachable";
    default:
      return "connection_failed";
  }
}
