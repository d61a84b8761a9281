import type { Attribution } from "../audit/attribution.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import type { Counts } from "./counts.ts";
import type { Listening } from "./listening.ts";
import { Listeners } from "./listeners.ts";
import type { LiveConnections } from "./live.ts";
import { type DoorOptions, type DoorParts, makeDoors } from "./make_doors.ts";

/** Who decides, asks and writes down for a front: one for the whole proxy, however many fronts it has. */
export type Back = Pick<
  DoorParts,
  | "ask"
  | "decide"
  | "allowed"
  | "unresolved"
  | "unsupported"
  | "passages"
  | "blocked"
  | "reached"
  | "diagnose"
>;

/** What a front is made of. */
export interface FrontParts {
  readonly options: DoorOptions;
  /** Where it accepts. */
  readonly listening: readonly Listening[];
  /** What is known of the requests that come in there. */
  readonly attribution: Attribution;
  /** Every address of the proxy: none is a destination. */
  readonly addresses: readonly SocketAddress[];
  readonly back: Back;
  readonly counts: Counts;
  readonly live: LiveConnections;
  readonly deadlines: Deadlines;
}

/** Begins to accept: the doors, and the connections that come in by them. */
export function openFront(
  { options, listening, attribution, addresses, back, counts, live, deadlines }: FrontParts,
): Listeners {
  const { http, socks } = makeDoors(options, {
    ...back,
    addresses,
    counts,
    deadlines,
    open: () => listeners.isOpen,
  });
  const listeners = new Listeners({
    http,
    socks,
    live,
    limits: options.limits,
    clock: options.outside.clock,
    deadlines,
    counts,
    reached: back.reached,
    diagnose: back.diagnose,
  });
  const { room: { isAhead } } = counts;
  listening.forEach((each) => listeners.accept(each, attribution, isAhead));
  return listeners;
}
