import {
  basicAuthorization,
  requestTunnel,
  type TunnelOptions,
} from "../../http/connect_client.ts";
import type { Fields } from "../../http/fields.ts";
import { PROXY_AUTHENTICATION_REQUIRED } from "../../http/status.ts";
import { ConnectError, type ConnectFault, ProtocolError } from "../../net/errors.ts";
import type { TlsClient } from "../../net/ports.ts";
import { BufferedReader } from "../../net/stream/buffered_reader.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import type { NetworkRequest } from "../../policy/request.ts";
import { requestConnect } from "../../socks/client.ts";
import { REPLY } from "../../socks/messages.ts";
import type { Connected } from "../connect.ts";
import { FAULT_WORDS } from "../fault_words.ts";
import type { Limits } from "../limits.ts";
import { describeUpstream, type UpstreamProxy } from "./upstream_proxy.ts";

/** What asking an upstream proxy takes. */
export interface ThroughOptions {
  readonly startTls: TlsClient;
  /** The `Via` fields to send, so that proxies that lead to each other notice. */
  readonly via: Fields;
  readonly limits: Pick<Limits, "headBytes" | "headFields">;
}

/**
 * Asks the upstream proxy at the other end of `stream` for the way to the target of `request`, always by name
 * where it has one: what that name leads to is then the proxy's business, and out of our sight. A plain
 * request needs no asking where the proxy speaks HTTP, for the request itself is what it is asked. One that
 * may leave HTTP gets a tunnel, since proxies do not pass `Upgrade` on.
 *
 * The stream is the result's from then on. Rejects with a `ConnectError`, or with the signal's reason, the
 * stream closed.
 */
export async function connectThrough(
  proxy: UpstreamProxy,
  request: NetworkRequest,
  stream: ByteStream,
  { startTls, via, limits }: ThroughOptions,
  signal: AbortSignal,
): Promise<Connected> {
  const inside = proxy.kind === "https" ? await secure(proxy, stream, startTls, signal) : stream;
  if (isPlain(proxy, request)) {
    return {
      stream: inside,
      reader: null,
      address: null,
      plainProxy: { proxy, authorization: authorizationOf(proxy) },
      secure: null,
    };
  }
  const reader = new BufferedReader(inside);
  const stop = () => inside.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    if (proxy.kind === "socks5") await throughSocks(proxy, request, reader, inside);
    else await throughHttp(proxy, request, reader, inside, { via, ...limits });
    signal.throwIfAborted();
    return { stream: inside, reader, address: null, plainProxy: null, secure: null };
  } catch (error) {
    inside.close();
    signal.throwIfAborted();
    throw error instanceof ConnectError ? error : broken(proxy, error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Whether the request itself is what the proxy is asked. */
export function isPlain({ kind }: UpstreamProxy, request: NetworkRequest): boolean {
  return kind !== "socks5" && request.kind === "http" && request.scheme === "http" &&
    !request.upgrades;
}

/** The error for a proxy that could not be reached or used, for this reason. */
export function proxyFailure(proxy: UpstreamProxy, cause: ConnectError): ConnectError {
  const isLate = cause.code === "connection_timeout" || cause.code === "dns_timeout";
  return upstreamError(
    proxy,
    isLate ? "connection_timeout" : "upstream_proxy_failed",
    cause.detail === "" ? FAULT_WORDS[cause.code] : cause.detail,
    cause,
  );
}

/** The error for a proxy that wants credentials, or others than it got. */
export function wantsCredentials(proxy: UpstreamProxy): ConnectError {
  const why = proxy.credentials === null
    ? "it asks for a user name and a password, and its URL has none"
    : "it does not accept the user name and the password of its URL";
  return upstreamError(proxy, "upstream_proxy_authentication", why);
}

async function secure(
  proxy: UpstreamProxy,
  stream: ByteStream,
  startTls: TlsClient,
  signal: AbortSignal,
): Promise<ByteStream> {
  try {
    return await startTls(stream, proxy.endpoint.host, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ConnectError ? proxyFailure(proxy, error) : error;
  }
}

async function throughHttp(
  proxy: UpstreamProxy,
  request: NetworkRequest,
  reader: BufferedReader,
  stream: ByteStream,
  asked: Omit<TunnelOptions, "authorization">,
): Promise<void> {
  const options = { authorization: authorizationOf(proxy), ...asked };
  const { status } = await requestTunnel(reader, stream, request.target, options);
  if (status >= 200 && status < 300) return;
  if (status === PROXY_AUTHENTICATION_REQUIRED) throw wantsCredentials(proxy);
  throw upstreamError(proxy, "upstream_proxy_refused", `it answered ${status}`);
}

async function throughSocks(
  proxy: UpstreamProxy,
  request: NetworkRequest,
  reader: BufferedReader,
  stream: ByteStream,
): Promise<void> {
  const outcome = await requestConnect(reader, stream, request.target, proxy.credentials);
  if (outcome.kind === "connected") return;
  const { code } = outcome;
  if (typeof code !== "number") throw wantsCredentials(proxy);
  throw upstreamError(
    proxy,
    SOCKS_FAULTS[code] ?? "upstream_proxy_refused",
    `it answered with SOCKS code ${code}`,
  );
}

/** What a reply code (RFC 1928 section 6) says of the target; the others say something of the proxy. */
const SOCKS_FAULTS: Readonly<Record<number, ConnectFault>> = {
  [REPLY.networkUnreachable]: "network_unreachable",
  [REPLY.hostUnreachable]: "host_unreachable",
  [REPLY.connectionRefused]: "connection_refused",
  [REPLY.ttlExpired]: "connection_timeout",
};

function authorizationOf({ credentials }: UpstreamProxy): string | null {
  return credentials === null ? null : basicAuthorization(credentials.user, credentials.password);
}

/** The error for a conversation that broke off, or was none. */
function broken(proxy: UpstreamProxy, cause: unknown): ConnectError {
  const protocol = proxy.kind === "socks5" ? "SOCKS5" : "HTTP";
  const why = cause instanceof ProtocolError
    ? `its answer is not valid ${protocol}, or ended early`
    : "it closed the connection";
  return upstreamError(proxy, "upstream_proxy_failed", why, cause);
}

function upstreamError(
  proxy: UpstreamProxy,
  code: ConnectFault,
  why: string,
  cause?: unknown,
): ConnectError {
  return new ConnectError(code, `Cannot connect through ${describeUpstream(proxy)}: ${why}`, {
    cause,
    detail: `upstream proxy of ${proxy.source}: ${why}`,
  });
}
