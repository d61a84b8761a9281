import type { Host } from "../net/address/host.ts";
import { ConnectError } from "../net/errors.ts";
import type { Dialer, Resolver } from "../net/ports.ts";
import type { ByteStream } from "../net/stream/stream.ts";

/** A name with more addresses is not tried to its end. */
const ADDRESSES_MAX = 16;

/**
 * Connects to a server that whoever runs Doorward has named: a proxy, a webhook. No policy is asked. Rejects with a
 * `ConnectError`, the last one of several.
 */
export async function dialHost(
  host: Host,
  port: number,
  { resolve, dial }: { readonly resolve: Resolver; readonly dial: Dialer },
  signal: AbortSignal,
): Promise<ByteStream> {
  const ips = host.kind === "ip" ? [host.ip] : await resolve(host.name, signal);
  let failure = new ConnectError("dns_failure", "Cannot connect: the name has no address");
  for (const ip of ips.slice(0, ADDRESSES_MAX)) {
    try {
      return await dial({ ip, port }, signal);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      failure = error;
    }
  }
  throw failure;
}
