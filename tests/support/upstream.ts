import { parseUpstreamUrl } from "../../src/config/upstream_url.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import type { TlsClient } from "../../src/net/ports.ts";
import type { BypassEntry } from "../../src/proxy/upstream/bypass.ts";
import { chooseUpstream } from "../../src/proxy/upstream/choose_upstream.ts";
import type { UpstreamProxy } from "../../src/proxy/upstream/upstream_proxy.ts";
import { type Origin, type Script, startOrigin } from "./origin.ts";
import type { Wire } from "./wire.ts";
import { makeWorld, type World, type WorldOptions } from "./world.ts";

/** The upstream proxy of a URL, as `HTTPS_PROXY` names it. */
export function upstreamProxy(url: string, source = "HTTPS_PROXY"): UpstreamProxy {
  const parsed = parseUpstreamUrl(url);
  if (parsed.kind === "bad") throw new TypeError(`Cannot use "${url}": ${parsed.why}`);
  return { ...parsed, source };
}

/** What a test sets of a world behind an upstream proxy. */
export interface UpstreamWorldOptions extends WorldOptions {
  /** Its URL; `http://proxy.test:3128` unless said otherwise. `proxy.test` is at {@linkcode PROXY_IP}. */
  readonly url?: string;
  /** What it does with a connection. */
  readonly script: Script;
  readonly bypass?: readonly BypassEntry[];
  readonly startTls?: TlsClient;
}

/** A world, and the upstream proxy between it and everything. */
export interface UpstreamWorld extends AsyncDisposable {
  readonly world: World;
  /** The proxy's end of what Doorward says to it. */
  readonly proxy: Origin;
}

/** A private address: policy has no say in where the proxy is. */
export const PROXY_IP = "10.9.8.7";

/** Makes a world whose requests go through a scripted proxy; the origin is what is dialled past it. */
export function makeUpstreamWorld(options: UpstreamWorldOptions): UpstreamWorld {
  const { url = "http://proxy.test:3128", script, bypass = [], ...rest } = options;
  const proxy = startOrigin(script);
  const through = upstreamProxy(url);
  const world = makeWorld({
    upstream: chooseUpstream({ tunnels: through, plain: through, bypass }),
    upstreamProxies: [through],
    ...rest,
    // What is wrong with the proxy is told; of anything else the test must not hear.
    troubled: true,
    resolve: { "proxy.test": [PROXY_IP], ...rest.resolve },
    dial: (to, signal) =>
      formatSocketAddress(to).startsWith(`${PROXY_IP}:`)
        ? tcpDialer(proxy.address, signal)
        : rest.dial?.(to, signal) ?? null,
  });
  return {
    world,
    proxy,
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        await world[Symbol.asyncDispose]();
        const others = world.diagnosed.filter((line) => !line.includes(": upstream proxy of "));
        if (others.length > 0 && rest.troubled !== true) throw new Error(others.join("\n"));
      } finally {
        await proxy[Symbol.asyncDispose]();
      }
    },
  };
}

/** Opens every tunnel, and then sends back what comes. */
export const echoing: Script = async (wire: Wire): Promise<void> => {
  await wire.readHead();
  await wire.send("HTTP/1.1 200 OK\r\n\r\n");
  const first = await wire.readExactly(1);
  await wire.send(first);
};

/** Reads one head and says this. */
export function saying(answer: string): Script {
  return async (wire) => {
    await wire.readHead();
    await wire.send(answer);
  };
}
