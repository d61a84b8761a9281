// What the system refuses, as the classes that the rest tells apart.

/** There is no such file, or process. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}
/** The system does not let this user. */
export class PermissionDenied extends Error {
  override readonly name = "PermissionDenied";
}
/** Node has no permissions of this kind: nothing throws it. */
export class NotCapable extends Error {
  override readonly name = "NotCapable";
}
/** It is there. */
export class AlreadyExists extends Error {
  override readonly name = "AlreadyExists";
}
/** A part of the path is no folder. */
export class NotADirectory extends Error {
  override readonly name = "NotADirectory";
}
/** It is a folder. */
export class IsADirectory extends Error {
  override readonly name = "IsADirectory";
}
/** Links that lead in a circle. */
export class FilesystemLoop extends Error {
  override readonly name = "FilesystemLoop";
}
/** Node cannot. */
export class NotSupported extends Error {
  override readonly name = "NotSupported";
}
/** A signal came. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
/** Used after it was closed. */
export class BadResource extends Error {
  override readonly name = "BadResource";
}
/** Asked for something that is under way already. */
export class Busy extends Error {
  override readonly name = "Busy";
}
/** Written to a peer that has left. */
export class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}
/** Nobody listens there. */
export class ConnectionRefused extends Error {
  override readonly name = "ConnectionRefused";
}
/** The peer has dropped the connection. */
export class ConnectionReset extends Error {
  override readonly name = "ConnectionReset";
}
/** The system has dropped the connection. */
export class ConnectionAborted extends Error {
  override readonly name = "ConnectionAborted";
}
/** There is no connection any more. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";
}
/** Nobody answered. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}
/** There is no way there. */
export class NetworkUnreachable extends Error {
  override readonly name = "NetworkUnreachable";
}
/** Somebody listens there already. */
export class AddrInUse extends Error {
  override readonly name = "AddrInUse";
}
/** It is no address of this machine. */
export class AddrNotAvailable extends Error {
  override readonly name = "AddrNotAvailable";
}

const KINDS: Readonly<Record<string, new (message: string, options: ErrorOptions) => Error>> = {
  ENOENT: NotFound,
  ESRCH: NotFound,
  EACCES: PermissionDenied,
  EPERM: PermissionDenied,
  EEXIST: AlreadyExists,
  ENOTDIR: NotADirectory,
  EISDIR: IsADirectory,
  ELOOP: FilesystemLoop,
  EINTR: Interrupted,
  EBADF: BadResource,
  EPIPE: BrokenPipe,
  ECONNREFUSED: ConnectionRefused,
  ECONNRESET: ConnectionReset,
  ECONNABORTED: ConnectionAborted,
  ENOTCONN: NotConnected,
  ETIMEDOUT: TimedOut,
  ENETUNREACH: NetworkUnreachable,
  EADDRINUSE: AddrInUse,
  EADDRNOTAVAIL: AddrNotAvailable,
  // What Node says of a socket or file that is closed already.
  ECANCELED: BadResource,
  ERR_STREAM_DESTROYED: BadResource,
  ERR_STREAM_WRITE_AFTER_END: BadResource,
  ERR_STREAM_PREMATURE_CLOSE: BadResource,
  ERR_SOCKET_CLOSED: BadResource,
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: BadResource,
  ERR_SOCKET_DGRAM_NOT_RUNNING: BadResource,
};

/** The error of the class that its code stands for; as it is where there is none. The code stays. */
export function systemError(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  const { code } = cause as { readonly code?: unknown };
  const Kind = typeof code === "string" && Object.hasOwn(KINDS, code) ? KINDS[code] : undefined;
  return Kind === undefined ? cause : Object.assign(new Kind(cause.message, { cause }), { code });
}

/** Fails as the work does, by the classes of this file. */
export async function orSystemError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw systemError(cause);
  }
}
