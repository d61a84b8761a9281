import { basicAuthorization } from "../http/connect_client.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { bodyOf, callFailed, type CallPorts, callStraight } from "./call_straight.ts";
import { type Answer, callOver } from "./http_call.ts";

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

/** An answer is a line of JSON. */
const REPLY_BYTES_MAX = 8 * 1024;
const FAILURE = "Cannot post";

/** Posts straight to the server. */
export function postJson(ports: CallPorts): Post {
  return (url, json, signal) => {
    const exchange = (stream: ByteStream) => ask(stream, url, json);
    return callStraight({ url, failure: FAILURE, exchange }, ports, signal);
  };
}

async function ask(stream: ByteStream, url: URL, json: string): Promise<Reply> {
  const { head, body } = await callOver(stream, {
    method: "POST",
    path: `${url.pathname}${url.search}`,
    authority: url.host,
    authorization: authorizationOf(url),
    body: json,
  });
  return { status: head.status, text: await textOf(body) };
}

function authorizationOf({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  return basicAuthorization(decoded(username), decoded(password));
}

/** Percent-encoding undone; as it stands where it is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // The only error there is: escapes that are none, or are not UTF-8.
  }
}

async function textOf(body: Answer["body"]): Promise<string> {
  const bytes = await bodyOf(body, REPLY_BYTES_MAX);
  if (bytes !== null) return new TextDecoder().decode(bytes);
  throw callFailed(FAILURE, `its answer is longer than ${REPLY_BYTES_MAX} bytes`);
}
