import type { SocketConnection, UnixSockets } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { unlessAborted } from "../net/time/unless_aborted.ts";
import type { Deny } from "../policy/decision.ts";
import type { SocketGrant } from "./authorize_socket.ts";

/**
 * Connects to the unix socket of a grant. The system has no way to connect to a file that was looked at
 * before: between the question and the connection, whoever may write in a folder of the path can put a link
 * to another socket there. So two things are looked at once the connection stands, and before any byte is
 * sent: where the path leads by then, and what its server bound. The second tells also of a path that was
 * swapped and swapped back.
 *
 * What remains: a server that bound a relative path, or one that is not there under that name (in another
 * container, say), cannot be told from the right one by it. Whoever swaps the path to and from such a server
 * within microseconds wins now and then.
 *
 * Rejects with a `ConnectError`, or with the signal's reason. The only caller of `UnixSockets.dial`.
 */
export async function connectSocket(
  grant: SocketGrant,
  sockets: UnixSockets,
  signal: AbortSignal,
): Promise<ByteStream | Deny> {
  const connection = await sockets.dial(grant.path, signal);
  let isSame = false;
  try {
    const isSwapped = await unlessAborted(isElsewhere(connection, grant.path, sockets), signal);
    isSame = !isSwapped;
    return isSame ? connection.stream : SWAPPED;
  } finally {
    if (!isSame) connection.stream.close();
  }
}

async function isElsewhere(
  { bound }: SocketConnection,
  path: string,
  sockets: UnixSockets,
): Promise<boolean> {
  const now = await sockets.canonical(path).catch(() => null);
  if (now !== path) return true;
  if (bound === null || !bound.startsWith("/") || !await sockets.exists(bound)) return false;
  // Compared by name: what lies at `path` at this moment may be the other server again.
  return await sockets.canonical(bound).catch(() => null) !== path;
}

const SWAPPED: Deny = {
  verdict: "deny",
  reason: "not_allowed",
  source: "baseline_policy",
  rule: null,
  detail: "its path leads elsewhere by now, or its server has bound another path",
};
