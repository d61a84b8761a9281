// Questions to a listener on this machine, by which Doorward is told from others.
import { bodyOf } from "../../calls/call_straight.ts";
import { callOver } from "../../calls/http_call.ts";
import { quote } from "../../config/toml/printable.ts";
import { valueOf } from "../../http/fields.ts";
import type { ResponseHead } from "../../http/head.ts";
import { parseResponseHead } from "../../http/parse_head.ts";
import { readResponseHead } from "../../http/read_head.ts";
import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { BufferedReader } from "../../net/stream/buffered_reader.ts";
import { latin1Bytes } from "../../net/stream/latin1.ts";
import { type ByteStream, writeAll } from "../../net/stream/stream.ts";
import { DEFAULT_LIMITS } from "../../proxy/limits.ts";
import { parseJson } from "../admin/read_reply.ts";
import type { Occupant } from "./place.ts";

/** What Doorward says of itself is much shorter; who says more is somebody else. */
const HEALTH_BYTES_MAX = 64 * 1024;

/** How Doorward calls itself, in `Server` and in `Proxy-Status`. */
const OURS_REGEXP = /^doorward(?![a-z])/i;

/** Asks what should be the proxy for HTTP. Without a `Host` it is no request: nothing is judged or recorded. */
export async function askProxy(stream: ByteStream): Promise<Occupant> {
  await writeAll(stream, latin1Bytes("GET / HTTP/1.1\r\n\r\n"));
  const bytes = await readResponseHead(new BufferedReader(stream), DEFAULT_LIMITS.headBytes);
  if (bytes === null) return { kind: "other", what: "what listens there says nothing" };
  const head = parseResponseHead(bytes, DEFAULT_LIMITS.headFields);
  if (OURS_REGEXP.test(valueOf(head.fields, "proxy-status") ?? "")) return { kind: "doorward" };
  return httpServer(head);
}

/** Asks what should speak SOCKS5: offers to do without a password (RFC 1928 section 3), and hangs up. */
export async function askSocks(stream: ByteStream): Promise<Occupant> {
  await writeAll(stream, new Uint8Array([5, 1, 0]));
  const version = new Uint8Array(1);
  if (await stream.read(version) === 1 && version[0] === 5) return { kind: "socks5" };
  return { kind: "other", what: "what answers there does not speak SOCKS5" };
}

/** Asks what should be the admin API. It is shown no token, whoever it says it is. */
export async function askAdmin(stream: ByteStream, address: SocketAddress): Promise<Occupant> {
  const { head, body } = await callOver(stream, {
    method: "GET",
    path: "/health",
    authority: formatSocketAddress(address),
    authorization: null,
    body: null,
  });
  if (!OURS_REGEXP.test(valueOf(head.fields, "server") ?? "")) return httpServer(head);
  const bytes = head.status === 200 ? await bodyOf(body, HEALTH_BYTES_MAX) : null;
  if (bytes === null) return { kind: "other", what: "it says that it is Doorward, and is not" };
  return { kind: "admin", health: parseJson(new TextDecoder().decode(bytes)) };
}

function httpServer({ fields }: ResponseHead): Occupant {
  const name = valueOf(fields, "server");
  const what = "an HTTP server answers there that is not Doorward";
  return { kind: "other", what: name === undefined ? what : `${what}: ${quote(name)}` };
}
