import { drain, encode, type Head, HEAD_BYTES_MAX, readHead, send } from "../bench/wire.ts";

const STEP = new Uint8Array(256 * 1024);

/** An origin of any number of bytes that holds none of them, and counts. */
export interface BulkOrigin extends AsyncDisposable {
  /** Where it speaks HTTP: `GET /N` answers N bytes, `POST` takes what Content-Length says, `PUT` does late. */
  readonly http: number;
  /** Where it says back what it is told. */
  readonly echo: number;
  /** Bytes of bodies that the system took from it. */
  readonly sent: number;
  /** Bytes of bodies that it received. */
  readonly received: number;
  /** Lets it read the bodies of PUT, which it leaves alone until then. */
  readOn(): void;
}

/** Starts one on 127.0.0.1. Disposing of it waits for the connections to it to end. */
export function startBulkOrigin(): BulkOrigin {
  const { promise: mayRead, resolve: readOn } = Promise.withResolvers<void>();
  const count = { sent: 0, received: 0 };
  const http = serve((conn) => serveHttp(conn, count, mayRead));
  const echo = serve(serveEcho);
  return {
    http: http.port,
    echo: echo.port,
    get sent(): number {
      return count.sent;
    },
    get received(): number {
      return count.received;
    },
    readOn,
    async [Symbol.asyncDispose](): Promise<void> {
      readOn();
      await Promise.all([http.stop(), echo.stop()]);
    },
  };
}

interface Count {
  sent: number;
  received: number;
}

async function serveHttp(
  conn: Deno.TcpConn,
  count: Count,
  mayRead: Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  while (true) {
    const head = await readHead(conn, buffer);
    if (head === null) return;
    const [method, path] = head.text.split(" ");
    if (method === "put") await mayRead;
    if (method === "get") await push(conn, Number(path?.slice(1)), count);
    else await swallow(conn, head, count);
  }
}

async function push(conn: Deno.TcpConn, length: number, count: Count): Promise<void> {
  await send(conn, encode(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`));
  for (let left = length; left > 0;) {
    const taken = await conn.write(left < STEP.length ? STEP.subarray(0, left) : STEP);
    count.sent += taken;
    left -= taken;
  }
}

async function swallow(conn: Deno.TcpConn, head: Head, count: Count): Promise<void> {
  const held = head.held - head.bytes;
  const length = Number(/content-length: (\d+)/.exec(head.text)?.[1]);
  await drain(conn, length - held, new Uint8Array(STEP.length));
  count.received += length;
  await send(conn, encode("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
}

/** Ends its side once the other has. */
async function serveEcho(conn: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(256);
  while (true) {
    const count = await conn.read(buffer);
    if (count === null) return;
    await send(conn, buffer.subarray(0, count));
  }
}

/** Serves each client until it is done with. `stop` waits for those who are not. */
function serve(
  session: (conn: Deno.TcpConn) => Promise<void>,
): { readonly port: number; readonly stop: () => Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const conn of listener) {
      const ended = session(conn).catch(() => {
        // The proxy has dropped the connection.
      }).finally(() => {
        open.delete(ended);
        conn.close();
      });
      open.add(ended);
    }
  })();
  return {
    port: listener.addr.port,
    async stop(): Promise<void> {
      listener.close();
      await accepting;
      await Promise.all(open);
    },
  };
}
