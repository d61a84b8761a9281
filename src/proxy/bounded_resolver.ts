import { ConnectError } from "../net/errors.ts";
import type { Resolver } from "../net/ports.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import { within } from "../net/time/within.ts";

/**
 * Resolves within `ms`, and takes an empty answer for none. Rejects with a `ConnectError`.
 *
 * @param late told when the time was not enough
 */
export function boundedResolver(
  resolve: Resolver,
  deadlines: Deadlines,
  ms: number,
  late: () => void = () => {},
): Resolver {
  return async (name, signal) => {
    const ips = await within(
      deadlines,
      ms,
      signal,
      (signal) => resolve(name, signal),
      () => {
        late();
        return new ConnectError("dns_timeout", `Cannot resolve "${name}" in time`);
      },
    );
    if (ips.length === 0) throw new ConnectError("dns_failure", `Cannot resolve "${name}"`);
    return ips;
  };
}
