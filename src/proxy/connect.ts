import type { SocketAddress } from "../net/address/endpoint.ts";
import type { Clock, Dialer } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import type { Grant } from "./authorize.ts";

/** How long one address may keep the next from being tried too (RFC 8305 section 5). */
const NEXT_ADDRESS_MS = 250;

/** A connection, and the address it was made to. */
export interface Connected {
  readonly stream: ByteStream;
  readonly address: SocketAddress;
}

/**
 * Connects to the first address of a grant that answers; each further one is tried a little later, or as
 * soon as the one before has failed (RFC 8305). Rejects with the last failure. The only caller of a dialer.
 */
export async function connect(
  grant: Grant,
  dial: Dialer,
  clock: Clock,
  signal: AbortSignal,
): Promise<Connected> {
  const [only, second] = grant.addresses;
  if (only === undefined) throw new RangeError("Cannot connect: the grant names no address");
  if (second === undefined) return { stream: await dial(only, signal), address: only };
  return await race(grant.addresses, dial, clock, signal);
}

async function race(
  addresses: readonly SocketAddress[],
  dial: Dialer,
  clock: Clock,
  signal: AbortSignal,
): Promise<Connected> {
  const { promise, resolve, reject } = Promise.withResolvers<Connected>();
  const others = new AbortController();
  const stop = () => {
    reject(signal.reason);
    others.abort(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  let started = 0;
  let failed = 0;
  let won = false;

  const tryNext = () => {
    const address = addresses[started];
    if (address === undefined || others.signal.aborted) return;
    started += 1;
    const number = started;
    // Only the newest attempt calls for another, so that each has its head start.
    const goOn = () => {
      if (started === number) tryNext();
    };
    dial(address, others.signal).then((stream) => {
      if (won || others.signal.aborted) return stream.close();
      won = true;
      resolve({ stream, address });
      others.abort();
    }, (error) => {
      failed += 1;
      if (failed === addresses.length) reject(error);
      else goOn();
    });
    clock.wait(NEXT_ADDRESS_MS, others.signal).then(goOn, () => {
      // The race is over.
    });
  };

  tryNext();
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    others.abort();
  }
}
