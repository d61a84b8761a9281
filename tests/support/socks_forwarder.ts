// A client of SOCKS5 for programs that send datagrams and know no proxy. Written from RFC 1928, not from our
// own encoder.
import { inTime } from "./in_time.ts";

/** Passes datagrams on: each that comes to its port goes to one target, by way of a proxy. */
export interface SocksForwarder extends AsyncDisposable {
  /** Where programs on 127.0.0.1 send theirs. */
  readonly port: number;
}

/** The header of a datagram from an IPv4 address: `RSV RSV FRAG ATYP`, the address and its port. */
const HEADER_BYTES = 10;

/**
 * Opens an association with the proxy at `proxyPort` of 127.0.0.1 and forwards to `target`: a name, or an IPv4
 * address, which is sent as what it is.
 */
export async function startSocksForwarder(
  proxyPort: number,
  target: { readonly host: string; readonly port: number },
): Promise<SocksForwarder> {
  await using stack = new AsyncDisposableStack();
  const control = stack.use(await Deno.connect({ hostname: "127.0.0.1", port: proxyPort }));
  await exchange(control, [5, 1, 0], [5, 0]);
  // The client's own address is not known yet: all zeros (RFC 1928 section 7).
  const reply = await exchange(control, [5, 3, 0, 1, 0, 0, 0, 0, 0, 0], [5, 0, 0, 1]);
  const relay = {
    transport: "udp",
    hostname: reply.slice(4, 8).join("."),
    port: reply[8]! << 8 | reply[9]!,
  } as const;
  const [outer, inner] = [1, 2].map(() => {
    const socket = Deno.listenDatagram({ ...LOCAL, port: 0 });
    stack.defer(() => socket.close());
    return socket;
  }) as [Deno.DatagramConn, Deno.DatagramConn];
  const header = [0, 0, 0, ...address(target.host), target.port >> 8, target.port & 0xff];
  let program: Deno.Addr | null = null;
  const there = pump(inner, async (bytes, from) => {
    program = from;
    await outer.send(Uint8Array.from([...header, ...bytes]), relay);
  });
  const back = pump(outer, async (bytes) => {
    if (program !== null) await inner.send(bytes.subarray(HEADER_BYTES), program);
  });
  const owned = stack.move();
  return {
    port: (inner.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose](): Promise<void> {
      await owned.disposeAsync();
      await Promise.all([there, back]);
    },
  };
}

const LOCAL = { transport: "udp", hostname: "127.0.0.1" } as const;

/** Sends a message and reads the answer, as long as its kind is, which must begin like this. */
async function exchange(
  control: Deno.TcpConn,
  message: readonly number[],
  begins: readonly number[],
): Promise<number[]> {
  await control.write(Uint8Array.from(message));
  const length = begins.length === 2 ? 2 : HEADER_BYTES;
  const answer: number[] = [];
  while (answer.length < length) {
    const into = new Uint8Array(length - answer.length);
    const count = await inTime(control.read(into), "an answer of the proxy");
    if (count === null) throw new Error(`The proxy hung up after ${answer}`);
    answer.push(...into.subarray(0, count));
  }
  if (begins.some((byte, at) => answer[at] !== byte)) throw new Error(`The proxy says ${answer}`);
  return answer;
}

/** `ATYP DST.ADDR`. */
function address(host: string): number[] {
  const isIp = /^[0-9.]+$/.test(host);
  return isIp
    ? [1, ...host.split(".").map(Number)]
    : [3, host.length, ...new TextEncoder().encode(host)];
}

/** Takes datagrams until the socket is closed. */
async function pump(
  socket: Deno.DatagramConn,
  take: (bytes: Uint8Array, from: Deno.Addr) => Promise<void>,
): Promise<void> {
  try {
    for await (const [bytes, from] of socket) await take(bytes, from);
  } catch {
    // Closed in the middle of it.
  }
}
