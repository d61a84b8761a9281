import { Duplex } from "node:stream";
import type { SecureStream, TlsProtocol } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";

/** A stream that passes for the inside of TLS: what is read and written is what goes over it. */
export function asSecure<T extends ByteStream>(
  stream: T,
  protocol: TlsProtocol | null = null,
): T & SecureStream {
  return Object.assign(stream, { protocol, native: new Duplex() });
}
