// SOCKS5 (RFC 1928) as a client speaks it, as little of it as the bench needs: no credentials, IPv4 only.
import { readExactly, send } from "./wire.ts";

/** What a SOCKS5 server can be asked for (RFC 1928 section 4). */
export const COMMAND = { connect: 1, udpAssociate: 3 } as const;

/** The greeting that offers to show no credentials (RFC 1928 section 3). */
const GREETING = new Uint8Array([5, 1, 0]);
const LOOPBACK = [127, 0, 0, 1];
/** A reply that names an IPv4 address. */
const REPLY_BYTES = 10;

/**
 * Greets, asks for 127.0.0.1 and `port`, and reads the answer, as clients do one after the other. Resolves to
 * the port that the server names as its own.
 */
export async function requestSocks(
  conn: Deno.TcpConn,
  command: typeof COMMAND[keyof typeof COMMAND],
  port: number,
): Promise<number> {
  const buffer = new Uint8Array(REPLY_BYTES);
  await send(conn, GREETING);
  const [version, method] = await readExactly(conn, 2, buffer);
  if (version !== 5 || method !== 0) throw new Error(`Cannot go on: it selected method ${method}`);
  // Who asks for an association need not know where it will send from: all zeros (RFC 1928 section 4).
  const host = command === COMMAND.connect ? LOOPBACK : [0, 0, 0, 0];
  await send(conn, new Uint8Array([5, command, 0, 1, ...host, port >> 8, port & 0xff]));
  const reply = await readExactly(conn, REPLY_BYTES, buffer);
  if (reply[1] !== 0) throw new Error(`Cannot go on: the reply is ${reply[1]}`);
  if (reply[3] !== 1) throw new Error(`Cannot go on: the reply has address type ${reply[3]}`);
  return reply[8]! << 8 | reply[9]!;
}

/** What stands before the data in a datagram to 127.0.0.1 and `port`, and in one from there (section 7). */
export function udpHeader(port: number): Uint8Array {
  return new Uint8Array([0, 0, 0, 1, ...LOOPBACK, port >> 8, port & 0xff]);
}
