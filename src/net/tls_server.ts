import type { SecureContext } from "node:tls";
import { ProtocolError } from "./errors.ts";
import type { TlsServer } from "./ports.ts";
import type { TlsIdentity } from "./tls_identity.ts";
import { beginTls } from "./tls_socket.ts";

/**
 * TLS as a server. It is the TLS of `node:tls`, which takes any stream, one that was read from already included; Deno's
 * own takes none but what it has accepted itself.
 */
export function tlsServing(): TlsServer {
  // To read a key takes as long as a handshake: once for each identity is enough.
  const contexts = new WeakMap<TlsIdentity, SecureContext>();
  return async (stream, identity, protocols, signal) => {
    const [tls, { Duplex }] = await Promise.all([import("node:tls"), import("node:stream")]);
    let secureContext = contexts.get(identity);
    if (secureContext === undefined) {
      secureContext = tls.createSecureContext({ cert: identity.chain, key: identity.key });
      contexts.set(identity, secureContext);
    }
    // A session of HTTP/2 whose client vanishes would keep a half-open connection for ever.
    const { outside, finish } = beginTls(stream, false, Duplex);
    const socket = new tls.TLSSocket(outside, {
      isServer: true,
      secureContext,
      ALPNProtocols: [...protocols],
    });
    const accepted = new Promise<void>((resolve) => socket.once("secure", resolve));
    try {
      return await finish(socket, accepted, signal);
    } catch (cause) {
      signal.throwIfAborted();
      throw new ProtocolError("client", "bad_tls", wordsOf(cause), { cause });
    }
  };
}

/** What a client that does not like a certificate says (RFC 8446 section 6.2). */
const DISTRUST = /UNKNOWN_?CA|BAD_?CERTIFICATE|CERTIFICATE_?UNKNOWN|DECRYPT_?ERROR/i;

function wordsOf(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return DISTRUST.test(`${code} ${message}`)
    ? "it does not trust Doorward's certificate authority"
    : "its TLS handshake failed";
}
