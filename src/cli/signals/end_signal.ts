import type { Clock } from "../../net/ports.ts";
import type { ListenSignals } from "./listen_signals.ts";

/** The wish that a server ends, as signals say it. */
export interface EndSignal extends Disposable {
  /** Resolves with the first signal. */
  readonly asked: Promise<Deno.Signal>;
  /** Resolves when somebody insists with a second one. */
  readonly insisted: Promise<void>;
}

/**
 * A second signal so soon after the first is the same key press: `deno task` hands Ctrl-C on to a child that
 * has it from the terminal already.
 */
const ECHO_MS = 500;

/**
 * Listens for the signals that end a server. SIGHUP is one of them only where `hangupEnds`: when nobody is left
 * to see the server. Else it asks for something else (see `reloadSignal`).
 */
export function endSignal(
  listen: ListenSignals,
  clock: Clock,
  hangupEnds: () => boolean = () => true,
): EndSignal {
  const asked = Promise.withResolvers<Deno.Signal>();
  const insisted = Promise.withResolvers<void>();
  let firstAt: number | null = null;
  const listening = listen(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => {
    if (signal === "SIGHUP" && !hangupEnds()) return;
    const now = clock.monotonic();
    if (firstAt === null) {
      firstAt = now;
      asked.resolve(signal);
    } else if (now - firstAt >= ECHO_MS) {
      insisted.resolve();
    }
  });
  return {
    asked: asked.promise,
    insisted: insisted.promise,
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
