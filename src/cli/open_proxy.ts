import type { BlockedRecord } from "../audit/blocked_record.ts";
import type { Config } from "../config/config.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { compilePolicy } from "../policy/compile.ts";
import { policyCell, type PolicyDocument } from "../policy/policy.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import { listenFailure } from "./printed/listen_failure.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a proxy of the command line is given. */
export interface OpenOptions {
  readonly config: Config;
  readonly policy: PolicyDocument;
  readonly listen: SocketAddress;
  readonly record: (blocked: BlockedRecord) => void;
  readonly diagnose: (line: string) => void;
}

/** Starts a proxy. Null when it cannot listen, which has been explained on standard error then. */
export function openProxy(options: OpenOptions, here: Surroundings): RunningProxy | null {
  const { config, listen } = options;
  try {
    return here.startProxy({
      listen,
      policy: policyCell(compilePolicy(options.policy)),
      limits: config.limits,
      via: config.network.via,
      blockedCapacity: config.network.blocked_capacity,
      outside: {
        dial: here.dial,
        resolve: here.resolve,
        clock: here.clock,
        record: options.record,
      },
      diagnose: options.diagnose,
    });
  } catch (error) {
    const failure = listenFailure(error, listen);
    if (failure === null) throw error;
    failure.forEach((line) => here.terminal.err.line(...line));
    return null;
  }
}
