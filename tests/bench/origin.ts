// The origin of the bench, a process of its own: answers on raw sockets as cheaply as it can, so that it is
// never what is measured. No server: it believes whatever it is sent. Prints its ports on standard output.
import { BULK_BYTES, BULK_STEP_BYTES, MESSAGE_BYTES, type OriginPorts, SMALL_BODY } from "./job.ts";
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
const G = 0x47;
const P = 0x50;
const S = 0x73;
const LF = 0x0a;

function responseHead(length: number): string {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: bench\r\n" +
    `Date: Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Length: ${length}\r\n\r\n`;
}

/** `GET /small`, `GET /bulk` and `POST` of the bulk, one after the other. */
async function serveHttp(conn: Deno.TcpConn): Promise<void> {
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

async function answer(conn: Deno.TcpConn, buffer: Uint8Array, head: Head): Promise<void> {
  if (buffer[0] === P) {
    await drain(conn, BULK_BYTES - (head.held - head.bytes), new Uint8Array(BULK_STEP_BYTES));
    return await send(conn, SMALL);
  }
  if (head.text.startsWith("get /small ")) return await send(conn, SMALL);
  await send(conn, BULK_HEAD);
  await sendBulk(conn, STEP);
}

async function serveEcho(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  while (true) {
    const count = await conn.read(buffer);
    if (count === null) return;
    await send(conn, buffer.subarray(0, count));
  }
}

async function serveOneEcho(conn: Deno.TcpConn): Promise<void> {
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
function listen(serve: (conn: Deno.TcpConn) => Promise<void>): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = async () => {
    for await (const conn of listener) {
      conn.setNoDelay(true);
      serve(conn).catch(() => {
        // The load has dropped the connection: it does so when its time is up.
      }).finally(() => conn.close());
    }
  };
  accept();
  return listener.addr.port;
}

if (import.meta.main) {
  const ports: OriginPorts = {
    http: listen(serveHttp),
    echo: listen(serveEcho),
    echoOnce: listen(serveOneEcho),
    udpEcho: echoDatagrams(),
  };
  await Deno.stdout.write(encode(`${JSON.stringify(ports)}\n`));
}
