import { transferBody } from "../../http/body.ts";
import { basicAuthorization } from "../../http/connect_client.ts";
import { field, type Fields } from "../../http/fields.ts";
import { responseFraming } from "../../http/framing.ts";
import type { ResponseHead } from "../../http/head.ts";
import { parseResponseHead } from "../../http/parse_head.ts";
import { readResponseHead } from "../../http/read_head.ts";
import { INTERIM_MAX, isFinal } from "../../http/status.ts";
import { requestHeadBytes } from "../../http/write_head.ts";
import { type Host, parseHost } from "../../net/address/host.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import type { Dialer, Resolver, TlsClient } from "../../net/ports.ts";
import { BufferedReader } from "../../net/stream/buffered_reader.ts";
import { BufferPool } from "../../net/stream/buffer_pool.ts";
import { type ByteStream, writeAll } from "../../net/stream/stream.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import { DEFAULT_LIMITS } from "../../proxy/limits.ts";

/** What a server answered. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends JSON to an http or https URL. Rejects with a `ConnectError`, a `ProtocolError`, or the signal's reason.
 * No message holds any part of the URL but its host and port.
 */
export type Post = (url: URL, json: string, signal: AbortSignal) => Promise<Reply>;

/** What it takes. */
export interface PostPorts {
  readonly resolve: Resolver;
  readonly dial: Dialer;
  readonly startTls: TlsClient;
}

/** An answer is a line of JSON. */
const REPLY_BYTES_MAX = 8 * 1024;
/** A name with more addresses is not tried to its end. */
const ADDRESSES_MAX = 8;

/**
 * Posts straight to the server: through no proxy, which might be Doorward itself, and to nowhere that an answer
 * leads on to. It is not `fetch`, which goes by the proxy of the environment whatever it is told.
 */
export function postJson(ports: PostPorts): Post {
  return async (url, json, signal) => {
    signal.throwIfAborted();
    const stream = await open(url, ports, signal);
    try {
      return await unlessAborted(exchange(stream, url, json), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProtocolError || error instanceof ConnectError) throw error;
      throw failed("the connection broke off", error);
    } finally {
      stream.close();
    }
  };
}

async function open(url: URL, ports: PostPorts, signal: AbortSignal): Promise<ByteStream> {
  const host = parseHost(url.hostname);
  if (host.kind === "bad") throw failed(host.why);
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  const stream = await dialHost(host, port, ports, signal);
  return isTls ? await ports.startTls(stream, host, signal) : stream;
}

async function dialHost(
  host: Host,
  port: number,
  { resolve, dial }: PostPorts,
  signal: AbortSignal,
): Promise<ByteStream> {
  const ips = host.kind === "ip" ? [host.ip] : await resolve(host.name, signal);
  let failure = new ConnectError("dns_failure", "Cannot connect: the name has no address");
  for (const ip of ips.slice(0, ADDRESSES_MAX)) {
    try {
      return await dial({ ip, port }, signal);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function exchange(stream: ByteStream, url: URL, json: string): Promise<Reply> {
  const body = new TextEncoder().encode(json);
  const head = requestHeadBytes("POST", `${url.pathname}${url.search}`, fieldsOf(url, body.length));
  await writeAll(stream, head);
  await writeAll(stream, body);
  const reader = new BufferedReader(stream);
  for (let interim = 0; interim <= INTERIM_MAX; interim++) {
    const bytes = await readResponseHead(reader, DEFAULT_LIMITS.headBytes);
    if (bytes === null) throw failed("it closed the connection without an answer");
    const response = parseResponseHead(bytes, DEFAULT_LIMITS.headFields);
    reader.consume(bytes.length);
    if (!isFinal(response.status)) continue;
    return { status: response.status, text: await textOf(response, reader) };
  }
  throw failed("it sends interim responses without end");
}

function fieldsOf({ host, username, password }: URL, length: number): Fields {
  const authorization = username === "" && password === ""
    ? []
    : [field("Authorization", basicAuthorization(decoded(username), decoded(password)))];
  return [
    field("Host", host),
    field("Content-Type", "application/json"),
    field("Accept", "application/json"),
    field("Content-Length", String(length)),
    // One question, one connection: the next may be hours away.
    field("Connection", "close"),
    ...authorization,
  ];
}

/** Percent-encoding undone; as it stands where it is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // The only error there is: escapes that are none, or are not UTF-8.
  }
}

async function textOf(head: ResponseHead, reader: BufferedReader): Promise<string> {
  const body = new Uint8Array(REPLY_BYTES_MAX);
  let length = 0;
  const write = (bytes: Uint8Array): Promise<number> => {
    if (length + bytes.length > REPLY_BYTES_MAX) {
      return Promise.reject(failed(`its answer is longer than ${REPLY_BYTES_MAX} bytes`));
    }
    body.set(bytes, length);
    length += bytes.length;
    return Promise.resolve(bytes.length);
  };
  await transferBody({
    from: reader,
    to: { write },
    peer: "upstream",
    framing: responseFraming(head, "POST"),
    keepChunks: false,
    fieldsMax: DEFAULT_LIMITS.headFields,
    nominated: [],
    prefix: new Uint8Array(0),
    pool: new BufferPool(),
    touch: () => {},
  });
  return new TextDecoder().decode(body.subarray(0, length));
}

function failed(detail: string, cause?: unknown): ConnectError {
  return new ConnectError("connection_failed", "Cannot post", { detail, cause });
}
