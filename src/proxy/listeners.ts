import type { Attribution } from "../audit/attribution.ts";
import { formatSocketAddress, type SocketAddress } from "../net/address/endpoint.ts";
import type { Clock } from "../net/ports.ts";
import { type Accepted, listenTcp, type TcpListener } from "../net/tcp_listener.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import { encodeMethodSelection, METHOD } from "../socks/messages.ts";
import { acceptLoop } from "./accept.ts";
import { ClientConnection } from "./client_connection.ts";
import type { Entrance } from "./entrance.ts";
import type { HttpDoor } from "./http/http_door.ts";
import { clientKey } from "./client_counts.ts";
import type { Counts } from "./counts.ts";
import type { Limits, Reached } from "./limits.ts";
import type { LiveConnections } from "./live.ts";
import type { Listening } from "./listening.ts";
import { noRoomReply } from "./reply.ts";
import { type Doors, serveClient } from "./serve_client.ts";
import type { SocksDoor } from "./socks/socks_door.ts";

/** A listener that came later. Disposing of it closes what came in there. */
export interface AddedListener extends AsyncDisposable {
  /** Where it really listens. */
  readonly address: SocketAddress;
}

/** What {@linkcode Listeners} are made of. */
export interface ListenersParts {
  readonly http: HttpDoor;
  readonly socks: SocksDoor;
  readonly live: LiveConnections;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly counts: Pick<Counts, "nextRequest" | "room" | "addedPorts">;
  readonly reached: Reached;
  readonly diagnose: (line: string) => void;
}

/** One that accepts. */
interface Accepting {
  readonly listener: TcpListener;
  readonly entrance: Entrance;
  readonly over: Promise<void>;
}

/** The listeners of a proxy: whoever comes in by one is known by its entrance. */
export class Listeners {
  readonly #parts: ListenersParts;
  readonly #accepting = new Set<Accepting>();
  readonly #closing = new AbortController();

  constructor(parts: ListenersParts) {
    this.#parts = parts;
  }

  /** Whether clients are still taken. */
  get isOpen(): boolean {
    return !this.#closing.signal.aborted;
  }

  /**
   * Begins to accept.
   *
   * @param isAhead whether others who accept there have fewer clients; absent where nobody else does
   */
  accept(
    { listener, speaks }: Listening,
    attribution: Attribution,
    isAhead?: () => boolean,
  ): Accepting {
    const { clock, counts, diagnose } = this.#parts;
    const entrance: Entrance = {
      listener: formatSocketAddress(listener.address),
      attribution,
      nextId: counts.nextRequest,
    };
    const welcome = (client: Accepted) => this.#welcome(client, speaks, entrance);
    const { signal } = this.#closing;
    const over = acceptLoop({ listener, clock, signal, welcome, diagnose, isAhead });
    const accepting = { listener, entrance, over };
    this.#accepting.add(accepting);
    return accepting;
  }

  /** Listens on one more free port of `ip`. Throws what `Deno.listen` throws, and once they are closed. */
  add(
    ip: SocketAddress["ip"],
    speaks: Listening["speaks"],
    attribution: Attribution,
  ): AddedListener {
    if (!this.isOpen) throw new Error("Cannot listen: the proxy is shut down");
    const listener = listenTcp({ ip, port: 0 });
    const { address } = listener;
    const { counts: { addedPorts }, live } = this.#parts;
    addedPorts.add(address.port);
    const added = this.accept({ listener, speaks }, attribution);
    let isAdded = true;
    const close = async () => {
      // In one go: the next one that is added may get the same port.
      if (isAdded) addedPorts.delete(address.port);
      isAdded = false;
      listener.close();
      await added.over;
      await live.closeThoseOf(added.entrance);
      this.#accepting.delete(added);
    };
    return { address, [Symbol.asyncDispose]: close };
  }

  /** Closes them all, and waits for those that were just accepted. Safe to call twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { listener } of this.#accepting) listener.close();
    await Promise.all([...this.#accepting].map(({ over }) => over));
  }

  #welcome(
    { stream, peer, local }: Accepted,
    speaks: Listening["speaks"],
    entrance: Entrance,
  ): void {
    const { http, socks, live, limits, deadlines, counts: { room }, reached, diagnose } =
      this.#parts;
    const key = clientKey(peer.ip, entrance);
    const full = room.take(key);
    if (full !== null) {
      reached(full);
      return turnAway(stream, speaks, full === "connections" ? TOO_MANY : TOO_MANY_OF_ONE);
    }
    const doors: Doors = speaks === "http"
      ? { http, socks: null }
      : { http: speaks === "both" ? http : null, socks };
    const { idleMs } = limits;
    const common = { entrance, deadlines, idleMs, reached, readers: http.pool.readers };
    const client = new ClientConnection({ stream, peer, local, ...common });
    const session = serveClient(client, doors).finally(() => room.give(key));
    live.serve(client, session, diagnose);
  }
}

const TOO_MANY = noRoomReply(503, "Too Many Connections", "connections");
const TOO_MANY_OF_ONE = noRoomReply(
  429,
  "Too Many Connections Of One Client",
  "connectionsPerClient",
);
/** SOCKS5 has no better word for it. */
const NO_METHOD = encodeMethodSelection(METHOD.unacceptable);

/** Says that there is no room, if that fits into the socket at once, and closes. */
function turnAway(
  stream: Accepted["stream"],
  speaks: Listening["speaks"],
  answer: Uint8Array<ArrayBuffer>,
): void {
  const bytes = speaks === "socks5" ? NO_METHOD : answer;
  stream.write(bytes).catch(() => {
    // It is gone: nothing to say.
  }).finally(() => stream.close());
}
