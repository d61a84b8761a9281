// One connection's life, from accept to close: the only place where protocols, policy and network meet.
import type { Attribution } from "../audit/attribution.ts";
import type { BlockedRecord } from "../audit/blocked_record.ts";
import { BufferPool } from "../net/stream/buffer_pool.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import { formatSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import type { Clock, Dialer, Resolver, TlsClient, UdpBinder, UnixSockets } from "../net/ports.ts";
import { type Accepted, listenTcp } from "../net/tcp_listener.ts";
import { encodeMethodSelection, METHOD } from "../socks/messages.ts";
import type { PolicyCell } from "../policy/policy.ts";
import { acceptLoop } from "./accept.ts";
import { askDecider } from "./asking/ask_decider.ts";
import { approvalPattern } from "./asking/approval_pattern.ts";
import type { Decider } from "./asking/decider.ts";
import type { AskingOptions } from "./asking/questions.ts";
import type { Asker } from "./asking/asker.ts";
import type { Grant } from "./authorize.ts";
import type { SocketGrant } from "./authorize_socket.ts";
import { blockedRecord, type BlockedRequest } from "./blocked.ts";
import { ClientConnection } from "./client_connection.ts";
import { createGateway, type GatewayParts } from "./gateway.ts";
import type { Door } from "./door.ts";
import type { HttpDoor } from "./http/http_door.ts";
import type { Interception } from "./inside/interception.ts";
import type { Entrance } from "./entrance.ts";
import type { Limits } from "./limits.ts";
import { type ListenAt, type Listening, openListeners } from "./listening.ts";
import { type AuditOptions, type LiveState, makeLiveState } from "./live_state.ts";
import { type Ledger, noteAllowed, noteBlocked, noteEnded, noteUnresolved } from "./ledger.ts";
import type { Passages } from "./passage.ts";
import { interfacesTo, ownListeners } from "./own_listeners.ts";
import { unsaidLines } from "./refusal.ts";
import { plainReply } from "./reply.ts";
import { type Doors, serveClient } from "./serve_client.ts";
import { createSocketGateway } from "./socket_gateway.ts";
import type { SocksDoor } from "./socks/socks_door.ts";
import type { ChooseUpstream, UpstreamProxy } from "./upstream/upstream_proxy.ts";

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
}

/** A listener that came later. Disposing of it closes what came in there. */
export interface AddedListener extends AsyncDisposable {
  /** Where it really listens. */
  readonly address: SocketAddress;
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
  const { limits, outside } = options;
  const { clock } = outside;
  const diagnose = quietly(options.diagnose);
  const listeners = options.listeners ?? openListeners(options);
  const addresses = listeners.map(({ listener }) => listener.address);
  const deadlines = new Deadlines(clock, (error) => diagnose(`Cannot end a wait: ${error}`));
  const state = makeLiveState(options, deadlines, diagnose);
  const { live, questions, feed, policy } = state;
  const passages: Passages = {
    begin: (request, asker) => ({ request, asker, since: clock.monotonic() }),
    end: (passage, ending) => noteEnded(passage, ending, clock.monotonic() - passage.since, state),
  };
  const { decider } = options;
  const stopping = new AbortController();
  const addedPorts = new Set<number>();
  const { http, socks } = makeDoors(options, {
    addresses: [...addresses, ...options.alsoOurs],
    addedPorts,
    deadlines,
    ask: (request, asker, signal) => questions.ask(request, asker, signal),
    decide: decider === null
      ? null
      : askDecider(decider, (request) => policy.once(approvalPattern(request))),
    allowed: (grant, asker) => noteAllowed(grant, asker, state),
    unresolved: (what) => noteUnresolved(what, state),
    passages,
    blocked: recorder(state, outside, diagnose),
    open: () => !stopping.signal.aborted,
    diagnose,
  });
  let requests = 0;
  const nextId = () => ++requests;
  const accept = ({ listener, speaks }: Listening, attribution: Attribution) => {
    const doors: Doors = speaks === "http"
      ? { http, socks: null }
      : { http: speaks === "both" ? http : null, socks };
    const entrance: Entrance = {
      listener: formatSocketAddress(listener.address),
      attribution,
      nextId,
    };
    const welcome = ({ stream, peer, local }: Accepted) => {
      if (live.size >= limits.connections) return turnAway(stream, speaks);
      const client = new ClientConnection({
        stream,
        peer,
        local,
        entrance,
        deadlines,
        idleMs: limits.idleMs,
      });
      live.serve(client, serveClient(client, doors), diagnose);
    };
    const over = acceptLoop({ listener, clock, signal: stopping.signal, welcome, diagnose });
    return { entrance, listener, over };
  };
  const accepting = new Set(listeners.map((each) => accept(each, options.attribution)));

  const addListener = (attribution: Attribution): AddedListener => {
    if (stopping.signal.aborted) throw new Error("Cannot listen: the proxy is shut down");
    const speaks = options.socks === null ? "http" : "both";
    const listener = listenTcp({ ip: addresses[0]!.ip, port: 0 });
    const { port } = listener.address;
    addedPorts.add(port);
    const added = accept({ listener, speaks }, attribution);
    accepting.add(added);
    let isOpen = true;
    const close = async () => {
      // In one go: the next one that is added may get the same port.
      if (isOpen) addedPorts.delete(port);
      isOpen = false;
      listener.close();
      await added.over;
      await live.closeThoseOf(added.entrance);
      accepting.delete(added);
    };
    return { address: listener.address, [Symbol.asyncDispose]: close };
  };

  const shutdown = async (graceMs: number) => {
    stopping.abort();
    for (const { listener } of accepting) listener.close();
    // Before the drain: the system may have accepted one more just before the listener was closed.
    await Promise.all([...accepting].map(({ over }) => over));
    await live.drain(graceMs, deadlines);
    deadlines.stop();
    feed.close();
  };
  return {
    address: addresses[0]!,
    socksAddress: addresses[listeners.findIndex(({ speaks }) => speaks !== "http")] ?? null,
    get connections(): number {
      return live.size;
    },
    ...state,
    addListener,
    shutdown,
    [Symbol.asyncDispose]: () => shutdown(0),
  };
}

/** What a running proxy has besides its options. */
interface Running {
  /** Where it listens. */
  readonly addresses: readonly SocketAddress[];
  /** The ports of listeners that came later, as they are when asked. */
  readonly addedPorts: ReadonlySet<number>;
  readonly deadlines: Deadlines;
  readonly ask: GatewayParts["ask"];
  readonly decide: GatewayParts["decide"];
  readonly allowed: (grant: Grant | SocketGrant, asker: Asker) => void;
  readonly unresolved: GatewayParts["unresolved"];
  readonly passages: Passages;
  readonly blocked: Door["blocked"];
  readonly open: HttpDoor["open"];
  readonly diagnose: (line: string) => void;
}

/** One door for each protocol, with the same policy and the same gateway behind both. */
function makeDoors(
  { policy, limits, upstream, upstreamProxies, interception, via, socksUdp, outside }: ProxyOptions,
  {
    addresses,
    addedPorts,
    deadlines,
    ask,
    decide,
    allowed,
    unresolved,
    passages,
    blocked,
    open,
    diagnose,
  }: Running,
): { readonly http: HttpDoor; readonly socks: SocksDoor } {
  const { dial, resolve, startTls, clock, bindUdp: bind, unixSockets: sockets } = outside;
  const relayPorts = new Set<number>();
  const isOwn = ownListeners(addresses, interfacesTo(addresses), { relayPorts, addedPorts });
  const secureServer = interception?.secureServer ?? startTls;
  const network = {
    dial,
    resolve,
    startTls,
    secureServer,
    upstream,
    upstreamProxies,
    isOwn,
    diagnose,
  };
  const door: Door = {
    gateway: createGateway({
      policy,
      limits,
      clock,
      deadlines,
      ask,
      decide,
      allowed,
      unresolved,
      ...network,
    }),
    limits,
    pool: new BufferPool(),
    via: via ? pseudonym() : null,
    blocked,
    passages,
    diagnose,
  };
  const http: HttpDoor = {
    ...door,
    sockets: createSocketGateway({ policy, limits, sockets, deadlines, allowed }),
    open,
    scope: null,
    interception,
  };
  return {
    http,
    socks: {
      ...door,
      http,
      udp: socksUdp ? { bind, clock, policy, relayPorts } : null,
    },
  };
}

/** Keeps each block and tells of it. A record that cannot be told is still kept, and still answered. */
function recorder(
  ledger: Ledger,
  { record, clock }: Outside,
  diagnose: (line: string) => void,
): (blocked: BlockedRequest) => void {
  return (blocked) => {
    const told = blockedRecord(blocked, clock.now());
    noteBlocked(blocked, told, ledger);
    try {
      record(told, unsaidLines(blocked.request, blocked.decision, blocked.isAnnounced));
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
function turnAway(stream: Accepted["stream"], speaks: Listening["speaks"]): void {
  const bytes = speaks === "socks5" ? encodeMethodSelection(METHOD.unacceptable) : plainReply(
    503,
    "Too Many Connections",
    "Doorward refused this connection: connections under [network.limits] is reached.\n",
    { close: true, headOnly: false },
  );
  stream.write(bytes).catch(() => {
    // It is gone: nothing to say.
  }).finally(() => stream.close());
}
