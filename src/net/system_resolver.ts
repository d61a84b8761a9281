import { lookup } from "node:dns/promises";
import { ConnectError } from "./errors.ts";
import { type IpAddress, LOOPBACK_IPV4, LOOPBACK_IPV6, parseIp } from "./address/ip.ts";
import { Places } from "./places.ts";
import type { Resolver } from "./ports.ts";
import { ZonePlaces } from "./zone_places.ts";
import { unlessAborted } from "./time/unless_aborted.ts";

/**
 * Look-ups under way at once. Each holds a thread of the runtime's pool until the system gives up, even after
 * nobody waits for it any more. Deno has 32 of them (on Windows four a processor), for files and all that is
 * printed as well: half of them are left to those, however many names have a silent server.
 */
const LOOKUPS_AT_ONCE = 16;

/** Of those, for the names of one zone: one whose servers are silent leaves half to the others. */
const LOOKUPS_IN_A_ZONE = 8;

const LOOPBACK: readonly IpAddress[] = [LOOPBACK_IPV4, LOOPBACK_IPV6];

/** What the system says of a name. */
type Answer = readonly { readonly address: string }[];

/** A look-up that is under way. */
interface LookUp {
  readonly answer: Promise<Answer>;
}

/**
 * Resolves as the system does (`getaddrinfo`: hosts file, DNS, whatever is configured). Names under
 * `localhost` never leave the machine: they are loopback by definition (RFC 6761 section 6.3).
 *
 * Who asks for a name that is being looked up gets the same answer: a name whose server is silent holds one
 * place, however many ask for it.
 */
export function systemResolver(ask: (name: string) => Promise<Answer> = getaddrinfo): Resolver {
  const places = new Places(LOOKUPS_AT_ONCE);
  const zones = new ZonePlaces(LOOKUPS_IN_A_ZONE);
  const underWay = new Map<string, LookUp>();
  const lookUp = async (name: string, give: () => void): Promise<Answer> => {
    try {
      // Asked a moment later: whatever happens then, it is under way before it is over.
      return await Promise.resolve(name).then(ask);
    } finally {
      underWay.delete(name);
      give();
    }
  };
  /** Waits in the line of the zone first, so that nobody holds a place of all while waiting there. */
  const take = async (name: string, signal: AbortSignal): Promise<() => void> => {
    const giveInZone = await zones.take(name, signal);
    try {
      await places.take(signal);
    } catch (error) {
      giveInZone();
      throw error;
    }
    return () => {
      places.give();
      giveInZone();
    };
  };
  const begin = async (name: string, signal: AbortSignal): Promise<LookUp> => {
    const give = await take(name, signal);
    const begun = underWay.get(name);
    if (begun !== undefined) {
      // Somebody else has begun while we waited.
      give();
      return begun;
    }
    const ours = { answer: lookUp(name, give) };
    underWay.set(name, ours);
    return ours;
  };
  return async (name, signal) => {
    signal.throwIfAborted();
    if (name === "localhost" || name.endsWith(".localhost")) return LOOPBACK;
    const { answer } = underWay.get(name) ?? await begin(name, signal);
    return addresses(name, await unlessAborted(answer.catch((error: Error) => error), signal));
  };
}

function getaddrinfo(name: string): Promise<Answer> {
  return lookup(name, { all: true, verbatim: true });
}

function addresses(name: string, answer: Answer | Error): IpAddress[] {
  if (answer instanceof Error) {
    throw new ConnectError("dns_failure", `Cannot resolve "${name}"`, { cause: answer });
  }
  const found: IpAddress[] = [];
  for (const { address } of answer) {
    // A zone (fe80::1%eth0) makes an address that policy cannot judge: it is left out.
    const ip = parseIp(address);
    if (ip !== null) found.push(ip);
  }
  if (found.length === 0) throw new ConnectError("dns_failure", `Cannot resolve "${name}"`);
  return found;
}
