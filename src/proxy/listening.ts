import type { SocketAddress } from "../net/address/endpoint.ts";
import { listenForSeveral, listenTcp, type TcpListener } from "../net/tcp_listener.ts";

/** A listener, and what is spoken there. */
export interface Listening {
  readonly listener: TcpListener;
  readonly speaks: "http" | "socks5" | "both";
}

/** Where a proxy listens. */
export interface ListenAt {
  /** For HTTP; port 0 takes a free one. */
  readonly listen: SocketAddress;
  /** For SOCKS5: there, beside HTTP on `listen` (the first byte decides), or nowhere. */
  readonly socks: SocketAddress | "shared" | null;
  /** Whether other isolates accept there, too. */
  readonly forSeveral?: boolean;
}

/**
 * The listener for HTTP, and the one for SOCKS5 if that has its own. Throws what `Deno.listen` throws, for the SOCKS5
 * listener as the cause of another error, and listens nowhere then.
 */
export function openListeners(
  { listen, socks, forSeveral = false }: ListenAt,
): readonly Listening[] {
  const open = forSeveral ? listenForSeveral : listenTcp;
  const first = open(listen);
  if (socks === null) return [{ listener: first, speaks: "http" }];
  if (socks === "shared") return [{ listener: first, speaks: "both" }];
  try {
    return [
      { listener: first, speaks: "http" },
      { listener: open(socks), speaks: "socks5" },
    ];
  } catch (cause) {
    first.close();
    throw new Error("Cannot listen for SOCKS5", { cause });
  }
}
