import { formatOrigin, type Origin } from "../policy/rule.ts";

/** One thing that is wrong with a configuration, and how to mend it. */
export interface ConfigFault {
  readonly origin: Origin;
  readonly message: string;
}

/** A configuration cannot be used. Holds every fault found, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly faults: readonly ConfigFault[], options?: ErrorOptions) {
    super(
      faults.map((fault) => `${formatOrigin(fault.origin)}: ${fault.message}`).join("\n"),
      options,
    );
  }
}
