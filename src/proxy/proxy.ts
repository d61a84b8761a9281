import type { BlockedRecord } from "../audit/blocked_record.ts";
import type { SocketAddress } from "../net/endpoint.ts";
import type { Clock, Dialer, Resolver } from "../net/ports.ts";
import type { PolicyCell } from "../policy/policy.ts";
import type { Limits } from "./limits.ts";

/** The four ways out, so that a test can own each. */
export interface Outside {
  readonly dial: Dialer;
  readonly resolve: Resolver;
  readonly clock: Clock;
  /** Told of each blocked request. Returns at once, never throws. */
  readonly record: (blocked: BlockedRecord) => void;
}

/** What {@linkcode startProxy} is given. */
export interface ProxyOptions {
  /** Where to listen; port 0 takes a free one. */
  readonly listen: SocketAddress;
  readonly policy: PolicyCell;
  readonly limits: Limits;
  /** Whether `Via` is appended to what is forwarded (RFC 9110 section 7.6.3). */
  readonly via: boolean;
  readonly outside: Outside;
  /** Told of our own troubles, one line each: not the audit, not a contract. */
  readonly diagnose: (line: string) => void;
}

/** A proxy that is listening. Disposing of it shuts it down at once. */
export interface RunningProxy extends AsyncDisposable {
  /** Where it really listens. */
  readonly address: SocketAddress;
  /** Client connections now open. */
  readonly connections: number;
  /** Stops accepting, lets what is under way finish for at most `graceMs`, then closes everything. */
  shutdown(graceMs: number): Promise<void>;
}

/** Listens and serves. Throws what `Deno.listen` throws (`AddrInUse` …). */
export function startProxy(_options: ProxyOptions): RunningProxy {
  throw new Error("not written yet");
}
