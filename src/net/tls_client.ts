import type { SecureContext } from "node:tls";
import { formatHost, type Host } from "./address/host.ts";
import { ConnectError, type ConnectFault } from "./errors.ts";
import type { TlsClient, TlsProtocol } from "./ports.ts";
import { beginTls } from "./tls_socket.ts";

/** Nothing else is spoken inside: a server that would rather have HTTP/2 is told so at once. */
const HTTP_1_1: readonly TlsProtocol[] = ["http/1.1"];

/**
 * TLS as a client, by the authorities that Deno trusts: `DENO_TLS_CA_STORE` and `DENO_CERT` say which.
 *
 * It is the TLS of `node:tls`, which takes any stream. `Deno.startTls` swallows the connection, and one that is
 * closed amid its handshake stays open until the peer ends it: a server that hangs would cost a descriptor for
 * every attempt.
 */
export const tlsClient: TlsClient = trusting(null);

/** A {@linkcode TlsClient} that trusts these authorities (PEM) and no others; null is those that Deno trusts. */
export function trusting(authorities: readonly string[] | null): TlsClient {
  // Reading a hundred certificates takes longer than a handshake: once is enough.
  let context: SecureContext | null = null;
  return async (stream, host, signal, protocols = HTTP_1_1) => {
    if (signal.aborted) {
      stream.close();
      throw signal.reason;
    }
    // The modules are loaded when they are first needed, for they are slow to load.
    const [tls, { Duplex }] = await Promise.all([import("node:tls"), import("node:stream")]);
    const { outside, finish } = beginTls(stream, true, Duplex);
    if (authorities !== null) context ??= tls.createSecureContext({ ca: [...authorities] });
    const socket = tls.connect({
      socket: outside,
      host: formatHost(host),
      // RFC 6066 section 3: no address goes into the server name; the certificate is verified for `host` then.
      servername: host.kind === "name" ? host.name : "",
      ALPNProtocols: [...protocols],
      ...(context === null ? {} : { secureContext: context }),
    });
    // The runtime asks for the whole chain to look at the name of the server, and takes every authority apart for that:
    // longer than the handshake. The name is in the first of the chain; whether that is to be trusted is known by then.
    const certificateOf = socket.getPeerCertificate.bind(socket);
    socket.getPeerCertificate = (() => certificateOf(false)) as typeof certificateOf;
    const secured = new Promise<void>((resolve) => socket.once("secureConnect", resolve));
    try {
      return await finish(socket, secured, signal);
    } catch (cause) {
      signal.throwIfAborted();
      throw failure(host, cause);
    }
  };
}

function failure(host: Host, cause: unknown): ConnectError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const [fault, detail] = FAULTS[code] ?? ["tls_failed", ""];
  return new ConnectError(fault, `Cannot speak TLS with ${formatHost(host)}`, { cause, detail });
}

/** What the errors of `node:tls` say of a server. */
const FAULTS: Readonly<Record<string, readonly [ConnectFault, string]>> = {
  CERT_HAS_EXPIRED: ["certificate_expired", ""],
  CERT_NOT_YET_VALID: ["certificate_expired", "it is not valid yet"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["certificate_mismatch", ""],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["certificate_untrusted", "it is self-signed"],
  SELF_SIGNED_CERT_IN_CHAIN: ["certificate_untrusted", ""],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["certificate_untrusted", ""],
  UNABLE_TO_GET_ISSUER_CERT: ["certificate_untrusted", ""],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["certificate_untrusted", ""],
  CERT_UNTRUSTED: ["certificate_untrusted", ""],
  INVALID_PURPOSE: ["certificate_untrusted", "it is not one of a server"],
  // Node tells these apart: an authority for other names, and one that may sign no other.
  UNSPECIFIED: ["certificate_untrusted", ""],
  PATH_LENGTH_EXCEEDED: ["certificate_untrusted", ""],
  INVALID_CA: ["certificate_untrusted", ""],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: ["tls_failed", "it speaks no version of TLS from 1.2 on"],
  ERR_SSL_UNSUPPORTED_PROTOCOL: ["tls_failed", "it speaks no version of TLS from 1.2 on"],
};
