import { ConnectError } from "../net/errors.ts";
import type { Resolver } from "../net/ports.ts";
import { type Limits, limitWords, type Reached } from "./limits.ts";

/**
 * Resolves as many names at once as there may be: whoever comes beyond that is told at once, and waits in no line.
 * Rejects with a `ConnectError` then.
 */
export function countedResolver(
  resolve: Resolver,
  { dnsLookups, dnsAddresses }: Pick<Limits, "dnsLookups" | "dnsAddresses">,
  reached: Reached,
): Resolver {
  let pending = 0;
  return async (name, signal) => {
    if (pending >= dnsLookups) {
      reached("dnsLookups");
      throw new ConnectError("too_many_lookups", `Cannot resolve "${name}"`, {
        detail: limitWords("dnsLookups"),
      });
    }
    pending += 1;
    try {
      const ips = await resolve(name, signal);
      // Those beyond are judged, and not tried.
      if (ips.length > dnsAddresses) reached("dnsAddresses");
      return ips;
    } finally {
      pending -= 1;
    }
  };
}
