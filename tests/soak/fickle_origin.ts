// An origin that leaves at whatever stage it is asked to: `GET /head` is reset in the middle of the head of its answer.
// A process of its own, by plain HTTP, by TLS and by HTTP/2. Reads who it is by TLS on standard input, a line of JSON,
// and prints its ports on standard output.
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { withoutGoaway } from "../../src/http/http2/without_goaway.ts";
import { lines } from "../bench/lines.ts";
import { listening } from "../support/listening.ts";

/** Where it leaves: what is sent before that. `websocket` and `ok` go on, `hold` says nothing. */
export const STAGES: Readonly<Record<string, string>> = {
  before: "",
  head: "HTTP/1.1 200 OK\r\nContent-Le",
  length: "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome",
  chunk: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nsome",
  switched: switching("some"),
};

/** What is sent where it does not leave. */
const ANSWERS: Readonly<Record<string, string>> = {
  ok: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  websocket: switching(""),
  hold: "",
};

/** Where it listens on 127.0.0.1. */
export interface FicklePorts {
  readonly http: number;
  readonly https: number;
  readonly http2: number;
}

/** Who it is by TLS, in PEM. */
interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

function switching(more: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${more}`;
}

/** Serves one connection; `reset` ends it with a reset, whatever it is inside of. */
export function serveHttp(socket: Socket, reset: () => void): void {
  let text = "";
  let echoes = false;
  socket.on("error", ignore);
  socket.on("data", (bytes: Uint8Array) => {
    if (echoes) return void socket.write(bytes);
    text = (text + new TextDecoder("latin1").decode(bytes)).slice(-8192);
    if (!text.includes("\r\n\r\n")) return;
    const stage = /^\w+ \/(\w+)/.exec(text)?.[1] ?? "before";
    text = "";
    const begun = STAGES[stage];
    if (begun === undefined) {
      echoes = stage === "websocket";
      socket.write(ANSWERS[stage] ?? ANSWERS["ok"]!);
    } else if (begun === "") reset();
    else socket.write(begun, () => setTimeout(reset, 1));
  });
}

/** The same by HTTP/2: `before`, `head` and `length` reset a stream, everything else of them the connection. */
function serveStream(stream: ServerHttp2Stream, path: string, reset: () => void): void {
  stream.on("error", ignore);
  const stage = path.slice(1);
  if (stage === "hold") return;
  if (STAGES[stage] === undefined) {
    stream.respond({ ":status": 200 });
    return void stream.end("hello");
  }
  if (stage === "before") return stream.close(INTERNAL_ERROR);
  if (stage === "switched") return reset();
  stream.respond({ ":status": 200 });
  stream.write("some");
  setTimeout(stage === "chunk" ? reset : () => stream.close(INTERNAL_ERROR), 1);
}

/** RFC 9113 section 7. */
const INTERNAL_ERROR = 2;

/** Stands before a server by TLS, which cannot reset what it runs on; returns the port, and who resets. */
async function front(inner: Server): Promise<{ port: number; reset: (socket: Socket) => void }> {
  const behind = await listening(inner);
  const outers = new Map<number, Socket>();
  const outer = createServer((socket) => {
    socket.on("error", ignore);
    const through = connect(behind, "127.0.0.1", () => {
      const { localPort } = through;
      outers.set(localPort!, socket);
      through.on("close", () => outers.delete(localPort!));
      socket.pipe(through).pipe(socket);
    });
    through.on("error", ignore);
    through.on("close", () => socket.destroy());
    socket.on("close", () => through.destroy());
  });
  return {
    port: await listening(outer),
    reset: ({ remotePort }) => void outers.get(remotePort ?? 0)?.resetAndDestroy(),
  };
}

async function listenHttps(identity: TlsIdentity): Promise<number> {
  const server = createTlsServer({ ...identity, noDelay: true });
  server.on("tlsClientError", ignore);
  const { port, reset } = await front(server);
  server.on("secureConnection", (socket) => serveHttp(socket, () => reset(socket)));
  return port;
}

async function listenHttp2(identity: TlsIdentity): Promise<number> {
  const server = createTlsServer({ ...identity, noDelay: true, ALPNProtocols: ["h2"] });
  server.on("tlsClientError", ignore);
  const { port, reset } = await front(server);
  server.on("secureConnection", (socket: TLSSocket) => {
    const http2 = createSecureServer();
    http2.on("sessionError", ignore);
    http2.on("stream", (stream: ServerHttp2Stream, { ":path": path }) => {
      serveStream(stream, String(path), () => reset(socket));
    });
    socket.on("error", ignore);
    const frames = withoutGoaway(socket, { peer: "client", goaway: ignore }, Duplex);
    frames.on("error", ignore);
    http2.emit("secureConnection", frames);
  });
  return port;
}

function ignore(): void {
  // Whoever was on the other side has left: they do, here.
}

if (import.meta.main) {
  const { value } = await lines(Deno.stdin.readable).next();
  if (typeof value !== "string") throw new Error("Cannot serve: nobody said who I am");
  const identity: TlsIdentity = JSON.parse(value);
  const http = createServer((socket) => serveHttp(socket, () => void socket.resetAndDestroy()));
  const ports: FicklePorts = {
    http: await listening(http),
    https: await listenHttps(identity),
    http2: await listenHttp2(identity),
  };
  await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(ports)}\n`));
}
