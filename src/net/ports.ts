// The ways out of the program, as types: real adapters stand beside this file, fakes in the tests.
import type { SocketAddress } from "./address/endpoint.ts";
import type { IpAddress } from "./address/ip.ts";
import type { ByteStream } from "./stream/stream.ts";

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
