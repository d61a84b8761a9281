// The origin of the bench, a process of its own: answers on raw sockets as cheaply as it can, so that it is
// never what is measured. No server: it believes whatever it is sent. Reads who it is by TLS on standard input, a line
// of JSON, and prints its ports on standard output.
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import { createServer, type TLSSocket } from "node:tls";
import { withoutGoaway } from "../../src/http/http2/without_goaway.ts";
import { listening } from "../support/listening.ts";
import { BULK_BYTES, BULK_STEP_BYTES, MESSAGE_BYTES, type OriginPorts, SMALL_BODY } from "./job.ts";
import { lines } from "./lines.ts";
import {
  drain,
  encode,
  endsConnection,
  type Head,
  HEAD_BYTES_MAX,
  parseHead,
  readExactly,
  send,
  sendBulk,
} from "./wire.ts";

const STEP = new Uint8Array(BULK_STEP_BYTES);
const SMALL = encode(`${responseHead(SMALL_BODY.length)}${SMALL_BODY}`);
const BULK_HEAD = encode(responseHead(BULK_BYTES));
const ANY_PORT = { hostname: "127.0.0.1", port: 0 } as const;
const G = 0x47;
const P = 0x50;
const S = 0x73;
const LF = 0x0a;

/** Who it is by TLS, in PEM. */
interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

function responseHead(length: number): string {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: bench\r\n" +
    `Date: Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Length: ${length}\r\n\r\n`;
}

/** `GET /small`, `GET /bulk` and `POST` of the bulk, one after the other. */
async function serveHttp(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  // The same client mostly asks the same again: then a read is a request, and is not looked at closely.
  let keeps = false;
  while (true) {
    const count = await conn.read(buffer);
    if (count === null) return;
    if (keeps && isSmallRequest(buffer, count)) {
      await send(conn, SMALL);
      continue;
    }
    const head = await parseHead(conn, buffer, count);
    keeps = !endsConnection(head);
    await answer(conn, buffer, head);
    if (!keeps) return await conn.closeWrite();
  }
}

function isSmallRequest(buffer: Uint8Array, count: number): boolean {
  return buffer[0] === G && buffer["GET /".length] === S && buffer[count - 1] === LF &&
    buffer[count - 3] === LF;
}

async function answer(conn: Deno.Conn, buffer: Uint8Array, head: Head): Promise<void> {
  if (buffer[0] === P) {
    await drain(conn, BULK_BYTES - (head.held - head.bytes), new Uint8Array(BULK_STEP_BYTES));
    return await send(conn, SMALL);
  }
  if (head.text.startsWith("get /small ")) return await send(conn, SMALL);
  await send(conn, BULK_HEAD);
  await sendBulk(conn, STEP);
}

async function serveEcho(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  while (true) {
    const count = await conn.read(buffer);
    if (count === null) return;
    await send(conn, buffer.subarray(0, count));
  }
}

async function serveOneEcho(conn: Deno.Conn): Promise<void> {
  await send(conn, await readExactly(conn, MESSAGE_BYTES, new Uint8Array(MESSAGE_BYTES)));
}

/** Sends datagrams back for good; returns the port. */
function echoDatagrams(): number {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const serve = async () => {
    const buffer = new Uint8Array(HEAD_BYTES_MAX);
    while (true) {
      const [bytes, from] = await socket.receive(buffer);
      await socket.send(bytes, from).catch(() => {
        // Whoever sent it has left: the system tells that to the next who sends.
      });
    }
  };
  serve();
  return (socket.addr as Deno.NetAddr).port;
}

/** Serves for good; returns the port. */
function listen(
  serve: (conn: Deno.Conn) => Promise<void>,
  listener: Deno.Listener<Deno.TcpConn | Deno.TlsConn, Deno.NetAddr> = Deno.listen(ANY_PORT),
): number {
  const accept = async () => {
    for await (const conn of listener) {
      if ("setNoDelay" in conn) conn.setNoDelay(true);
      serve(conn).catch(() => {
        // The load has dropped the connection: it does so when its time is up.
      }).finally(() => conn.close());
    }
  };
  accept();
  return listener.addr.port;
}

/** Answers whatever ends like a head; returns the port. */
function listenNew(identity: TlsIdentity): Promise<number> {
  const server = createServer({ ...identity, noDelay: true });
  server.on("tlsClientError", ignore);
  server.on("secureConnection", (socket: TLSSocket) => {
    socket.on("error", ignore);
    socket.on("data", (bytes: Uint8Array) => {
      if (bytes[bytes.length - 1] === LF && bytes[bytes.length - 3] === LF) socket.write(SMALL);
    });
  });
  return listening(server);
}

/** Answers every request; returns the port. */
function listenHttp2(identity: TlsIdentity): Promise<number> {
  const http2 = createSecureServer();
  const body = encode(SMALL_BODY);
  http2.on("sessionError", ignore);
  http2.on("stream", (stream: ServerHttp2Stream) => {
    stream.on("error", ignore);
    stream.respond({
      ":status": 200,
      "content-type": "text/plain",
      "content-length": String(body.length),
      server: "bench",
    });
    stream.end(body);
  });
  const server = createServer({ ...identity, noDelay: true, ALPNProtocols: ["h2"] });
  server.on("tlsClientError", ignore);
  server.on("secureConnection", (socket: TLSSocket) => {
    // It would not outlive what peers say when they leave.
    const frames = withoutGoaway(socket, { peer: "client", goaway: ignore }, Duplex);
    frames.on("error", ignore);
    http2.emit("secureConnection", frames);
  });
  return listening(server);
}

function ignore(): void {
  // The load, or a proxy, has dropped the connection.
}

if (import.meta.main) {
  const { value } = await lines(Deno.stdin.readable).next();
  if (typeof value !== "string") throw new Error("Cannot serve: nobody said who I am");
  const identity: TlsIdentity = JSON.parse(value);
  const ports: OriginPorts = {
    http: listen(serveHttp),
    echo: listen(serveEcho),
    echoOnce: listen(serveOneEcho),
    udpEcho: echoDatagrams(),
    https: listen(serveHttp, Deno.listenTls({ ...ANY_PORT, ...identity })),
    httpsNew: await listenNew(identity),
    http2: await listenHttp2(identity),
  };
  await Deno.stdout.write(encode(`${JSON.stringify(ports)}\n`));
}
