// What is outside in a test: names that no resolver knows, and the proxy that leads to them.
import { onLowPort } from "./low_port.ts";

/** A proxy that knows a few names, to be Doorward's upstream proxy. Disposing of it drops its connections. */
export interface Outside extends AsyncDisposable {
  /** What `upstream_proxy` is set to. */
  readonly url: string;
  /** Where it was asked to go, as `name:port`, in order: tunnels and plain requests. */
  readonly asked: readonly string[];
}

/** A head longer than this is none that Doorward writes. */
const HEAD_BYTES_MAX = 64 * 1024;

/** Where a place outside is in truth. */
export interface TruePlace {
  readonly hostname: string;
  readonly port: number;
}

/** Starts one that knows these places, each a `name:port`. */
export function startOutside(places: Readonly<Record<string, TruePlace>>): Outside {
  const listener = onLowPort((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const asked: string[] = [];
  const open = new Set<Deno.TcpConn>();
  const sessions = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const client of listener) {
      const session = serve(client, places, asked, open).finally(() => sessions.delete(session));
      sessions.add(session);
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    asked,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting;
      for (const conn of open) close(conn);
      await Promise.all(sessions);
    },
  };
}

async function serve(
  client: Deno.TcpConn,
  places: Readonly<Record<string, TruePlace>>,
  asked: string[],
  open: Set<Deno.TcpConn>,
): Promise<void> {
  open.add(client);
  let server: Deno.TcpConn | null = null;
  try {
    const { place, forTunnel, bytes } = await readRequest(client);
    asked.push(place);
    const truth = places[place];
    if (truth === undefined) return await write(client, encode(`${NOT_FOUND}\r\n\r\n`));
    server = await Deno.connect({ ...truth });
    open.add(server);
    if (forTunnel) await write(client, encode("HTTP/1.1 200 OK\r\n\r\n"));
    await write(server, bytes);
    await Promise.all([pump(client, server), pump(server, client)]);
  } catch {
    // One side has dropped the connection: so does the other.
  } finally {
    for (const conn of [client, server]) {
      if (conn === null) continue;
      open.delete(conn);
      close(conn);
    }
  }
}

const NOT_FOUND = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0";

interface Asked {
  readonly place: string;
  readonly forTunnel: boolean;
  /** What the server is sent first. */
  readonly bytes: Uint8Array;
}

/** Reads the head of a request to a proxy, and puts its target into the form that servers are used to. */
async function readRequest(conn: Deno.TcpConn): Promise<Asked> {
  const buffer = new Uint8Array(HEAD_BYTES_MAX);
  let held = 0;
  while (true) {
    const count = await conn.read(buffer.subarray(held));
    if (count === null) throw new Error("The client has left");
    held += count;
    const text = new TextDecoder("latin1").decode(buffer.subarray(0, held));
    const end = text.indexOf("\r\n\r\n");
    if (end === -1) continue;
    const line = text.slice(0, text.indexOf("\r\n"));
    const [method, target = "", version] = line.split(" ");
    if (method === "CONNECT") {
      return { place: target, forTunnel: true, bytes: buffer.slice(end + 4, held) };
    }
    const { hostname, port, pathname, search } = new URL(target);
    const own = encode(`${method} ${pathname}${search} ${version}`);
    const rest = buffer.slice(line.length, held);
    const bytes = new Uint8Array([...own, ...rest]);
    return { place: `${hostname}:${port === "" ? 80 : port}`, forTunnel: false, bytes };
  }
}

async function pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  while (true) {
    const count = await from.read(buffer);
    if (count === null) return await to.closeWrite();
    await write(to, buffer.subarray(0, count));
  }
}

async function write(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
