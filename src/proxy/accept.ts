import type { Clock } from "../net/ports.ts";
import type { Accepted, TcpListener } from "../net/tcp_listener.ts";

/** How long to wait when the system cannot accept: descriptors come back when connections end. */
const BACK_OFF_MS = 50;

/** How long somebody who has more clients than others leaves the next one to them. */
const LEAVE_MS = 1;

/** While descriptors are short, clients come in one by one and failures in between: once a minute says enough. */
const QUIET_MS = 60_000;

/** What {@linkcode acceptLoop} needs. */
export interface AcceptOptions {
  readonly listener: TcpListener;
  readonly clock: Clock;
  /** Aborted once the listener is closed for good. */
  readonly signal: AbortSignal;
  /** Takes over a client. Never throws. */
  readonly welcome: (accepted: Accepted) => void;
  readonly diagnose: (line: string) => void;
  /** Whether others who accept there have fewer clients; nobody else does without it. */
  readonly isAhead?: (() => boolean) | undefined;
}

/**
 * Accepts clients until the listener is closed. A failure to accept (EMFILE) is waited out, and told once
 * until clients come in again, at most once a minute.
 */
export async function acceptLoop(options: AcceptOptions): Promise<void> {
  const { listener, clock, signal, isAhead } = options;
  let failing = false;
  let quietUntil = -Infinity;
  while (!signal.aborted) {
    try {
      if (isAhead?.()) await clock.wait(LEAVE_MS, signal);
      const accepted = await listener.accept();
      if (accepted === null) return;
      failing = false;
      options.welcome(accepted);
    } catch (error) {
      if (signal.aborted) return;
      if (!failing && clock.monotonic() >= quietUntil) {
        options.diagnose(`Cannot accept connections: ${error}`);
        quietUntil = clock.monotonic() + QUIET_MS;
      }
      failing = true;
      await clock.wait(BACK_OFF_MS, signal).catch(() => {
        // Closed while waiting: the loop ends by itself.
      });
    }
  }
}
