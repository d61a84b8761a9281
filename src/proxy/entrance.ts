import type { Attribution } from "../audit/attribution.ts";

/** Where clients come in, as records tell of it. */
export interface Entrance {
  /** The address listened on: `127.0.0.1:3128`. */
  readonly listener: string;
  readonly attribution: Attribution;
  /** Numbers the requests of a proxy, whichever entrance they come in by. */
  readonly nextId: () => number;
}
