import type { Endpoint } from "../net/address/endpoint.ts";
import { ProtocolError } from "../net/errors.ts";
import type { BufferedReader } from "../net/stream/buffered_reader.ts";
import { type ByteStream, writeAll } from "../net/stream/stream.ts";
import { addressOf } from "./address.ts";
import type { BadMessage, Decoded } from "./decoded.ts";
import {
  type Credentials,
  CREDENTIALS_STATUS,
  decodeCredentialsStatus,
  decodeMethodSelection,
  decodeReply,
  encodeCredentials,
  encodeGreeting,
  encodeRequest,
  METHOD,
  type Method,
} from "./messages.ts";
import { readMessage } from "./read_message.ts";

/** What a SOCKS5 server made of a request. */
export type ConnectAnswer =
  /** What follows in the reader is from the target. */
  | { readonly kind: "connected" }
  | {
    readonly kind: "refused";
    /**
     * The reply code (RFC 1928 section 6), which may be one that the RFC does not know; or what it refused
     * before: our credentials, or every method that we offered.
     */
    readonly code: number | "authentication" | "method";
  };

/**
 * Asks the SOCKS5 server at the other end of `stream` for a connection to `target` (RFC 1928). A name goes as
 * a name: the server looks it up. The server takes the credentials or goes without, as it likes; without
 * credentials only "no authentication" is offered.
 *
 * @throws {ProtocolError} of the upstream, for an answer that is none, an early end, and credentials over 255
 * bytes, which no message can carry: then nothing is sent
 */
export async function requestConnect(
  reader: BufferedReader,
  stream: Pick<ByteStream, "write">,
  target: Endpoint,
  credentials: Credentials | null,
): Promise<ConnectAnswer> {
  const password = credentials === null ? null : encodeCredentials(credentials);
  if (credentials !== null && password === null) throw tooLong();
  const offered: readonly Method[] = password === null
    ? [METHOD.none]
    : [METHOD.none, METHOD.password];

  await writeAll(stream, encodeGreeting(offered));
  const selected = await read(reader, decodeMethodSelection);
  if (selected === METHOD.unacceptable) return { kind: "refused", code: "method" };
  if (!offered.some((method) => method === selected)) {
    throw malformed(`it selected method ${selected}, which was not offered`);
  }
  if (selected === METHOD.password && password !== null) {
    await writeAll(stream, password);
    const status = await read(reader, decodeCredentialsStatus);
    if (status !== CREDENTIALS_STATUS.accepted) return { kind: "refused", code: "authentication" };
  }

  const { host, port } = target;
  await writeAll(stream, encodeRequest({ command: "connect", address: addressOf(host), port }));
  const reply = await read(reader, decodeReply);
  return reply.kind === "failed" ? { kind: "refused", code: reply.code } : { kind: "connected" };
}

async function read<Message>(
  reader: BufferedReader,
  decode: (bytes: Uint8Array) => Decoded<Message, BadMessage>,
): Promise<Message> {
  const answer = await readMessage(reader, decode, "upstream");
  if (answer.kind === "bad") throw malformed(answer.why);
  return answer.message;
}

function malformed(why: string): ProtocolError {
  return new ProtocolError("upstream", "bad_framing", `Cannot read what the proxy says: ${why}`);
}

function tooLong(): ProtocolError {
  return new ProtocolError(
    "upstream",
    "unsupported",
    "Cannot sign in to the proxy: a user name or a password over 255 bytes does not fit SOCKS5",
  );
}
