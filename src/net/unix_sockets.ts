import { ConnectError } from "./errors.ts";
import type { SocketConnection, UnixSockets } from "./ports.ts";
import { SystemStream } from "./system_stream.ts";

/**
 * As many as Linux follows (path_resolution(7)), which says so itself. Only links that change while they are
 * followed get further.
 */
const LINKS_MAX = 40;

/** The unix sockets of this system; null where it has none that a path could name. */
export function systemUnixSockets(os: typeof Deno.build.os): UnixSockets | null {
  return os === "windows" ? null : { canonical, dial, exists };
}

async function canonical(path: string): Promise<string> {
  return await resolve(path, LINKS_MAX);
}

/** Resolves a path. A part that does not exist is taken as written, but a link to nowhere is followed. */
async function resolve(path: string, linksLeft: number): Promise<string> {
  const real = await Deno.realPath(path).catch(nullIfMissing);
  if (real !== null) return real;
  const end = path.lastIndexOf("/");
  const name = path.slice(end + 1);
  if (end === -1 || name === "" || name === "." || name === "..") {
    throw new TypeError(`Cannot resolve "${path}": it does not name a file`);
  }
  const folder = path.slice(0, end);
  const link = await Deno.readLink(path).catch(nullIfMissing);
  if (link === null) {
    const parent = await resolve(folder === "" ? "/" : folder, linksLeft);
    return parent === "/" ? `/${name}` : `${parent}/${name}`;
  }
  if (linksLeft === 0) throw new Deno.errors.FilesystemLoop(`Cannot resolve "${path}"`);
  return await resolve(link.startsWith("/") ? link : `${folder}/${link}`, linksLeft - 1);
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Deno.errors.NotFound) return null;
  throw error;
}

async function dial(path: string, signal: AbortSignal): Promise<SocketConnection> {
  signal.throwIfAborted();
  const conn = await Deno.connect({ transport: "unix", path }).catch(async (cause) => {
    const error = failure(path, cause, await whyNoSocket(path, cause));
    signal.throwIfAborted();
    throw error;
  });
  // The runtime does not heed a signal here: what was opened all the same is closed.
  if (signal.aborted) conn.close();
  signal.throwIfAborted();
  return { stream: new SystemStream(conn), bound: (conn.remoteAddr as Deno.UnixAddr).path ?? null };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    // What cannot be looked at may be there.
    return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
  }
}

/** Only a socket refuses a connection: its server has gone. */
function failure(path: string, cause: unknown, detail: string): ConnectError {
  const isRefused = cause instanceof Deno.errors.ConnectionRefused && detail === "";
  return new ConnectError(
    isRefused ? "connection_refused" : "connection_failed",
    `Cannot connect to unix socket "${path}"${detail === "" ? "" : `: ${detail}`}`,
    { cause, detail },
  );
}

/**
 * What is there in place of a socket; empty where there is one, or where that cannot be told. Linux refuses a
 * connection to any other file as it does one to a socket without a server.
 */
async function whyNoSocket(path: string, cause: unknown): Promise<string> {
  if (cause instanceof Deno.errors.NotFound) return "there is no such socket";
  if ((cause as { code?: unknown }).code === "ENOTSOCK") return "it is not a socket";
  if (!(cause instanceof Deno.errors.ConnectionRefused)) return "";
  const file = await Deno.lstat(path).catch(() => null);
  return file !== null && !file.isSocket ? "it is not a socket" : "";
}
