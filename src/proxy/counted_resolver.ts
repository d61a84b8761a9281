import { ConnectError } from "../net/errors.ts";
import type { Resolver } from "../net/ports.ts";
import { type Limits, limitWords, type Reached } from "./limits.ts";
import { type PlacesUpTo, placesUpTo } from "./places_up_to.ts";

/**
 * Resolves as many names at once as there may be: whoever comes beyond that is told at once, and waits in no line.
 * Rejects with a `ConnectError` then.
 *
 * @param places where look-ups are counted: together with those of the other workers, where there are any
 */
export function countedResolver(
  resolve: Resolver,
  { dnsLookups, dnsAddresses }: Pick<Limits, "dnsLookups" | "dnsAddresses">,
  reached: Reached,
  places: PlacesUpTo = placesUpTo(dnsLookups),
): Resolver {
  return async (name, signal) => {
    if (!places.take()) {
      reached("dnsLookups");
      throw new ConnectError("too_many_lookups", `Cannot resolve "${name}"`, {
        detail: limitWords("dnsLookups"),
      });
    }
    try {
      const ips = await resolve(name, signal);
      // Those beyond are judged, and not tried.
      if (ips.length > dnsAddresses) reached("dnsAddresses");
      return ips;
    } finally {
      places.give();
    }
  };
}
