import { formatHost } from "../net/address/host.ts";
import type { NetworkRequest } from "../policy/request.ts";
import type { SocketRequest } from "../policy/socket_request.ts";

/** What records need of a request: what it is, and where it was to go. */
export type Placed =
  | Pick<NetworkRequest, "kind" | "protocol" | "target">
  | Pick<SocketRequest, "kind" | "protocol" | "path">;

/** Where a request was to go, in the words of our own replies. */
export interface Place {
  /** Without brackets; `unix-socket` for every unix socket (the seeds). */
  readonly host: string;
  /** 0 for a unix socket. */
  readonly port: number;
  /** For a sentence: the host, or the path of a unix socket. */
  readonly words: string;
}

/** Where a request was to go. */
export function placeOf(request: Placed): Place {
  if (request.kind === "socket") {
    return { host: "unix-socket", port: 0, words: `unix socket ${request.path}` };
  }
  const { host, port } = request.target;
  const name = formatHost(host);
  return { host: name, port, words: name };
}
