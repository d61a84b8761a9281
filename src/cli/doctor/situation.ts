import type { Config } from "../../config/config.ts";
import type { ConfigHome } from "../../config/config_home.ts";
import type { Shell } from "../../library/env/shell_quote.ts";
import type { Deadlines } from "../../net/time/deadlines.ts";
import type { PolicyFlags } from "../argv/command.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Instruments } from "./instruments.ts";
import type { Place } from "./place.ts";
import type { ReadConfig } from "./read_config.ts";
import type { ReadRequirements } from "./read_requirements.ts";

/** What every check is told. */
export interface Situation {
  readonly here: Surroundings;
  readonly instruments: Instruments;
  readonly policy: PolicyFlags;
  readonly shell: Shell;
  /** How a command of ours is called so that it reads the same. */
  readonly ours: (...words: readonly string[]) => string;
  /** What points this shell at Doorward. */
  readonly pointing: string;
  /** Null where the system tells no home. */
  readonly home: ConfigHome | null;
  readonly required: ReadRequirements;
  readonly read: ReadConfig;
  /** That of the files and flags; the defaults where those have faults. */
  readonly config: Config;
  /** For what has a time limit of its own. */
  readonly deadlines: Deadlines;
  /** What is at the addresses that Doorward listens on. */
  readonly places: Places;
  /** The times when the examination began. */
  readonly began: Times;
}

/** What is at each address. They are looked at once, for whoever asks. */
export interface Places {
  readonly http: Promise<Place>;
  /** Null where SOCKS5 is off, or shares the port of HTTP. */
  readonly socks: Promise<Place> | null;
  readonly admin: Promise<Place>;
}

/** The same moment by both clocks, in milliseconds. */
export interface Times {
  readonly wall: number;
  readonly monotonic: number;
}
