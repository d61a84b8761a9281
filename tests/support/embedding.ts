import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError } from "../../src/net/errors.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { tlsClient } from "../../src/net/tls_client.ts";
import { bindUdp } from "../../src/net/udp_socket.ts";
import { systemHelperProcess } from "../../src/library/deciders/system_helper.ts";
import type { Machine } from "../../src/library/machine.ts";
import { NetworkProxy } from "../../src/library/network_proxy.ts";
import type { NetworkProxyBuilder } from "../../src/library/network_proxy_builder.ts";
import { answering, ok, type Origin, type Script, startOrigin } from "./origin.ts";
import { ip } from "./policy.ts";
import { Wire, type WireMessage } from "./wire.ts";

/** A program that embeds proxies, and the network that they see. */
export interface Embedding extends AsyncDisposable {
  readonly machine: Machine;
  readonly origin: Origin;
  /** Names that were looked up, in order. */
  readonly lookups: readonly string[];
  /** `ip:port` of each attempt to connect, in order: what was meant, wherever it led. */
  readonly dialled: readonly string[];
  /** Begins to describe a proxy in this network. */
  builder(): NetworkProxyBuilder;
}

/** What a test sets of it. */
export interface EmbeddingOptions {
  /** Beside `allowed.test`, and every host below it, which are at 93.184.216.34. */
  readonly resolve?: Readonly<Record<string, string>>;
  readonly origin?: Script;
  readonly env?: Readonly<Record<string, string>>;
  /** The folder of the system's files; one that does not exist, unless said otherwise. */
  readonly systemFolder?: string;
}

const PUBLIC = "93.184.216.34";

/** Makes a network in which every address leads to one origin, which says `hello`. */
export function makeEmbedding(options: EmbeddingOptions = {}): Embedding {
  const origin = startOrigin(options.origin ?? answering(ok()));
  const names: Readonly<Record<string, string>> = {
    "allowed.test": PUBLIC,
    ...options.resolve,
  };
  const lookups: string[] = [];
  const dialled: string[] = [];
  const machine: Machine = {
    env: options.env ?? {},
    os: Deno.build.os,
    systemFolder: options.systemFolder ?? "/nonexistent",
    clock: systemClock,
    startTls: tlsClient,
    bindUdp,
    unixSockets: null,
    startDecider: systemHelperProcess,
    workers: null,
    resolve: (name) => {
      lookups.push(name);
      const address = names[name] ?? (name.endsWith(".allowed.test") ? PUBLIC : undefined);
      if (address !== undefined) return Promise.resolve([ip(address)]);
      return Promise.reject(new ConnectError("dns_failure", `Cannot resolve "${name}"`));
    },
    dial: (to, signal) => {
      dialled.push(formatSocketAddress(to));
      return tcpDialer(origin.address, signal);
    },
  };
  return {
    machine,
    origin,
    lookups,
    dialled,
    builder: () => NetworkProxy.builder(machine),
    [Symbol.asyncDispose]: () => origin[Symbol.asyncDispose](),
  };
}

/** Connects to a listener of an embedded proxy. */
export async function wireTo(address: string): Promise<Wire> {
  const [host = "", port] = address.split(":");
  return new Wire(await tcpDialer({ ip: ip(host), port: Number(port) }, NEVER));
}

/** Sends one request on a connection of its own and takes the answer. */
export async function askAt(address: string, request: string): Promise<WireMessage> {
  await using wire = await wireTo(address);
  await wire.send(request);
  return await wire.readMessage();
}

/** A plain request for `http://<host>/`. */
export function getOf(host: string, method = "GET"): string {
  return `${method} http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

const NEVER = new AbortController().signal;
