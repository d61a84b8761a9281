import { BufferPool } from "../net/stream/buffer_pool.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import type { Asker } from "./asking/asker.ts";
import type { Grant } from "./authorize.ts";
import type { SocketGrant } from "./authorize_socket.ts";
import type { Door } from "./door.ts";
import { createGateway, type GatewayParts } from "./gateway.ts";
import type { HttpDoor } from "./http/http_door.ts";
import { interfacesTo, ownListeners } from "./own_listeners.ts";
import type { Reached } from "./limits.ts";
import type { Passages } from "./passage.ts";
import type { ProxyOptions } from "./proxy.ts";
import { createSocketGateway, type SocketGatewayParts } from "./socket_gateway.ts";
import type { SocksDoor } from "./socks/socks_door.ts";

/** What doors take besides the options of the proxy. */
export interface DoorParts {
  /** Where it listens. */
  readonly addresses: readonly SocketAddress[];
  /** The ports of listeners that came later, as they are when asked. */
  readonly addedPorts: ReadonlySet<number>;
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
  { policy, limits, upstream, upstreamProxies, interception, via, socksUdp, outside }: ProxyOptions,
  {
    addresses,
    addedPorts,
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
    reached,
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

/** Our name in `Via`: the product, and a number by which this process knows itself in a loop. */
function pseudonym(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `doorward-${number.toString(16)}`;
}
