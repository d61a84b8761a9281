import { ClientCounts, type ClientKey } from "./client_counts.ts";
import type { LimitName, Limits } from "./limits.ts";
import { type PlacesUpTo, placesUpTo } from "./places_up_to.ts";
import type { PortSet } from "./port_set.ts";

/** What is one for a whole proxy, however many isolates accept for it: numbers, and what is counted against limits. */
export interface Counts {
  /** The number of the next request, from 1. */
  readonly nextRequest: () => number;
  /** Where clients find room. */
  readonly room: Room;
  readonly lookups: PlacesUpTo;
  /** The ports of our UDP relays: none of them is a destination. */
  readonly relayPorts: PortSet;
  /** The ports of listeners that came later: nobody is led there. */
  readonly addedPorts: PortSet;
}

/** Room for client connections. */
export interface Room {
  /** Takes a place for one more of a client; where there is none, the limit that is in the way. */
  readonly take: (client: ClientKey) => LimitName | null;
  /** Gives a place back that was taken. */
  readonly give: (client: ClientKey) => void;
  /** Whether others who take clients have fewer; absent where there are none. */
  readonly isAhead?: () => boolean;
}

/**
 * Counts for one isolate alone.
 *
 * @param held how many connections are open
 */
export function ownCounts(limits: Limits, held: () => number): Counts {
  let requests = 0;
  return {
    nextRequest: () => ++requests,
    room: ownRoom(limits, held),
    lookups: placesUpTo(limits.dnsLookups),
    relayPorts: new Set(),
    addedPorts: new Set(),
  };
}

function ownRoom(
  { connections, connectionsPerClient }: Limits,
  held: () => number,
): Room {
  const clients = new ClientCounts();
  return {
    take: (client) => {
      if (held() >= connections) return "connections";
      return clients.take(client, connectionsPerClient) ? null : "connectionsPerClient";
    },
    give: (client) => clients.give(client),
  };
}
