import { type Endpoint, formatEndpoint } from "../net/address/endpoint.ts";
import { ProtocolError } from "../net/errors.ts";
import type { BufferedReader } from "../net/stream/buffered_reader.ts";
import { type ByteStream, writeAll } from "../net/stream/stream.ts";
import { field, type Fields } from "./fields.ts";
import type { ResponseHead } from "./head.ts";
import { parseResponseHead } from "./parse_head.ts";
import { readResponseHead } from "./read_head.ts";
import { INTERIM_MAX, isFinal } from "./status.ts";
import { requestHeadBytes } from "./write_head.ts";

/** What goes with a CONNECT, and how much of an answer is read. */
export interface TunnelOptions {
  /** The value of `Proxy-Authorization`; null sends none. */
  readonly authorization: string | null;
  /** The `Via` fields by which a loop is known (RFC 9110 section 7.6.3). */
  readonly via: Fields;
  /** Bytes of a response head, its first line included. */
  readonly headBytes: number;
  /** Fields of a response head. */
  readonly headFields: number;
}

/**
 * Asks a proxy for a tunnel to `target` (RFC 9110 section 9.3.6), by name where it is one. Resolves to the final
 * response. Any 2xx opens the tunnel, whatever framing it announces; what came behind its head is left in
 * `reader`. The body of another answer is not read.
 *
 * @throws {ProtocolError} of peer `upstream`, for an answer that is not HTTP, too long, or cut short
 */
export async function requestTunnel(
  reader: BufferedReader,
  stream: Pick<ByteStream, "write">,
  target: Endpoint,
  { authorization, via, headBytes, headFields }: TunnelOptions,
): Promise<ResponseHead> {
  const authority = formatEndpoint(target);
  const fields = [
    field("Host", authority),
    ...via,
    ...(authorization === null ? [] : [field("Proxy-Authorization", authorization)]),
  ];
  await writeAll(stream, requestHeadBytes("CONNECT", authority, fields));
  for (let interim = 0; interim <= INTERIM_MAX; interim++) {
    const bytes = await readResponseHead(reader, headBytes);
    if (bytes === null) throw cutShort("the proxy closed the connection without an answer");
    const response = parseResponseHead(bytes, headFields);
    reader.consume(bytes.length);
    if (isFinal(response.status)) return response; // With 101 too, which nobody asked for: it is no tunnel.
  }
  throw cutShort("the proxy sends interim responses without end");
}

/** The value of `Proxy-Authorization` for a user and a password, in UTF-8 (RFC 7617 section 2). */
export function basicAuthorization(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function cutShort(why: string): ProtocolError {
  return new ProtocolError("upstream", "cut_short", `Cannot open a tunnel: ${why}`);
}
