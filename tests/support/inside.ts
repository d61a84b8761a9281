import { Duplex } from "node:stream";
import * as tls from "node:tls";
import type { SecureStream } from "../../src/net/ports.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";
import { writeAll } from "../../src/net/stream/stream.ts";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { trusting } from "../../src/net/tls_client.ts";
import { tlsServing } from "../../src/net/tls_server.ts";
import { beginTls } from "../../src/net/tls_socket.ts";
import type { PolicyDocument } from "../../src/policy/policy.ts";
import type { HeaderInjection, RequestMatch, RequestRule } from "../../src/policy/request_rule.ts";
import { type Authority, makeAuthority } from "./authority.ts";
import { inTime, until } from "./in_time.ts";
import { RawHttp2 } from "./raw_http2.ts";
import { makeScratch } from "./scratch.ts";
import { domainAddress, GREETING, ipAddress, NO_AUTH, socksRequest } from "./socks.ts";
import { startTlsOrigin, type TlsOrigin, type TlsOriginOptions } from "./tls_origin.ts";
import { rule } from "./policy.ts";
import { Wire } from "./wire.ts";
import { ALLOWED, makeWorld, type World, type WorldOptions, type WorldPolicy } from "./world.ts";

/** Everything that a client of a tunnel may choose. */
export interface TunnelOptions {
  /** CONNECT unless said otherwise. */
  readonly entrance?: Entrance;
  readonly host?: string;
  readonly port?: number;
  /** The name in the ClientHello; the host unless said otherwise, null for none. */
  readonly sni?: string | null;
  readonly protocols?: readonly string[];
  /** Whether the first words inside are sent together with the request for the tunnel. */
  readonly early?: boolean;
  /** A request that is sent, and answered, on the same connection before. */
  readonly before?: string;
}

/** How a tunnel is asked for. */
export type Entrance = "connect" | "socks";

/** Both. */
export const ENTRANCES: readonly Entrance[] = ["connect", "socks"];

/** A world in which TLS is ended, before a server of HTTPS. */
export interface InsideWorld extends AsyncDisposable {
  readonly world: World;
  /** Whoever connects to port 443 of anywhere arrives here; other ports lead to `world.origin`. */
  readonly origin: TlsOrigin;
  /** Opens a tunnel, and says nothing in it. */
  tunnel(options?: TunnelOptions): Promise<Wire>;
  /** Opens a tunnel, begins TLS in it, and speaks HTTP/1.1 unless told otherwise. */
  secure(options?: TunnelOptions): Promise<Wire>;
  /** The same with HTTP/2, frame by frame. */
  http2(options?: TunnelOptions): Promise<RawHttp2>;
}

/** What a test sets of it. */
export interface InsideOptions {
  readonly policy?: WorldPolicy;
  readonly world?: Omit<WorldOptions, "policy">;
  readonly origin?: TlsOriginOptions;
}

/** Makes an authority, and one certificate for these names, and leaves no files behind. */
export async function authorityFor(...names: readonly string[]): Promise<Authority> {
  await using scratch = await makeScratch();
  return await makeAuthority(names, scratch);
}

/** Makes one: {@linkcode ALLOWED} is allowed and interception on, unless said otherwise. */
export async function makeInside(
  authority: Pick<Authority, "ca" | "cert" | "key">,
  { policy = {}, world: parts = {}, origin: how }: InsideOptions = {},
): Promise<InsideWorld> {
  const origin = await startTlsOrigin(authority, how);
  const { ca, cert, key } = authority;
  const world = makeWorld({
    policy: insidePolicy(policy),
    interception: {
      secureClient: tlsServing(),
      identityFor: () => Promise.resolve({ chain: cert, key }),
      secureServer: trusting([ca]),
    },
    dial: (to, signal) => to.port === 443 ? tcpDialer(origin.address, signal) : null,
    ...parts,
  });
  const open: Wire[] = [];
  const keep = (stream: ByteStream): Wire => {
    const wire = new Wire(stream);
    open.push(wire);
    return wire;
  };
  return {
    world,
    origin,
    tunnel: async (options) => keep(await openTunnel(world, options)),
    secure: async (options) => keep(await beginInside(world, ca, options)),
    http2: async (options) => {
      const stream = await beginInside(world, ca, { protocols: ["h2"], ...options });
      return await RawHttp2.begin(keep(stream));
    },
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        for (const wire of open) wire.close();
        // What TLS runs on is closed a turn later.
        await until(() => world.upstreams === 0, "all connections upstream are closed");
        await world[Symbol.asyncDispose]();
      } finally {
        for (const wire of open) await wire[Symbol.asyncDispose]();
        await origin[Symbol.asyncDispose]();
      }
    },
  };
}

/** A policy that allows {@linkcode ALLOWED}, and looks into tunnels for a rule that says nothing. */
export function insidePolicy(policy: WorldPolicy): WorldPolicy {
  return { allow: [ALLOWED], interception: true, requestRules: [requestRule(ALLOWED)], ...policy };
}

/** A request rule; one that asks for nothing unless said otherwise. */
export function requestRule(
  host: string,
  matches: Partial<RequestMatch> = {},
  inject: readonly HeaderInjection[] = [],
): PolicyDocument["requestRules"][number] {
  const { pattern, text, origin } = rule("allow", host);
  const all = { methods: null, paths: null, query: [], headers: [], can: null };
  const made: RequestRule = {
    host: pattern,
    matches: { ...all, ...matches },
    actions: { strip: [], inject },
    text,
    origin,
  };
  return made;
}

const NEVER = new AbortController().signal;

/** Asks for a tunnel, and takes the announcement off. */
export async function openTunnel(
  world: World,
  { entrance = "connect", host = ALLOWED, port = 443, early = false, before }: TunnelOptions = {},
): Promise<ByteStream> {
  const stream = await tcpDialer(world.proxy.address, NEVER);
  const isAddress = /^[0-9.]+$/.test(host);
  const asks = entrance === "connect"
    ? `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`
    : GREETING + socksRequest(isAddress ? ipAddress(host, port) : domainAddress(host, port));
  const announcement = entrance === "connect"
    ? "HTTP/1.1 200 Connection established\r\n\r\n"
    : `${NO_AUTH}\x05\x00\x00\x01\0\0\0\0\0\0`;
  try {
    if (before !== undefined) await answered(stream, before);
    if (early) return withPrefix(stream, asks, announcement);
    await writeAll(stream, latin1Bytes(asks));
    await takeOff(stream, announcement);
  } catch (error) {
    stream.close();
    throw error;
  }
  return stream;
}

/** Sends `asks` together with the first that is written, and takes the announcement off when it comes. */
function withPrefix(stream: ByteStream, asks: string, announcement: string): ByteStream {
  let prefix: string | null = asks;
  let announced: Promise<void> | null = null;
  return {
    read: async (into) => {
      await (announced ??= takeOff(stream, announcement));
      return await stream.read(into);
    },
    write: async (bytes) => {
      const both = prefix === null ? bytes : Uint8Array.of(...latin1Bytes(prefix), ...bytes);
      prefix = null;
      await writeAll(stream, both);
      return bytes.length;
    },
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  };
}

/** Sends a request and takes its answer, which has a length. */
async function answered(stream: ByteStream, request: string): Promise<void> {
  await writeAll(stream, latin1Bytes(request));
  let text = "";
  const space = new Uint8Array(1);
  const isWhole = () => {
    const at = text.indexOf("\r\n\r\n");
    return at !== -1 && text.length === at + 4 + Number(/content-length: ([0-9]+)/i.exec(text)![1]);
  };
  while (!isWhole()) {
    const count = await inTime(stream.read(space), "an answer before the tunnel");
    if (count === null) throw new Error(`No answer: ${JSON.stringify(text)}`);
    text += String.fromCharCode(space[0]!);
  }
}

async function takeOff(stream: ByteStream, announcement: string): Promise<void> {
  const wanted = latin1Bytes(announcement);
  const got = new Uint8Array(wanted.length);
  for (let at = 0; at < got.length;) {
    const count = await inTime(stream.read(got.subarray(at)), "the tunnel to be announced");
    if (count === null) break;
    at += count;
  }
  const text = new TextDecoder().decode(got);
  if (text !== announcement) throw new Error(`No tunnel: ${JSON.stringify(text)}`);
}

/** Opens a tunnel and begins TLS in it. */
export async function beginInside(
  world: World,
  ca: string,
  options: TunnelOptions = {},
): Promise<SecureStream> {
  const { host = ALLOWED, sni = host, protocols = ["http/1.1"] } = options;
  const stream = await openTunnel(world, options);
  const { outside, finish } = beginTls(stream, true, Duplex);
  const socket = tls.connect({
    socket: outside,
    host,
    servername: sni === null || /^[0-9.]+$/.test(sni) ? "" : sni,
    ALPNProtocols: [...protocols],
    ca: [ca],
    checkServerIdentity: () => undefined,
  });
  const secured = new Promise<void>((resolve) => socket.once("secureConnect", resolve));
  return await inTime(finish(socket, secured, NEVER), "TLS to begin in the tunnel");
}
