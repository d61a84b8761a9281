import { latin1 } from "../../../src/net/stream/latin1.ts";

/** Where everybody listens for datagrams. */
export const UDP_PORT = 4433;

/** One socket each: a socket on every address is not told at which of them a datagram came in. */
const ADDRESSES = [
  "93.184.216.34",
  "93.184.216.36",
  "93.184.216.37",
  "93.184.216.39",
  "93.184.216.40",
  "8.8.4.4",
  "9.9.9.9",
  "10.0.0.1",
  "127.0.0.1",
  "127.0.0.2",
  "169.254.169.254",
  "::1",
];

/** Notes each datagram but sentinels at the address where it arrived, and sends it back. */
export function recordDatagrams(arrivals: string[]): void {
  for (const hostname of ADDRESSES) {
    const socket = Deno.listenDatagram({ transport: "udp", hostname, port: UDP_PORT });
    (async () => {
      for await (const [bytes, from] of socket) {
        const text = latin1(bytes);
        if (text !== "sentinel") arrivals.push(`${hostname} ${text}`);
        await socket.send(bytes, from);
      }
    })();
  }
}
