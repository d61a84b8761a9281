import { BufferPool } from "../net/stream/buffer_pool.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { Turns } from "../net/time/turns.ts";
import type { Asker } from "./asking/asker.ts";
import type { Grant } from "./authorize.ts";
import type { SocketGrant } from "./authorize_socket.ts";
import type { Door } from "./door.ts";
import { createGateway, type GatewayParts } from "./gateway.ts";
import type { Counts } from "./counts.ts";
import type { HttpDoor } from "./http/http_door.ts";
import { interfacesTo, ownListeners } from "./own_listeners.ts";
import type { Reached } from "./limits.ts";
import type { Passages } from "./passage.ts";
import type { Outside, ProxyOptions } from "./proxy.ts";
import { createSocketGateway, type SocketGatewayParts } from "./socket_gateway.ts";
import type { SocksDoor } from "./socks/socks_door.ts";

/** The options of a proxy that are those of its doors. */
export interface DoorOptions extends
  Pick<
    ProxyOptions,
    "policy" | "limits" | "upstream" | "upstreamProxies" | "interception" | "socksUdp"
  > {
  /** Our name in `Via`; null leaves `Via` out. */
  readonly via: string | null;
  readonly outside: Omit<Outside, "record">;
}

/** What doors take besides the options of the proxy. */
export interface DoorParts {
  /** Where it listens. */
  readonly addresses: readonly SocketAddress[];
  readonly counts: Pick<Counts, "relayPorts" | "addedPorts" | "lookups">;
  readonly deadlines: Deadlines;
  readonly ask: GatewayParts["ask"];
  readonly decide: GatewayParts["decide"];
  readonly allowed: (grant: Grant | SocketGrant, asker: Asker) => void;
  readonly unresolved: GatewayParts["unresolved"];
  readonly unsupported: SocketGatewayParts["unsupported"];
  readonly passages: Passages;
  readonly blocked: Door["blocked"];
  readonly open: HttpDoor["open"];
  readonly reached: Reached;
  readonly diagnose: (line: string) => void;
}

/** One door for each protocol, with the same policy and the same gateway behind both. */
export function makeDoors(
  { policy, limits, upstream, upstreamProxies, interception, via, socksUdp, outside }: DoorOptions,
  {
    addresses,
    counts: { relayPorts, addedPorts, lookups },
    deadlines,
    ask,
    decide,
    allowed,
    unresolved,
    unsupported,
    passages,
    blocked,
    open,
    reached,
    diagnose,
  }: DoorParts,
): { readonly http: HttpDoor; readonly socks: SocksDoor } {
  const { dial, resolve, startTls, clock, bindUdp: bind, unixSockets: sockets } = outside;
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
    reached,
    lookups,
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
    via,
    blocked,
    passages,
    diagnose,
  };
  const http: HttpDoor = {
    ...door,
    sockets: createSocketGateway({
      policy,
      limits,
      sockets,
      deadlines,
      allowed,
      unsupported,
      reached,
    }),
    open,
    turns: new Turns(clock, REQUESTS_AT_ONCE),
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

/**
 * Plain requests that are served at the same time, while others wait for milliseconds: with 512 busy connections the
 * longest waits are a tenth of what they would be (docs/performance.md).
 */
const REQUESTS_AT_ONCE = 32;

/** A name for `Via`: the product, and a number by which this process knows itself in a loop. */
export function pseudonym(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `doorward-${number.toString(16)}`;
}
