// One connection's life, from accept to close: the only place where protocols, policy and network meet.
import { BlockedBuffer } from "../audit/blocked_buffer.ts";
import type { BlockedRecord } from "../audit/blocked_record.ts";
import { BufferPool } from "../net/stream/buffer_pool.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import type { Clock, Dialer, Resolver } from "../net/ports.ts";
import { type Accepted, listenTcp } from "../net/tcp_listener.ts";
import type { PolicyCell } from "../policy/policy.ts";
import { acceptLoop } from "./accept.ts";
import { blockedRecord, type BlockedRequest } from "./blocked.ts";
import { ClientConnection } from "./client_connection.ts";
import { createGateway } from "./gateway.ts";
import type { HttpDoor } from "./http/http_door.ts";
import { httpSession } from "./http/http_session.ts";
import type { Limits } from "./limits.ts";
import { LiveConnections } from "./live.ts";
import { interfacesTo, ownListeners } from "./own_listeners.ts";
import { plainReply } from "./reply.ts";

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
  /** How many of the newest blocked requests are kept. */
  readonly blockedCapacity: number;
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
  /** What was blocked, the newest of it. */
  readonly blocked: BlockedBuffer;
  /** Stops accepting, lets what is under way finish for at most `graceMs`, then closes everything. */
  shutdown(graceMs: number): Promise<void>;
}

/** Listens and serves. Throws what `Deno.listen` throws (`AddrInUse` …). */
export function startProxy(options: ProxyOptions): RunningProxy {
  const { limits, policy, outside } = options;
  const diagnose = quietly(options.diagnose);
  const machine = interfacesTo(options.listen);
  const listener = listenTcp(options.listen);
  const deadlines = new Deadlines(
    outside.clock,
    (error) => diagnose(`Cannot end a wait: ${error}`),
  );
  const live = new LiveConnections();
  const stopping = new AbortController();
  const buffer = new BlockedBuffer(options.blockedCapacity);
  const { dial, resolve, clock } = outside;
  const isOwn = ownListeners([listener.address], machine);
  const door: HttpDoor = {
    gateway: createGateway({ policy, limits, dial, resolve, clock, deadlines, isOwn }),
    limits,
    pool: new BufferPool(),
    via: options.via ? pseudonym() : null,
    open: () => !stopping.signal.aborted,
    blocked: recorder(policy, buffer, outside, diagnose),
  };
  const welcome = ({ stream, client: address }: Accepted) => {
    if (live.size >= limits.connections) return turnAway(stream);
    const client = new ClientConnection(stream, address, deadlines, limits.idleMs);
    live.serve(client, httpSession(client, door), diagnose);
  };
  const accepting = acceptLoop({ listener, clock, signal: stopping.signal, welcome, diagnose });

  const shutdown = async (graceMs: number) => {
    stopping.abort();
    listener.close();
    // Before the drain: the system may have accepted one more just before the listener was closed.
    await accepting;
    await live.drain(graceMs, deadlines);
    deadlines.stop();
  };
  return {
    address: listener.address,
    get connections(): number {
      return live.size;
    },
    blocked: buffer,
    shutdown,
    [Symbol.asyncDispose]: () => shutdown(0),
  };
}

/** Keeps each block and tells of it. A record that cannot be told is still kept, and still answered. */
function recorder(
  policy: PolicyCell,
  buffer: BlockedBuffer,
  { record, clock }: Outside,
  diagnose: (line: string) => void,
): (blocked: BlockedRequest) => void {
  return (blocked) => {
    const told = blockedRecord(blocked, policy.current.document.mode, clock.now());
    buffer.push(told);
    try {
      record(told);
    } catch (error) {
      diagnose(`Cannot record a blocked request: ${error}`);
    }
  };
}

/** Makes one printable line of whatever it is, and never a fault of a fault. */
function quietly(diagnose: (line: string) => void): (text: string) => void {
  return (text) => {
    try {
      diagnose(text.trim().replaceAll(/\s*\n\s*/g, " | ").replaceAll(/\p{C}/gu, "?"));
    } catch {
      // Whoever listens to our troubles has troubles: nobody is left to tell.
    }
  };
}

/** Our name in `Via`: the product, and a number by which this process knows itself in a loop. */
function pseudonym(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `doorward-${number.toString(16)}`;
}

/** Says that there is no room, if that fits into the socket at once, and closes. */
function turnAway(stream: Accepted["stream"]): void {
  const bytes = plainReply(
    503,
    "Too Many Connections",
    "Doorward refused this connection: connections under [network.limits] is reached.\n",
    { close: true, headOnly: false },
  );
  stream.write(bytes).catch(() => {
    // It is gone: nothing to say.
  }).finally(() => stream.close());
}
