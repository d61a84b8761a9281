import type { Certificate } from "./certificate.ts";
import { onLowPort } from "./low_port.ts";

/** What a web server answers. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** A web server that remembers what it was asked. */
export interface WebOrigin extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** `GET /path?query`, in order, and whether it says that it came through Doorward. */
  readonly requests: readonly string[];
}

/** Where it is, and whether it speaks TLS. */
export interface WebOriginOptions {
  readonly hostname: string;
  readonly port?: number;
  readonly certificate?: Certificate;
}

/** Starts one, on a free port unless told otherwise. */
export function startWebOrigin(handler: Handler, options: WebOriginOptions): WebOrigin {
  const { hostname, certificate } = options;
  const requests: string[] = [];
  const tls = certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key };
  const serve = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const via = request.headers.get("via")?.startsWith("1.1 doorward") ? " via doorward" : "";
    requests.push(`${request.method} ${pathname}${search}${via}`);
    return await handler(request);
  };
  const listen = (port: number) =>
    Deno.serve({ hostname, port, ...tls, onListen: () => {} }, serve);
  const server = options.port === undefined ? onLowPort(listen) : listen(options.port);
  return {
    url: `${certificate === undefined ? "http" : "https"}://${hostname}:${server.addr.port}`,
    port: server.addr.port,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Says the same to everybody. */
export function greet(): Response {
  return new Response("hello from the origin\n");
}
