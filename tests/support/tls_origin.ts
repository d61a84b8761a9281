import {
  createSecureServer,
  type Http2SecureServer as Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import type { Authority } from "./authority.ts";
import { ip } from "./policy.ts";

/** What a request was when it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** `1.1` or `2.0`. */
  readonly version: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly trailers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What an origin answers. */
export type Answerer = (request: Arrived, response: Http2ServerResponse) => void;

/** A real HTTPS server, and all that reached it. */
export interface TlsOrigin extends AsyncDisposable {
  readonly address: SocketAddress;
  readonly arrived: readonly Arrived[];
  /** Connections that were accepted so far, those without a handshake included. */
  readonly connections: number;
}

/** How it listens. */
export interface TlsOriginOptions {
  readonly answer?: Answerer;
  /** HTTP/2 beside HTTP/1.1; the latter alone otherwise. */
  readonly http2?: boolean;
  readonly upgrade?: (request: IncomingMessage, socket: Socket) => void;
}

/** Starts a server of HTTPS on a free port of 127.0.0.1; it answers `hello` unless said otherwise. */
export async function startTlsOrigin(
  { cert, key }: Pick<Authority, "cert" | "key">,
  { answer = (_, response) => void response.end("hello"), http2 = false, upgrade }:
    TlsOriginOptions = {},
): Promise<TlsOrigin> {
  const arrived: Arrived[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  // The runtime's server of both offers both, whatever it is told to offer.
  const server: Server = http2
    ? createSecureServer({ cert, key, allowHTTP1: true })
    : createServer({ cert, key }) as unknown as Server;
  server.on("request", (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const pieces: Uint8Array[] = [];
    request.on("error", () => {});
    response.on("error", () => {});
    request.on("data", (piece: Uint8Array) => pieces.push(piece));
    request.on("end", () => {
      const it: Arrived = {
        method: request.method,
        path: request.url,
        host: String(request.headers[":authority"] ?? request.headers.host),
        version: request.httpVersion,
        headers: request.headers,
        body: new TextDecoder().decode(Uint8Array.from(pieces.flatMap((piece) => [...piece]))),
        trailers: request.trailers,
      };
      arrived.push(it);
      answer(it, response);
    });
  });
  if (upgrade !== undefined) server.on("upgrade", upgrade);
  const ignore = () => {
    // What clients do wrong is for the test to see elsewhere.
  };
  server.on("error", ignore);
  server.on("sessionError", ignore);
  server.on("tlsClientError", ignore);
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", ignore);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: { ip: ip("127.0.0.1"), port: (server.address() as AddressInfo).port },
    arrived,
    get connections(): number {
      return connections;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
