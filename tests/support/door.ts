import { type Attribution, UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { BufferPool } from "../../src/net/stream/buffer_pool.ts";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { Turns } from "../../src/net/time/turns.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import type { ConnectError } from "../../src/net/errors.ts";
import type { Dialer, Resolver, TlsClient, UnixSockets } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { formatRulePattern } from "../../src/policy/rule_pattern.ts";
import type { Asker } from "../../src/proxy/asking/asker.ts";
import { approvalPattern } from "../../src/proxy/asking/approval_pattern.ts";
import { askDecider } from "../../src/proxy/asking/ask_decider.ts";
import type { Decider } from "../../src/proxy/asking/decider.ts";
import type { Outcome } from "../../src/proxy/asking/questions.ts";
import type { Grant } from "../../src/proxy/authorize.ts";
import type { SocketGrant } from "../../src/proxy/authorize_socket.ts";
import { type PolicyCell, policyCell } from "../../src/policy/policy.ts";
import { ClientConnection } from "../../src/proxy/client_connection.ts";
import { createGateway } from "../../src/proxy/gateway.ts";
import type { Entrance } from "../../src/proxy/entrance.ts";
import type { Ending, Passage, Passages } from "../../src/proxy/passage.ts";
import type { BlockedRequest } from "../../src/proxy/blocked.ts";
import type { Door } from "../../src/proxy/door.ts";
import type { HttpDoor } from "../../src/proxy/http/http_door.ts";
import { createSocketGateway } from "../../src/proxy/socket_gateway.ts";
import type { SocksDoor } from "../../src/proxy/socks/socks_door.ts";
import { DEFAULT_LIMITS, type LimitName, type Limits } from "../../src/proxy/limits.ts";
import type { ChooseUpstream, UpstreamProxy } from "../../src/proxy/upstream/upstream_proxy.ts";
import { FakeClock } from "./fake_clock.ts";
import { until } from "./in_time.ts";
import { streamPair } from "./memory_stream.ts";
import { ip, policyOf, rule } from "./policy.ts";
import { Wire } from "./wire.ts";

/** What a test sets of its door. */
export interface DoorOptions {
  /** `allowed.test` is allowed, unless said otherwise. */
  readonly policy?: Policy;
  readonly limits?: Partial<Limits>;
  /** By default every name is at 93.184.216.34. */
  readonly resolve?: Resolver;
  /** By default whoever is dialled gets a stream in memory, whose other end is in `upstream()`. */
  readonly dial?: Dialer;
  readonly upstream?: ChooseUpstream;
  /** TLS with servers; none is spoken unless said otherwise. */
  readonly secureServer?: TlsClient;
  /** None, unless said otherwise. */
  readonly unixSockets?: UnixSockets;
  readonly upstreamProxies?: readonly UpstreamProxy[];
  readonly via?: string | null;
  /** What a person says who is asked; nobody is there unless said otherwise. */
  readonly ask?: (request: NetworkRequest, asker: Asker, signal: AbortSignal) => Promise<Outcome>;
  /** The program that is asked first, where the policy says so; there is none unless said otherwise. */
  readonly decider?: Decider;
  /** What is known of its clients. */
  readonly attribution?: Attribution;
}

/** What was let through, and is over. */
export interface EndedPassage {
  readonly passage: Passage;
  readonly ending: Ending;
}

/** A client of the door: what the proxy holds of it, and the other end. */
export interface DoorClient {
  readonly connection: ClientConnection;
  readonly wire: Wire;
}

/** A door for both protocols without sockets: streams in memory, time that stands still. */
export interface TestDoor extends AsyncDisposable {
  readonly door: HttpDoor;
  /** The same for SOCKS5, without UDP. */
  readonly socks: SocksDoor;
  readonly clock: FakeClock;
  readonly deadlines: Deadlines;
  readonly cell: PolicyCell;
  readonly lookups: readonly string[];
  readonly dialled: readonly string[];
  readonly blocked: readonly BlockedRequest[];
  /** What a person was asked about. */
  readonly asked: readonly NetworkRequest[];
  /** What was let through. */
  readonly allowed: readonly (Grant | SocketGrant)[];
  /** What was let through by name, and for which there was no address. */
  readonly unresolved: readonly NetworkRequest[];
  /** What was let through, from its beginning, and what of it is over. */
  readonly begun: readonly Passage[];
  readonly ended: readonly EndedPassage[];
  /** Where its clients come in. */
  readonly entrance: Entrance;
  readonly diagnosed: readonly string[];
  /** The limits that were come to, in order. */
  readonly reached: LimitName[];
  /** Set to end the taking of requests. */
  open: boolean;
  /** A new client; with a stream of the test's own if it has one. */
  client(stream?: ByteStream): DoorClient;
  /** The origin's end of the connection of that number, once it was dialled. */
  upstream(index?: number): Promise<Wire>;
}

/** Makes a door with everything behind it but the network. */
export function makeDoor(options: DoorOptions = {}): TestDoor {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const cell = policyCell(options.policy ?? policyOf({ allow: ["allowed.test"] }));
  const lookups: string[] = [];
  const dialled: string[] = [];
  const blocked: BlockedRequest[] = [];
  const asked: NetworkRequest[] = [];
  const allowed: (Grant | SocketGrant)[] = [];
  const unresolved: NetworkRequest[] = [];
  const begun: Passage[] = [];
  const ended: EndedPassage[] = [];
  const passages: Passages = {
    begin: (request, asker) => {
      const passage = { request, asker, since: clock.monotonic() };
      begun.push(passage);
      return passage;
    },
    end: (passage, ending) => void ended.push({ passage, ending }),
  };
  let requests = 0;
  const entrance: Entrance = {
    listener: "127.0.0.1:3128",
    attribution: options.attribution ?? UNATTRIBUTED,
    nextId: () => ++requests,
  };
  const diagnosed: string[] = [];
  const reached: LimitName[] = [];
  const upstreams: Wire[] = [];
  const clients: DoorClient[] = [];
  const resolve = options.resolve ?? (() => Promise.resolve([ip("93.184.216.34")]));
  const dialInMemory: Dialer = () => {
    const [ours, theirs] = streamPair();
    upstreams.push(new Wire(theirs));
    return Promise.resolve(ours);
  };
  const dial = options.dial ?? dialInMemory;
  const nobody = () => Promise.resolve({ kind: "unanswered", why: "nobody is there" } as const);
  const common: Door = {
    gateway: createGateway({
      policy: cell,
      limits,
      clock,
      deadlines,
      ask: (request, asker, signal) => {
        asked.push(request);
        return (options.ask ?? nobody)(request, asker, signal);
      },
      decide: options.decider === undefined ? null : askDecider(options.decider, approvedOnce),
      allowed: (grant) => void allowed.push(grant),
      unresolved: ({ request }) => void unresolved.push(request),
      isOwn: () => false,
      reached: (limit) => reached.push(limit),
      diagnose: (line) => diagnosed.push(line),
      startTls: () => Promise.reject(new Error("This door speaks no TLS")),
      secureServer: options.secureServer ??
        (() => Promise.reject(new Error("This door speaks no TLS"))),
      upstream: options.upstream ?? (() => null),
      upstreamProxies: options.upstreamProxies ?? [],
      resolve: (name, signal) => {
        lookups.push(name);
        return resolve(name, signal);
      },
      dial: (to, signal) => {
        dialled.push(formatSocketAddress(to));
        return dial(to, signal);
      },
    }),
    limits,
    pool: new BufferPool(),
    blocked: (what) => blocked.push(what),
    passages,
    diagnose: (line) => diagnosed.push(line),
    via: options.via ?? null,
  };
  const door: HttpDoor = {
    ...common,
    sockets: createSocketGateway({
      policy: cell,
      limits,
      deadlines,
      allowed: (grant) => void allowed.push(grant),
      unsupported: () => {},
      reached: (limit) => reached.push(limit),
      sockets: options.unixSockets ?? null,
    }),
    via: options.via ?? null,
    open: () => made.open,
    turns: new Turns(clock, 32),
    scope: null,
    interception: null,
  };
  const made: TestDoor = {
    door,
    socks: { ...common, http: door, udp: null },
    clock,
    deadlines,
    cell,
    lookups,
    dialled,
    blocked,
    asked,
    allowed,
    unresolved,
    begun,
    ended,
    entrance,
    diagnosed,
    reached,
    open: true,
    client(stream?: ByteStream): DoorClient {
      const [ours, theirs] = streamPair();
      const connection = new ClientConnection({
        stream: stream ?? ours,
        peer: { ip: ip("127.0.0.1"), port: 50_000 },
        local: { ip: ip("127.0.0.1"), port: 3128 },
        entrance,
        deadlines,
        idleMs: limits.idleMs,
        reached: (limit) => reached.push(limit),
      });
      const client = { connection, wire: new Wire(theirs) };
      clients.push(client);
      return client;
    },
    async upstream(index = 0): Promise<Wire> {
      await until(() => upstreams.length > index, `upstream ${index} is dialled`);
      return upstreams[index]!;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const { connection, wire } of clients) {
        connection.close();
        await wire[Symbol.asyncDispose]();
      }
      for (const wire of upstreams) await wire[Symbol.asyncDispose]();
      deadlines.stop();
    },
  };
  return made;
}

/** The rule by which whoever is asked lets one request pass. */
export function approvedOnce(request: NetworkRequest): Rule {
  const { pattern, protocol } = approvalPattern(request);
  return rule("allow", formatRulePattern(pattern, protocol));
}

/** How everything ended that was let through, in order; fails while something has no end. */
export function endingsOf({ begun, ended }: TestDoor): Ending[] {
  const open = begun.filter((passage) => !ended.some((each) => each.passage === passage));
  if (open.length > 0 || ended.length > begun.length) {
    throw new Error(`${begun.length} were let through, and ${ended.length} have ended`);
  }
  return ended.map(({ ending }) => ending);
}

/** A dialer that fails as told. */
export function failingDial(error: ConnectError): Dialer {
  return () => Promise.reject(error);
}

/** A step that never ends by itself, but heeds its signal. */
export function never<T>(signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<T>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}
