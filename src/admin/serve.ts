import { UNATTRIBUTED } from "../audit/attribution.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import type { Clock } from "../net/ports.ts";
import { listenTcp } from "../net/tcp_listener.ts";
import { Deadlines } from "../net/time/deadlines.ts";
import { unlessAborted } from "../net/time/unless_aborted.ts";
import { acceptLoop } from "../proxy/accept.ts";
import { ClientConnection } from "../proxy/client_connection.ts";
import type { Entrance } from "../proxy/entrance.ts";
import { LiveConnections } from "../proxy/live.ts";
import { type Answering, serveCalls } from "./serve_calls.ts";

/** More callers at once are no people: descriptors are for the proxy's clients. */
const CONNECTIONS_MAX = 128;

/** Nothing that is asked for here is let through to anywhere: there are no records of it. */
const ENTRANCE: Entrance = { listener: "", attribution: UNATTRIBUTED, nextId: () => 0 };

/** A connection that has not said anything. */
const FIRST_MS = 10_000;

/** An admin API that listens. */
export interface AdminServer {
  /** Where it really listens. */
  readonly address: SocketAddress;
  /** Stops listening, and closes what is open. */
  close(): Promise<void>;
}

/** What serving takes. */
export interface ServeOptions {
  /** Answers a call; calls wait for it. */
  readonly answer: Promise<Answering>;
  readonly clock: Clock;
  /** Told of our own troubles, one line each. */
  readonly diagnose: (line: string) => void;
}

/** Listens for the admin API. Throws what `Deno.listen` throws. */
export function serveAdmin(at: SocketAddress, options: ServeOptions): AdminServer {
  const { answer, clock, diagnose } = options;
  const listener = listenTcp(at);
  const deadlines = new Deadlines(clock, (error) => diagnose(`Cannot end a wait: ${error}`));
  const live = new LiveConnections(() => clock.now(), () => {});
  const stopping = new AbortController();
  const accepting = acceptLoop({
    listener,
    clock,
    signal: stopping.signal,
    welcome: ({ stream, peer, local }) => {
      if (live.size >= CONNECTIONS_MAX) return stream.close();
      const common = { entrance: ENTRANCE, deadlines, idleMs: FIRST_MS };
      const client = new ClientConnection({ stream, peer, local, ...common });
      // There may never be an answer, where the proxy cannot start; the end waits for every client.
      const answering: Answering = async (request) =>
        (await unlessAborted(answer, client.signal))(request);
      live.serve(client, serveCalls(client, answering), diagnose);
    },
    diagnose,
  });
  return {
    address: listener.address,
    async close(): Promise<void> {
      stopping.abort();
      listener.close();
      await accepting;
      await live.drain(0, deadlines);
      deadlines.stop();
    },
  };
}
