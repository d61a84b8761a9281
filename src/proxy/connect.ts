import type { SocketAddress } from "../net/address/endpoint.ts";
import { ConnectError } from "../net/errors.ts";
import type {
  Clock,
  Dialer,
  Resolver,
  SecureStream,
  TlsClient,
  TlsProtocol,
} from "../net/ports.ts";
import { type BufferedReader, readThrough } from "../net/stream/buffered_reader.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import type { NetworkRequest } from "../policy/request.ts";
import type { Grant, IsOwn } from "./authorize.ts";
import type { Limits } from "./limits.ts";
import { connectThrough, proxyFailure, type ThroughOptions } from "./upstream/connect_through.ts";
import type { UpstreamProxy } from "./upstream/upstream_proxy.ts";

/** How long one address may keep the next from being tried too (RFC 8305 section 5). */
const NEXT_ADDRESS_MS = 250;

/** A connection made as granted. */
export interface Connected {
  readonly stream: ByteStream;
  /** Where to read: holds what came behind the answer of an upstream proxy. Null reads the stream itself. */
  readonly reader: BufferedReader | null;
  /** The address that was granted and dialled; null through an upstream proxy, which dials itself. */
  readonly address: SocketAddress | null;
  /** The stream, if it is inside TLS that was begun here; its certificate is the target's then. */
  readonly secure: SecureStream | null;
  /** Set when the stream ends at an HTTP proxy that takes plain requests, with absolute targets. */
  readonly plainProxy: PlainProxy | null;
}

/** An HTTP proxy at the other end of a connection. */
export interface PlainProxy {
  readonly proxy: UpstreamProxy;
  /** The value of `Proxy-Authorization` for it; null sends none. */
  readonly authorization: string | null;
}

/** What connecting takes. */
export interface ConnectParts extends ThroughOptions {
  readonly dial: Dialer;
  /** Looks up an upstream proxy, within a limit of its own. */
  readonly resolve: Resolver;
  readonly clock: Clock;
  readonly isOwn: IsOwn;
  /** TLS with servers, whose certificates are verified for the name that was granted. */
  readonly secureServer: TlsClient;
  /** What may be spoken inside it. */
  readonly protocols: readonly TlsProtocol[] | undefined;
  readonly limits: Pick<Limits, "headBytes" | "headFields" | "dnsAddresses">;
}

/**
 * Connects as granted: to the first of the addresses that answers, or through the upstream proxy. Rejects with
 * a `ConnectError`, the last one of several. In the proxy the only caller of a dialer.
 */
export async function connect(
  grant: Grant,
  parts: ConnectParts,
  signal: AbortSignal,
): Promise<Connected> {
  const connected = await reach(grant, parts, signal);
  const { request } = grant;
  if (request.kind === "tunnel" || request.scheme === "http") return connected;
  const { reader, stream } = connected;
  const outside = reader === null ? stream : readThrough(reader, stream);
  const secure = await parts.secureServer(outside, request.target.host, signal, parts.protocols);
  return { ...connected, stream: secure, reader: null, secure };
}

async function reach(grant: Grant, parts: ConnectParts, signal: AbortSignal): Promise<Connected> {
  const { addresses, request, via } = grant;
  if (via !== null) {
    const stream = await reachProxy(via, request, parts, signal);
    return await connectThrough(via, request, stream, parts, signal);
  }
  const [address] = addresses;
  // There is no race with one runner.
  const dialled = addresses.length === 1
    ? { stream: await parts.dial(address!, signal), address: address! }
    : await dialFirst(addresses, parts, signal);
  return { ...dialled, reader: null, plainProxy: null, secure: null };
}

/**
 * Dials an upstream proxy. Its addresses need no allow rule, for whoever runs Doorward named it; but a name
 * that leads back to ourselves would make every request a loop.
 */
async function reachProxy(
  proxy: UpstreamProxy,
  { protocol }: NetworkRequest,
  parts: ConnectParts,
  signal: AbortSignal,
): Promise<ByteStream> {
  const { host, port } = proxy.endpoint;
  try {
    const ips = host.kind === "ip" ? [host.ip] : await parts.resolve(host.name, signal);
    const addresses = ips.slice(0, parts.limits.dnsAddresses).map((ip) => ({ ip, port }));
    if (addresses.some((address) => parts.isOwn(address, protocol))) {
      const detail = "it is Doorward itself";
      throw new ConnectError("connection_failed", "Cannot go through ourselves", { detail });
    }
    return (await dialFirst(addresses, parts, signal)).stream;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ConnectError ? proxyFailure(proxy, error) : error;
  }
}

/** A stream, and the address that it leads to. */
interface Dialled {
  readonly stream: ByteStream;
  readonly address: SocketAddress;
}

/**
 * Dials the first address that answers; each further one is tried a little later, or as soon as the one before
 * has failed (RFC 8305).
 */
async function dialFirst(
  addresses: readonly SocketAddress[],
  { dial, clock }: ConnectParts,
  signal: AbortSignal,
): Promise<Dialled> {
  const [only, second] = addresses;
  if (only === undefined) throw new RangeError("Cannot connect: there is no address");
  if (second === undefined) return { stream: await dial(only, signal), address: only };
  return await race(addresses, dial, clock, signal);
}

async function race(
  addresses: readonly SocketAddress[],
  dial: Dialer,
  clock: Clock,
  signal: AbortSignal,
): Promise<Dialled> {
  const { promise, resolve, reject } = Promise.withResolvers<Dialled>();
  const others = new AbortController();
  const stop = () => {
    reject(signal.reason);
    others.abort(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  let started = 0;
  let failed = 0;
  let won = false;

  const tryNext = () => {
    const address = addresses[started];
    if (address === undefined || others.signal.aborted) return;
    started += 1;
    const number = started;
    // Only the newest attempt calls for another, so that each has its head start.
    const goOn = () => {
      if (started === number) tryNext();
    };
    dial(address, others.signal).then((stream) => {
      if (won || others.signal.aborted) return stream.close();
      won = true;
      resolve({ stream, address });
      others.abort();
    }, (error) => {
      failed += 1;
      if (failed === addresses.length) reject(error);
      else goOn();
    });
    clock.wait(NEXT_ADDRESS_MS, others.signal).then(goOn, () => {
      // The race is over.
    });
  };

  tryNext();
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    others.abort();
  }
}
