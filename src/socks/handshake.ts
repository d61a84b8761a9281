import type { BufferedReader } from "../net/stream/buffered_reader.ts";
import { type ByteStream, writeAll } from "../net/stream/stream.ts";
import {
  CREDENTIALS_STATUS,
  decodeCredentials,
  decodeGreeting,
  decodeRequest,
  encodeCredentialsStatus,
  encodeMethodSelection,
  encodeReply,
  METHOD,
  type Method,
  type SocksRequest,
} from "./messages.ts";
import { rebuff } from "./other_protocols.ts";
import { readMessage } from "./read_message.ts";

export type { SocksRequest } from "./messages.ts";

/** How the conversation up to the request went. */
export type Handshake =
  | {
    readonly kind: "request";
    readonly request: SocksRequest;
    /** The user name of RFC 1929, a character a byte; null where the client named none. */
    readonly user: string | null;
  }
  | Refusal;

/** A client that cannot be served. */
interface Refusal {
  readonly kind: "refused";
  /** What to send before closing; empty where there is nothing to say. */
  readonly answer: Uint8Array;
  /** One clause, fit for a log line: bytes of the client stand in it as numbers only. */
  readonly why: string;
}

/**
 * Holds the server's part of the conversation up to and with the request (RFC 1928 sections 3 and 4); null
 * when the stream ends before its first byte. The request is not answered yet, and what follows it is left in
 * the reader: clients send on without waiting. `began` is told when the first byte is there.
 *
 * Credentials are asked for where they are offered and are never checked: the user name is a label for
 * records, and nobody is authenticated by it.
 *
 * @throws {ProtocolError} when the stream ends amid a message
 */
export async function readHandshake(
  reader: BufferedReader,
  stream: Pick<ByteStream, "write">,
  began: () => void,
): Promise<Handshake | null> {
  while (reader.buffered.length === 0) {
    if (!(await reader.fill())) return null;
  }
  began();
  const first = reader.buffered[0]!;
  const greeting = await readMessage(reader, decodeGreeting, "client");
  if (greeting.kind === "bad") return { kind: "refused", ...rebuff(first) };
  const method = select(greeting.message.methods);
  if (method === METHOD.unacceptable) return refused(encodeMethodSelection(method), NO_METHOD);
  await writeAll(stream, encodeMethodSelection(method));
  if (method === METHOD.none) return await readRequest(reader, null);

  // A request in place of credentials has another version, and ends here.
  const credentials = await readMessage(reader, decodeCredentials, "client");
  if (credentials.kind === "bad") {
    return refused(encodeCredentialsStatus(CREDENTIALS_STATUS.refused), credentials.why);
  }
  await writeAll(stream, encodeCredentialsStatus(CREDENTIALS_STATUS.accepted));
  return await readRequest(reader, credentials.message.user);
}

const NO_METHOD = "it offers neither no authentication nor a user name and password";

/** Credentials are preferred, since a user name may be a label for records. */
function select(offered: readonly number[]): Method {
  if (offered.includes(METHOD.password)) return METHOD.password;
  return offered.includes(METHOD.none) ? METHOD.none : METHOD.unacceptable;
}

async function readRequest(reader: BufferedReader, user: string | null): Promise<Handshake> {
  const request = await readMessage(reader, decodeRequest, "client");
  if (request.kind === "bad") return refused(encodeReply(request.reply), request.why);
  return { kind: "request", request: request.message, user };
}

function refused(answer: Uint8Array, why: string): Refusal {
  return { kind: "refused", answer, why };
}
