import type { Requester } from "../audit/audit_log.ts";
import type { Attribution } from "../audit/attribution.ts";

/** Where clients come in, as records tell of it. */
export interface Entrance {
  /** The address listened on: `127.0.0.1:3128`. */
  readonly listener: string;
  readonly attribution: Attribution;
  /** Numbers the requests of a proxy, whichever entrance they come in by. */
  readonly nextId: () => number;
}

/** Who sent a request that came in there, under a number of its own. */
export function requesterAt(
  { listener, attribution, nextId }: Entrance,
  asks: Pick<Requester, "client" | "method" | "attempt">,
): Requester {
  return { ...asks, id: nextId(), listener, attribution };
}
