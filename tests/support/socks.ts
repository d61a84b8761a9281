// SOCKS5 as its clients write it, a character a byte. Written from RFC 1928 and 1929, not from our own encoder.
import { latin1 } from "../../src/net/stream/latin1.ts";
import { ipBytes } from "./ip_bytes.ts";
import { ip } from "./policy.ts";
import type { Wire } from "./wire.ts";
import type { World } from "./world.ts";

/** A greeting that offers to go without authentication. */
export const GREETING = "\x05\x01\x00";
/** The answer: no authentication. */
export const NO_AUTH = "\x05\x00";

/** The commands of RFC 1928 section 4. */
export const COMMANDS = { connect: 1, bind: 2, udpAssociate: 3 } as const;

/** `ATYP DST.ADDR DST.PORT` for a name. */
export function domainAddress(name: string, port: number): string {
  return `\x03${String.fromCharCode(name.length)}${name}${portBytes(port)}`;
}

/** `ATYP DST.ADDR DST.PORT` for an address. */
export function ipAddress(text: string, port: number): string {
  const address = ip(text);
  const kind = address.family === 4 ? "\x01" : "\x04";
  return kind + latin1(ipBytes(address)) + portBytes(port);
}

/** A request: `VER CMD RSV` and an address. */
export function socksRequest(address: string, command: keyof typeof COMMANDS = "connect"): string {
  return `\x05${String.fromCharCode(COMMANDS[command])}\x00${address}`;
}

/** The message of RFC 1929. */
export function credentials(user: string, password: string): string {
  const length = (text: string) => String.fromCharCode(text.length);
  return `\x01${length(user)}${user}${length(password)}${password}`;
}

/** A reply with an IPv4 address, as we send it. */
export function replyOf(code: number): string {
  return `\x05${String.fromCharCode(code)}\x00\x01\0\0\0\0\0\0`;
}

/** Greets without authentication and sends a request; resolves to the reply code. */
export async function askSocks(client: Wire, request: string): Promise<number> {
  await client.send(GREETING);
  const method = await client.readExactly(2);
  if (method !== NO_AUTH) throw new Error(`Unexpected method ${JSON.stringify(method)}`);
  await client.send(request);
  const reply = await client.readExactly(10);
  return reply.charCodeAt(1);
}

/** Connects through the proxy of a world; fails unless that succeeds. */
export async function openSocks(world: World, address: string): Promise<Wire> {
  const client = await world.client();
  const code = await askSocks(client, socksRequest(address));
  if (code !== 0) throw new Error(`Cannot connect: reply ${code}`);
  return client;
}

function portBytes(port: number): string {
  return String.fromCharCode(port >> 8, port & 0xff);
}
