import { ConnectError, ProtocolError } from "../net/errors.ts";
import type { UnixSockets } from "../net/ports.ts";
import { unlessAborted } from "../net/time/unless_aborted.ts";
import type { Deny } from "../policy/decision.ts";
import type { Policy } from "../policy/policy.ts";
import type { SocketRequest } from "../policy/socket_request.ts";

const issued = Symbol("socket grant");

/**
 * Proof that policy let `request` reach the unix socket at `path`. Only this file can make one, and
 * `connectSocket` takes nothing else.
 */
export interface SocketGrant {
  readonly verdict: "allow";
  readonly [issued]: true;
  readonly request: SocketRequest;
  /** Where the request's path led: every symbolic link in it is resolved. */
  readonly path: string;
}

/**
 * Resolves the path of a request and asks policy about the place it leads to. Rejects with a `ProtocolError`
 * for a path that names no socket, with a `ConnectError` for one that may be reached and leads nowhere, or
 * with the signal's reason.
 */
export async function authorizeSocket(
  request: SocketRequest,
  policy: Policy,
  sockets: UnixSockets,
  signal: AbortSignal,
): Promise<SocketGrant | Deny> {
  const fault = pathFault(request.path);
  if (fault !== null) {
    const message = `Cannot use the x-unix-socket header: ${fault}`;
    throw new ProtocolError("client", "bad_header", message);
  }
  const path = await unlessAborted(sockets.canonical(request.path), signal).catch(() => {
    signal.throwIfAborted();
    return null;
  });
  const denied = policy.decideSocket(request, path);
  if (denied !== null) return denied;
  if (path === null) {
    throw new ConnectError("connection_failed", `Cannot resolve the path "${request.path}"`);
  }
  return { verdict: "allow", [issued]: true, request, path };
}

/** What is wrong with a path that does not name a socket, or names it in a roundabout way; null if nothing. */
function pathFault(path: string): string | null {
  // unix(7): an abstract name begins with a NUL, which people write in these two ways.
  if (/^(?:@|\\0|\0)/.test(path)) return "abstract names cannot be reached, only paths";
  if (!path.startsWith("/")) return "the path is not absolute";
  if (path.includes("\0")) return "the path holds a NUL";
  const segments = path.slice(1).split("/");
  // "/a//b" and "/a/../b" are what somebody writes who wants two readers to see two paths.
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return "a part of the path is empty, or a dot or two";
  }
  return null;
}
