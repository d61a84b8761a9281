import type { Duplex } from "node:stream";

/** What it takes in place of the file that this one stands in for. */
export interface WithoutGoaway {
  readonly peer: "client" | "server";
  readonly goaway: (lastStream: number) => void;
}

/**
 * The connection as it is: Node survives the frames that Deno does not, and tells its session of them. Its HTTP/2 does
 * not survive the end of a stream that is none of Node's own sockets, so nothing may stand between.
 */
export function withoutGoaway(native: Duplex, _options: WithoutGoaway, _: typeof Duplex): Duplex {
  // The handshake is over. On the side of the server nobody but Node's own listener says so, and HTTP/2 would wait.
  return Object.assign(native, { secureConnecting: false });
}
