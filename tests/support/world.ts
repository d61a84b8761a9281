import { type Attribution, UNATTRIBUTED } from "../../src/audit/attribution.ts";
import type { AuditMetadata, HappenedAudit } from "../../src/audit/audit_record.ts";
import type { AuditSink } from "../../src/audit/audit_sink.ts";
import type { BlockedRecord } from "../../src/audit/blocked_record.ts";
import { formatSocketAddress, type SocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError } from "../../src/net/errors.ts";
import type { IpAddress } from "../../src/net/address/ip.ts";
import type { Dialer, Resolver, TlsClient, UdpBinder, UnixSockets } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { tlsClient } from "../../src/net/tls_client.ts";
import { bindUdp } from "../../src/net/udp_socket.ts";
import { systemUnixSockets } from "../../src/net/unix_sockets.ts";
import { type Policy, policyCell, type PolicyDocument } from "../../src/policy/policy.ts";
import type { PolicyCell } from "../../src/policy/policy.ts";
import type { Decider } from "../../src/proxy/asking/decider.ts";
import type { AskingOptions } from "../../src/proxy/asking/questions.ts";
import type { Interception } from "../../src/proxy/inside/interception.ts";
import { DEFAULT_LIMITS, type Limits } from "../../src/proxy/limits.ts";
import type { ListenAt } from "../../src/proxy/listening.ts";
import { type RunningProxy, startProxy } from "../../src/proxy/proxy.ts";
import type { ChooseUpstream, UpstreamProxy } from "../../src/proxy/upstream/upstream_proxy.ts";
import { FakeClock } from "./fake_clock.ts";
import { inTime, turn } from "./in_time.ts";
import { innerWorkers, leftToWorkers, WORLDS_HAVE_WORKERS } from "./inner_workers.ts";
import { faultOfRecords, memorySink } from "./audit_records.ts";
import { answering, ok, type Origin, type Script, startOrigin } from "./origin.ts";
import { ip, policyOf } from "./policy.ts";
import { Wire, type WireMessage } from "./wire.ts";

/** Lists and switches, as a configuration has them. */
export type WorldPolicy =
  & { readonly allow?: readonly string[]; readonly deny?: readonly string[] }
  & Partial<Omit<PolicyDocument, "rules">>;

/** What a name resolves to: addresses, or whatever a resolver does. */
export type Answer = readonly string[] | Resolver;

/** What a test sets of its world. */
export interface WorldOptions {
  /** {@linkcode ALLOWED} is allowed and nothing else, unless said otherwise. */
  readonly policy?: WorldPolicy;
  readonly limits?: Partial<Limits>;
  /** How a person is asked, where the policy says so; nobody is there unless said otherwise. */
  readonly ask?: Partial<AskingOptions>;
  /** The program that is asked first, where the policy says so; there is none unless said otherwise. */
  readonly decider?: Decider;
  /** Where audit records go besides {@linkcode World.audit}. */
  readonly sinks?: readonly AuditSink[];
  readonly metadata?: AuditMetadata;
  /** What is known of the requests that come in by the first listener. */
  readonly attribution?: Attribution;
  /** Addresses of ours besides the proxy's own. */
  readonly alsoOurs?: readonly SocketAddress[];
  /** Beside {@linkcode ALLOWED}. A name that is not there cannot be resolved. */
  readonly resolve?: Readonly<Record<string, Answer>>;
  /** What the origin does; it answers every request with `hello` unless said otherwise. */
  readonly origin?: Script;
  /** Where the origin listens. */
  readonly originAt?: string;
  /** Where the proxy listens. */
  readonly listen?: string;
  /** Where SOCKS5 is spoken; beside HTTP, on one port, unless said otherwise. */
  readonly socks?: SocketAddress | null;
  readonly socksUdp?: boolean;
  readonly upstream?: ChooseUpstream;
  readonly upstreamProxies?: readonly UpstreamProxy[];
  /** Trusts whom the test trusts. */
  readonly startTls?: TlsClient;
  /** Ends TLS inside tunnels; nothing does unless said otherwise. */
  readonly interception?: Interception;
  readonly bindUdp?: UdpBinder;
  readonly unixSockets?: UnixSockets | null;
  readonly via?: boolean;
  readonly blockedCapacity?: number;
  /** Dials for real instead of to the origin; return null to go there after all. */
  readonly dial?: (to: SocketAddress, signal: AbortSignal) => Promise<ByteStream> | null;
  /** Wraps each stream to the origin. */
  readonly wrap?: (stream: ByteStream) => ByteStream;
  /** Takes blocked requests, after they are recorded. */
  readonly record?: (blocked: BlockedRecord) => void;
  /** Whether a worker in this isolate takes every client; the main isolate does, unless all worlds have workers. */
  readonly worker?: boolean;
  /** Lets our own troubles pass; else one of them fails the test. */
  readonly troubled?: boolean;
}

/** A proxy between clients and an origin, and all that it does outside. */
export interface World extends AsyncDisposable {
  readonly proxy: RunningProxy;
  /** `host:port` of the proxy. */
  readonly authority: string;
  readonly origin: Origin;
  readonly cell: PolicyCell;
  readonly clock: FakeClock;
  /** Names that were looked up, in order. */
  readonly lookups: readonly string[];
  /** `ip:port` of each attempt to connect, in order: what the proxy meant, wherever the test sent it. */
  readonly dialled: readonly string[];
  readonly blocked: readonly BlockedRecord[];
  /** Every audit record, in order. */
  readonly audit: readonly HappenedAudit[];
  /** What blocked clients could not be told. */
  readonly unsaid: readonly string[];
  readonly diagnosed: readonly string[];
  /** Streams to origins that the proxy has not closed. */
  readonly upstreams: number;
  /** Connects to the proxy. */
  client(options?: { readonly paused?: boolean }): Promise<Wire>;
  /** Sends bytes on a connection of their own and takes everything up to the end. */
  exchange(bytes: string): Promise<string>;
  /** Sends one request on a connection of its own and takes the answer. */
  ask(request: string): Promise<WireMessage>;
  /** Replaces the policy, as a reload of the configuration does. */
  setPolicy(policy: WorldPolicy): void;
  /** Lets time pass, a tick of the limits at a time, until `done` or until `ms` are over. */
  pass(ms: number, done?: Promise<unknown>): Promise<void>;
}

/** The one host that is allowed by default. */
export const ALLOWED = "allowed.test";
/** Its address, which is public: {@linkcode makeWorld} sends whoever dials it to the origin. */
export const ALLOWED_IP = "93.184.216.34";

/** The tick of `src/net/time/deadlines.ts`. */
const TICK_MS = 250;

/**
 * Makes a world: a scripted origin, the real proxy on a free port of 127.0.0.1, clients. The proxy's four
 * ways out are recorded: names resolve to what the test says, whatever address is dialled leads to the origin
 * (so public addresses can be used, and the address guard is never switched off), time stands still until
 * the test lets it pass, and blocked requests are kept.
 *
 * At the end the world makes sure of four things for every test: no trouble was diagnosed, no client
 * connection was left, every stream to an origin was closed, and the audit records tell of one end for each
 * request that was let through.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * await using world = makeWorld({ policy: { allow: ["allowed.test"] } });
 * const answer = await world.ask("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
 * assertEquals(answer.body, "hello");
 * assertEquals(world.dialled, ["93.184.216.34:80"]);
 * ```
 */
export function makeWorld(options: WorldOptions = {}): World {
  const clock = new FakeClock();
  const origin = startOrigin(options.origin ?? answering(ok()), options.originAt);
  const cell = policyCell(compile(options.policy ?? { allow: [ALLOWED] }));
  const { resolve, lookups } = recordingResolver({ [ALLOWED]: [ALLOWED_IP], ...options.resolve });
  const dialer = recordingDialer(origin.address, options);
  const blocked: BlockedRecord[] = [];
  const audit: HappenedAudit[] = [];
  const diagnosed: string[] = [];
  const unsaid: string[] = [];
  const clients: Wire[] = [];
  const at: ListenAt = {
    listen: { ip: ip(options.listen ?? "127.0.0.1"), port: 0 },
    // One port for both protocols, so that a client of either is made the same way.
    socks: options.socks === undefined ? "shared" : options.socks,
  };
  const outside = {
    dial: dialer.dial,
    resolve,
    clock,
    startTls: options.startTls ?? tlsClient,
    bindUdp: options.bindUdp ?? bindUdp,
    unixSockets: options.unixSockets === undefined
      ? systemUnixSockets(Deno.build.os)
      : options.unixSockets,
  };
  const ways = {
    upstream: options.upstream ?? (() => null),
    upstreamProxies: options.upstreamProxies ?? [],
    interception: options.interception ?? null,
  };
  const proxy = startProxy({
    ...at,
    ...(options.worker ?? WORLDS_HAVE_WORKERS
      ? { listeners: leftToWorkers(at), workers: innerWorkers(1, { outside, ...ways }) }
      : {}),
    socksUdp: options.socksUdp ?? true,
    ...ways,
    policy: cell,
    asking: { ...NOBODY, ...options.ask },
    decider: options.decider ?? null,
    audit: {
      sinks: [memorySink(audit), ...options.sinks ?? []],
      metadata: options.metadata ?? {},
    },
    attribution: options.attribution ?? UNATTRIBUTED,
    alsoOurs: options.alsoOurs ?? [],
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    via: options.via ?? true,
    blockedCapacity: options.blockedCapacity ?? 200,
    outside: {
      ...outside,
      record: (record, lines) => {
        unsaid.push(...lines);
        blocked.push(record);
        options.record?.(record);
      },
    },
    diagnose: (line) => diagnosed.push(line),
  });

  const client = async (form?: { readonly paused?: boolean }) => {
    const wire = new Wire(await tcpDialer(reachable(proxy.address), NEVER), form);
    clients.push(wire);
    return wire;
  };
  return {
    proxy,
    authority: formatSocketAddress(proxy.address),
    origin,
    cell,
    clock,
    lookups,
    dialled: dialer.dialled,
    blocked,
    audit,
    unsaid,
    diagnosed,
    get upstreams(): number {
      return dialer.open.size;
    },
    client,
    async exchange(bytes: string): Promise<string> {
      await using wire = await client();
      await wire.send(bytes);
      return await wire.readAll();
    },
    async ask(request: string): Promise<WireMessage> {
      await using wire = await client();
      await wire.send(request);
      return await wire.readMessage({ headOnly: request.startsWith("HEAD ") });
    },
    setPolicy: (policy) => void proxy.policy.rebase(compile(policy).document),
    pass: (ms, done) => pass(clock, ms, done),
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        await inTime(proxy.shutdown(0), "the proxy to shut down");
        const fault = faultOfRecords(audit);
        if (fault !== null) throw new Error(fault);
        if (proxy.connections > 0) throw new Error(`${proxy.connections} clients were left`);
        if (dialer.open.size > 0) throw new Error(`${dialer.open.size} upstream streams leaked`);
        if (!options.troubled && diagnosed.length > 0) throw new Error(diagnosed.join("\n"));
      } finally {
        for (const wire of clients) await wire[Symbol.asyncDispose]();
        await origin[Symbol.asyncDispose]();
      }
    },
  };
}

const NEVER = new AbortController().signal;

/** A proxy without a person: what would be asked is refused at once. */
export const NOBODY: AskingOptions = {
  holdMs: () => 0,
  answerers: () => [],
  canBeAnswered: false,
  questionsMax: 64,
  persist: () => Promise.reject(new Error("This test writes no configuration")),
};

function compile({ allow = [], deny = [], ...switches }: WorldPolicy): Policy {
  return policyOf({ allow, deny }, switches);
}

/** Where a proxy on 0.0.0.0 can be reached. */
function reachable(address: SocketAddress): SocketAddress {
  return address.ip.bits === 0n ? { ip: ip("127.0.0.1"), port: address.port } : address;
}

function recordingResolver(
  answers: Readonly<Record<string, Answer>>,
): { resolve: Resolver; lookups: string[] } {
  const lookups: string[] = [];
  const resolve: Resolver = async (name, signal): Promise<readonly IpAddress[]> => {
    lookups.push(name);
    const answer = answers[name];
    if (answer === undefined) throw new ConnectError("dns_failure", `Cannot resolve "${name}"`);
    return typeof answer === "function" ? await answer(name, signal) : answer.map(ip);
  };
  return { resolve, lookups };
}

interface RecordingDialer {
  readonly dial: Dialer;
  readonly dialled: string[];
  /** Streams that were not closed yet. */
  readonly open: Set<ByteStream>;
}

function recordingDialer(origin: SocketAddress, options: WorldOptions): RecordingDialer {
  const dialled: string[] = [];
  const open = new Set<ByteStream>();
  const dial: Dialer = async (to, signal) => {
    dialled.push(formatSocketAddress(to));
    const inner = await (options.dial?.(to, signal) ?? tcpDialer(origin, signal));
    const stream: ByteStream = {
      read: (into) => inner.read(into),
      write: (bytes) => inner.write(bytes),
      closeWrite: () => inner.closeWrite(),
      close: () => {
        open.delete(stream);
        inner.close();
      },
    };
    open.add(stream);
    return options.wrap?.(stream) ?? stream;
  };
  return { dial, dialled, open };
}

async function pass(clock: FakeClock, ms: number, done?: Promise<unknown>): Promise<void> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  done?.then(settle, settle);
  for (let passed = 0; passed < ms && !settled; passed += TICK_MS) {
    await turn();
    clock.advance(TICK_MS);
    await turn();
  }
}
