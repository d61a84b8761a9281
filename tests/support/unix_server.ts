import http from "node:http";
import { type Script, silent } from "./origin.ts";
import { inTime, until } from "./in_time.ts";
import { Wire } from "./wire.ts";

/** A server on a unix socket that records everything and does what a test tells it. */
export interface UnixServer extends AsyncDisposable {
  readonly path: string;
  /** Every connection there ever was, in order. */
  readonly connections: readonly Wire[];
  /** Every byte that ever came, over all connections. */
  readonly received: string;
  /** The connection of that number, once it is there. */
  connection(index?: number): Promise<Wire>;
}

/** Starts a server at a path. Unless said otherwise it takes everything and says nothing. */
export function startUnixServer(path: string, script: Script = silent): UnixServer {
  const listener = Deno.listen({ transport: "unix", path });
  const connections: Wire[] = [];
  const scripts: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      const wire = new Wire(conn);
      connections.push(wire);
      // A script that is cut off has done its part: what matters to a test, it looks at.
      scripts.push(script(wire, connections.length - 1).catch(() => {}));
    }
  })();
  return {
    path,
    connections,
    get received(): string {
      return connections.map((wire) => wire.received).join("");
    },
    async connection(index = 0): Promise<Wire> {
      await until(() => connections.length > index, `there is a connection ${index} to ${path}`);
      return connections[index]!;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting;
      for (const wire of connections) await wire[Symbol.asyncDispose]();
      await inTime(Promise.all(scripts), `the scripts of ${path} to end`);
    },
  };
}

/** A server that speaks as a container engine does. */
export interface EngineServer extends AsyncDisposable {
  readonly path: string;
  /** `METHOD target Host` of each request, in order. */
  readonly requests: readonly string[];
  /** The fields of the last request, as they came. */
  readonly fields: readonly string[];
  /** Sends one event to whoever reads `/events`. */
  emit(text: string): void;
  /** Ends `/events`. */
  endEvents(): void;
}

/**
 * Starts one: `/_ping`, `/events` (a stream of chunks that the test feeds), `/blob/N` (N bytes),
 * `/hash` (the SHA-256 of an upload), and `OK` for all else. What it does not do is {@linkcode attaching}.
 */
export async function startEngine(path: string): Promise<EngineServer> {
  const requests: string[] = [];
  let fields: readonly string[] = [];
  let events: http.ServerResponse | null = null;
  const note = (request: http.IncomingMessage) => {
    requests.push(`${request.method} ${request.url} ${request.headers.host}`);
    const { rawHeaders } = request;
    fields = rawHeaders.flatMap((name, at) => at % 2 ? [] : [`${name}: ${rawHeaders[at + 1]}`]);
  };
  const server = http.createServer((request, response) => {
    note(request);
    const { pathname } = new URL(request.url!, "http://engine");
    if (pathname === "/events") {
      events = response;
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
    } else if (pathname.startsWith("/blob/")) {
      response.end(blob(Number(pathname.slice("/blob/".length))));
    } else if (pathname === "/hash") {
      answerHash(request, response);
    } else {
      response.end("OK");
    }
  });
  const listening = Promise.withResolvers<void>();
  server.listen(path, listening.resolve);
  await listening.promise;
  return {
    path,
    requests,
    get fields(): readonly string[] {
      return fields;
    },
    emit: (text) => events!.write(text),
    endEvents: () => events!.end(),
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await inTime(closed.promise, "the engine to end");
    },
  };
}

/** Does what is asked for with `Upgrade`, as an engine does to attach: sends the body and then lines back. */
export async function attaching(wire: Wire): Promise<void> {
  const { fields, body } = await wire.readMessage();
  const upgrade = fields.find((line) => line.startsWith("Upgrade:"));
  await wire.send(`HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n${upgrade}\r\n\r\n${body}`);
  try {
    while (true) await wire.send(await wire.readUntil("\n"));
  } finally {
    wire.close();
  }
}

/** So many bytes, none like its neighbours. */
export function blob(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

/** The SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function answerHash(request: http.IncomingMessage, response: http.ServerResponse): void {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  request.on("data", (piece) => pieces.push(new Uint8Array(piece)));
  request.on("end", async () => {
    const whole = new Uint8Array(await new Blob(pieces).arrayBuffer());
    response.end(await sha256(whole));
  });
}
