// One connection's life, from accept to close: the only place where protocols, policy and network meet.
import type { Attribution } from "../audit/attribution.ts";
import type { BlockedRecord } from "../audit/blocked_record.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import type { Clock, Dialer, Resolver, TlsClient, UdpBinder, UnixSockets } from "../net/ports.ts";
import type { PolicyCell } from "../policy/policy.ts";
import { allConnections } from "./all_connections.ts";
import type { Decider } from "./asking/decider.ts";
import type { AskingOptions } from "./asking/questions.ts";
import { ownCounts } from "./counts.ts";
import { openFront } from "./front.ts";
import type { Interception } from "./inside/interception.ts";
import type { Limits } from "./limits.ts";
import type { AddedListener } from "./listeners.ts";
import { makeBack } from "./make_back.ts";
import { pseudonym } from "./make_doors.ts";
import { type ListenAt, type Listening, openListeners } from "./listening.ts";
import { type AuditOptions, type Followers, type LiveState, makeLiveState } from "./live_state.ts";
import type { ChooseUpstream, UpstreamProxy } from "./upstream/upstream_proxy.ts";
import type { Workers } from "./workers/workers.ts";

/** The ways out, so that a test can own each. */
export interface Outside {
  readonly dial: Dialer;
  readonly resolve: Resolver;
  readonly clock: Clock;
  readonly startTls: TlsClient;
  readonly bindUdp: UdpBinder;
  /** Null where the system has none. */
  readonly unixSockets: UnixSockets | null;
  /**
   * Told of each blocked request, and of what could not be said to its client: SOCKS5 has codes and no
   * words. Returns at once, never throws.
   */
  readonly record: (blocked: BlockedRecord, unsaid: readonly string[]) => void;
}

/** What {@linkcode startProxy} is given. */
export interface ProxyOptions extends ListenAt {
  /** Those of `listen` and `socks`, where they are open already. They are closed with the proxy. */
  readonly listeners?: readonly Listening[];
  /** Whether SOCKS5 clients may send datagrams. */
  readonly socksUdp: boolean;
  /** Which requests go through another proxy. */
  readonly upstream: ChooseUpstream;
  /** The proxies that `upstream` may choose. None of them is a destination. */
  readonly upstreamProxies: readonly UpstreamProxy[];
  readonly policy: PolicyCell;
  /** How a person is asked about what no rule decides. */
  readonly asking: AskingOptions;
  /** The program that is asked before any person is, where the policy says so; null where there is none. */
  readonly decider: Decider | null;
  readonly audit: AuditOptions;
  /** What is known of the requests that come in by `listen` and `socks`. */
  readonly attribution: Attribution;
  /** Addresses of ours besides: none of them is a destination either. */
  readonly alsoOurs: readonly SocketAddress[];
  readonly limits: Limits;
  /** What ends TLS inside tunnels; null where nothing does. */
  readonly interception: Interception | null;
  /** Whether `Via` is appended to what is forwarded (RFC 9110 section 7.6.3). */
  readonly via: boolean;
  /** How many of the newest blocked requests are kept. */
  readonly blockedCapacity: number;
  readonly outside: Outside;
  /** Told of our own troubles, one line each: not the audit, not a contract. */
  readonly diagnose: (line: string) => void;
  /** Others that accept besides this isolate, on the same ports; null, or absent, where it is alone. */
  readonly workers?: Workers | null;
}

/** A proxy that is listening. Disposing of it shuts it down at once. */
export interface RunningProxy extends LiveState, AsyncDisposable {
  /** Where it really listens for HTTP. */
  readonly address: SocketAddress;
  /** Where it really listens for SOCKS5; null where it does not. */
  readonly socksAddress: SocketAddress | null;
  /** Client connections now open. */
  readonly connections: number;
  /**
   * Listens on one more free port of the same address, for whatever is spoken on the others: whose requests come in
   * there is known. Throws what `Deno.listen` throws, and after the shutdown.
   */
  addListener(attribution: Attribution): AddedListener;
  /** Stops accepting, lets what is under way finish for at most `graceMs`, then closes everything. */
  shutdown(graceMs: number): Promise<void>;
}

/**
 * Listens and serves. Throws what `Deno.listen` throws (`AddrInUse` …), for the SOCKS5 listener as the cause
 * of another error, and listens nowhere then.
 */
export function startProxy(options: ProxyOptions): RunningProxy {
  const { limits, outside, workers = null } = options;
  const { clock } = outside;
  const diagnose = quietly(options.diagnose);
  const listening = options.listeners ??
    openListeners({ ...options, forSeveral: workers !== null });
  const addresses = listening.map(({ listener }) => listener.address);
  const deadlines = new Deadlines(clock, (error) => diagnose(`Cannot end a wait: ${error}`));
  const shared = workers?.share(limits) ?? null;
  const followers: Followers | null = shared === null ? null : {
    follow: (policy, ended) => crew?.follow(policy, ended),
    everywhere: () => crew?.everywhere() ?? Promise.resolve(0),
    nextConnection: shared.nextConnection,
  };
  const state = makeLiveState({ ...options, followers }, deadlines, diagnose);
  const { live, feed } = state;
  const back = makeBack(options, state, diagnose);
  const front = {
    options: { ...options, via: options.via ? pseudonym() : null },
    listening,
    attribution: options.attribution,
    addresses: [...addresses, ...options.alsoOurs],
  };
  const counts = shared?.counts ?? ownCounts(limits, () => live.size);
  const listeners = openFront({ ...front, back, counts, live, deadlines });
  const crew = shared?.begin({ front, state, back, record: outside.record, clock }) ?? null;
  const all = crew === null ? live : allConnections(live, crew);

  const shutdown = async (graceMs: number) => {
    const ended = crew?.shutdown(graceMs);
    // Before the drain: the system may have accepted one more just before the listener was closed.
    await listeners.close();
    await live.drain(graceMs, deadlines);
    await ended;
    deadlines.stop();
    feed.close();
  };
  return {
    address: addresses[0]!,
    socksAddress: addresses[listening.findIndex(({ speaks }) => speaks !== "http")] ?? null,
    get connections(): number {
      return all.size;
    },
    ...state,
    live: all,
    addListener: (attribution) => {
      const speaks = options.socks === null ? "http" : "both";
      return listeners.add(addresses[0]!.ip, speaks, attribution);
    },
    shutdown,
    [Symbol.asyncDispose]: () => shutdown(0),
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
