// The ways out of the program, as types: real adapters stand beside this file, fakes in the tests.
import type { Duplex } from "node:stream";
import type { SocketAddress } from "./address/endpoint.ts";
import type { Host } from "./address/host.ts";
import type { IpAddress } from "./address/ip.ts";
import type { ByteStream } from "./stream/stream.ts";
import type { TlsIdentity } from "./tls_identity.ts";

/** Opens a TCP stream to an address. Never looks up names: see {@linkcode Resolver}. */
export type Dialer = (to: SocketAddress, signal: AbortSignal) => Promise<ByteStream>;

/**
 * Looks up the addresses of a name, in the order the system returns them. Rejects with a
 * `ConnectError` of code `dns_failure` when there is no answer.
 */
export type Resolver = (name: string, signal: AbortSignal) => Promise<readonly IpAddress[]>;

/** The passage of time, so that a test can own it. */
export interface Clock {
  /** Unix milliseconds, for records. */
  now(): number;
  /** Milliseconds since some fixed point, for durations. */
  monotonic(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** What is inside TLS. */
export interface SecureStream extends ByteStream {
  /** What both sides have agreed to speak; null where they agreed on nothing. */
  readonly protocol: TlsProtocol | null;
  /** The runtime's own stream, for what takes no other; whoever takes it must not use this one. */
  readonly native: Duplex;
}

/** What may be spoken inside TLS, as ALPN names it (RFC 7301). */
export type TlsProtocol = "h2" | "http/1.1";

/**
 * Speaks TLS as a client on a stream that a {@linkcode Dialer} opened, and verifies the server's certificate
 * for `host`. The stream is the result's from then on. Rejects with a `ConnectError`, the stream closed.
 *
 * @param protocols what may be spoken inside, in the order of preference; `http/1.1` alone without it
 */
export type TlsClient = (
  stream: ByteStream,
  host: Host,
  signal: AbortSignal,
  protocols?: readonly TlsProtocol[],
) => Promise<SecureStream>;

/**
 * Speaks TLS as a server on a stream whose client has begun to. The stream is the result's from then on. Rejects with a
 * `ProtocolError` of code `bad_tls` when the handshake fails, or with the signal's reason; the stream is closed then.
 *
 * @param protocols what may be spoken inside, in the order of preference
 */
export type TlsServer = (
  stream: ByteStream,
  identity: TlsIdentity,
  protocols: readonly TlsProtocol[],
  signal: AbortSignal,
) => Promise<SecureStream>;

/** A datagram that was received: its length, and who sent it. */
export interface Received {
  readonly count: number;
  readonly from: SocketAddress;
}

/** A socket for datagrams. */
export interface UdpSocket {
  /** Where it is bound. */
  readonly address: SocketAddress;
  /**
   * Receives one datagram into `into`; what does not fit is lost. Null once the socket is closed. Never
   * rejects for what a peer did. One at a time.
   */
  receive(into: Uint8Array): Promise<Received | null>;
  /** Sends one datagram. Resolves to false when the system did not take it: too long, no route. */
  send(bytes: Uint8Array, to: SocketAddress): Promise<boolean>;
  /** Safe to call twice. */
  close(): void;
}

/** Binds a socket for datagrams; port 0 takes a free one. Throws what the system says. */
export type UdpBinder = (at: SocketAddress) => UdpSocket;

/** A connection to a unix socket. */
export interface SocketConnection {
  readonly stream: ByteStream;
  /** The path that its server bound, as the server wrote it; null where the system does not tell. */
  readonly bound: string | null;
}

/** The unix sockets of this machine. */
export interface UnixSockets {
  /**
   * The path with every symbolic link resolved. Of a path that does not exist, the part that does is
   * resolved. Rejects when that cannot be told.
   */
  canonical(path: string): Promise<string>;
  /** Connects. Rejects with a `ConnectError`, or with the signal's reason. */
  dial(path: string, signal: AbortSignal): Promise<SocketConnection>;
  /** Whether there is a file at that path; true where that cannot be told. */
  exists(path: string): Promise<boolean>;
}
