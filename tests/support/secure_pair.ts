import type { Host } from "../../src/net/address/host.ts";
import type { SecureStream, TlsProtocol } from "../../src/net/ports.ts";
import { trusting } from "../../src/net/tls_client.ts";
import { tlsServing } from "../../src/net/tls_server.ts";
import type { Authority } from "./authority.ts";
import { inTime } from "./in_time.ts";
import { streamPair } from "./memory_stream.ts";

/** Both ends of TLS, in memory. */
export interface SecurePair {
  readonly client: SecureStream;
  readonly server: SecureStream;
}

/** What each side would speak. */
export interface SecurePairOptions {
  readonly offered?: readonly TlsProtocol[];
  readonly spoken?: readonly TlsProtocol[];
}

const ALLOWED: Host = { kind: "name", name: "allowed.test" };
const HTTP2: readonly TlsProtocol[] = ["h2"];

/** A client and a server that have shaken hands; HTTP/2 is what they speak, unless said otherwise. */
export async function securePair(
  { ca, cert, key }: Authority,
  { offered = HTTP2, spoken = HTTP2 }: SecurePairOptions = {},
): Promise<SecurePair> {
  const [ours, theirs] = streamPair();
  const [client, server] = await inTime(
    Promise.all([
      trusting([ca])(theirs, ALLOWED, NEVER, offered),
      tlsServing()(ours, { chain: cert, key }, spoken, NEVER),
    ]),
    "the handshake",
  );
  return { client, server };
}

const NEVER = new AbortController().signal;
