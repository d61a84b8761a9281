import type { Ports } from "./contenders.ts";

/** Where a proxy runs. */
export interface Place {
  /** Its own; there is nothing but what the recipe has put there. */
  readonly folder: string;
  readonly ports: Ports;
  readonly program: string;
  /** The file of who signed the origin's certificate. */
  readonly originCaFile: string;
  /** Where Doorward's own inspector listens; without one it has none. */
  readonly inspectorPort?: number;
}

/** How to run a proxy. */
export interface Recipe {
  readonly program: string;
  /** How to come by it. */
  readonly remedy: string;
  /** What it says its version by; without them it has none. */
  readonly versionArgs?: readonly string[];
  /** What it says of its version when it is built with what is needed here. */
  readonly versionHas?: string;
  /** Its version, where the program is not what is measured. */
  readonly version?: (place: Place) => Promise<string>;
  /** What it is started with; null where something of it cannot be had. */
  readonly args: (place: Place) => Promise<readonly string[] | null>;
  readonly env?: (place: Place) => Readonly<Record<string, string>>;
  /** Where the certificate of who signs for it is, once it accepts. */
  readonly caFile?: (place: Place) => string;
  readonly hasTwoPorts?: true;
  /** Whether it says so much on standard error that to read it would cost more than to write it. */
  readonly isLoud?: true;
}

/** How to come by what Debian has. */
export function debian(name: string): string {
  return `on Debian: apt install --no-install-recommends ${name}`;
}
