import { ConnectError, ProtocolError } from "../net/errors.ts";
import type { UnixSockets } from "../net/ports.ts";
import { unlessAborted } from "../net/time/unless_aborted.ts";
import type { Deny } from "../policy/decision.ts";
import type { Policy, Step } from "../policy/policy.ts";
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
  /** What decided. */
  readonly policy: Policy;
  /** Where the request's path led: every symbolic link in it is resolved. */
  readonly path: string;
}

/**
 * Asks policy what can be asked without looking at the path, resolves the path, and asks about the place it leads
 * to. Rejects with a `ProtocolError` for a path that names no socket, and where the system has none; with a
 * `ConnectError` for a path that may be reached and leads nowhere; or with the signal's reason.
 *
 * @param sockets null where the system has none
 * @param note told each step of the way
 */
export async function authorizeSocket(
  request: SocketRequest,
  policy: Policy,
  sockets: UnixSockets | null,
  signal: AbortSignal,
  note?: (step: Step) => void,
): Promise<SocketGrant | Deny> {
  // A path is looked at for those alone who may do what they ask.
  let told = 0;
  const noteFirst = note && ((step: Step) => {
    told++;
    note(step);
  });
  const refusal = policy.decideSocketEntrance(request, noteFirst);
  if (refusal !== null) return refusal;
  const system = present(sockets);
  const fault = pathFault(request.path);
  if (fault !== null) {
    const message = `Cannot use the x-unix-socket header: ${fault}`;
    throw new ProtocolError("client", "bad_header", message);
  }
  const path = await unlessAborted(system.canonical(request.path), signal).catch(() => {
    signal.throwIfAborted();
    return null;
  });
  note?.({ question: "path", answer: whereTo(request.path, path), rule: null });
  // The whole question begins with that of the entrance, whose steps are told.
  const noteRest = note && ((step: Step) => {
    if (told > 0) told--;
    else note(step);
  });
  const denied = policy.decideSocket(request, path, noteRest);
  if (denied !== null) return denied;
  if (path === null) {
    throw new ConnectError("connection_failed", `Cannot resolve the path "${request.path}"`);
  }
  return { verdict: "allow", [issued]: true, request, policy, path };
}

/** The unix sockets of a system that has some. Throws a `ProtocolError` otherwise. */
export function present(sockets: UnixSockets | null): UnixSockets {
  if (sockets !== null) return sockets;
  const message = "Cannot reach a unix socket: there are none on this system";
  throw new ProtocolError("client", "unsupported", message);
}

function whereTo(path: string, canonical: string | null): string {
  if (canonical === null) return "cannot be followed to a place";
  return canonical === path ? "no links in it" : `leads to ${canonical}`;
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
