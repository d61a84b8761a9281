import type { UnixSockets } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { unlessAborted } from "../net/time/unless_aborted.ts";
import type { Deny } from "../policy/decision.ts";
import type { SocketGrant } from "./authorize_socket.ts";

/**
 * Connects to the unix socket of a grant. The system has no way to connect to a file that was looked at
 * before: between the question and the connection, whoever may write in a folder of the path can put a link
 * to another socket there. So the path is resolved once more when the connection stands and before any byte is
 * sent; one that leads elsewhere by then is refused.
 *
 * What remains: whoever swaps the path after it was resolved, and swaps it back between the connection and
 * the second look, within microseconds each. A loop that does nothing else wins that now and then; a socket
 * whose folders the wrapped command cannot write to knows no such race.
 *
 * Rejects with a `ConnectError`, or with the signal's reason. The only caller of `UnixSockets.dial`.
 */
export async function connectSocket(
  grant: SocketGrant,
  sockets: UnixSockets,
  signal: AbortSignal,
): Promise<ByteStream | Deny> {
  const stream = await sockets.dial(grant.path, signal);
  let isSame = false;
  try {
    const path = await unlessAborted(sockets.canonical(grant.path), signal).catch(() => null);
    signal.throwIfAborted();
    isSame = path === grant.path;
    return isSame ? stream : SWAPPED;
  } finally {
    if (!isSame) stream.close();
  }
}

const SWAPPED: Deny = {
  verdict: "deny",
  reason: "not_allowed",
  source: "baseline_policy",
  rule: null,
  detail: "its path changed while it was connected to",
};
