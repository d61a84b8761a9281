import { formatOrigin, type Origin } from "../policy/rule.ts";

/** One thing that is wrong with a configuration, and how to mend it. */
export interface ConfigFault {
  /** Where it was written. */
  readonly origin: Origin;
  /** A sentence, with the mend. */
  readonly message: string;
}

/** A configuration cannot be used. Holds every fault found, in the order of the file. */
export class ConfigError extends Error {
  /** By which it is known across realms. */
  override readonly name = "ConfigError";
  /** Each with its place and its mend. */
  readonly faults: readonly ConfigFault[];

  /** Makes one of faults, of which there is at least one. */
  constructor(faults: readonly ConfigFault[], options?: ErrorOptions) {
    super(
      faults.map((fault) => `${formatOrigin(fault.origin)}: ${fault.message}`).join("\n"),
      options,
    );
    this.faults = faults;
  }
}
