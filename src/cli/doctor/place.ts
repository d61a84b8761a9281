import { clientAddress } from "../../net/address/client_address.ts";
import type { SocketAddress } from "../../net/address/endpoint.ts";
import type { Dialer } from "../../net/ports.ts";
import type { ByteStream } from "../../net/stream/stream.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import type { Json } from "../admin/reply_fields.ts";

/** What is at an address of this machine. */
export type Place =
  /** Nobody listens there, and we may. */
  | { readonly kind: "free" }
  /** The system chooses the port when Doorward starts. */
  | { readonly kind: "any" }
  /** Nobody can listen there: what the system threw. */
  | { readonly kind: "unusable"; readonly error: unknown }
  | { readonly kind: "taken"; readonly by: Occupant };

/** Who listens, as far as it says. */
export type Occupant =
  | { readonly kind: "doorward" }
  /** The admin API of a Doorward, and what `/health` says there. */
  | { readonly kind: "admin"; readonly health: Json }
  /** Some server of SOCKS5: what it says does not tell whose. */
  | { readonly kind: "socks5" }
  /** `what` is a sentence without a period. */
  | { readonly kind: "other"; readonly what: string }
  | { readonly kind: "silent" };

/** A question by which a listener of Doorward's is told from others. It leaves no trace in records. */
export type AskOccupant = (stream: ByteStream, address: SocketAddress) => Promise<Occupant>;

/** What a place is found out with. */
export interface PlaceParts {
  readonly dial: Dialer;
  /** Listens, and stops at once. Null when that worked, else what the system threw. */
  readonly tryListen: (at: SocketAddress) => unknown;
}

/**
 * Finds out what is at an address. It is dialled only when the system says that it is in use: then it is this
 * machine's own, and nothing leaves.
 *
 * @param signal what has not answered when it is aborted is silent
 */
export async function placeAt(
  address: SocketAddress,
  ask: AskOccupant,
  { dial, tryListen }: PlaceParts,
  signal: AbortSignal,
): Promise<Place> {
  if (address.port === 0) return { kind: "any" };
  const error = tryListen(address);
  if (error === null) return { kind: "free" };
  if (!(error instanceof Deno.errors.AddrInUse)) return { kind: "unusable", error };
  return { kind: "taken", by: await occupantOf(clientAddress(address), ask, dial, signal) };
}

async function occupantOf(
  address: SocketAddress,
  ask: AskOccupant,
  dial: Dialer,
  signal: AbortSignal,
): Promise<Occupant> {
  let stream: ByteStream | null = null;
  try {
    stream = await dial(address, signal);
    return await unlessAborted(ask(stream, address), signal);
  } catch {
    if (signal.aborted) return { kind: "silent" };
    // Whatever it answered, it was not ours: why that cannot be understood helps nobody.
    return { kind: "other", what: "what answers there is not Doorward" };
  } finally {
    stream?.close();
  }
}
