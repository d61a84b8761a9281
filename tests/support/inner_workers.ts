import type { DoorOptions } from "../../src/proxy/make_doors.ts";
import { type Listening, openListeners } from "../../src/proxy/listening.ts";
import type { ListenAt } from "../../src/proxy/listening.ts";
import { workersOf } from "../../src/proxy/workers/crew.ts";
import type { FromWorker, ToWorker } from "../../src/proxy/workers/messages.ts";
import { serveWorker } from "../../src/proxy/workers/serve_worker.ts";
import type { Workers } from "../../src/proxy/workers/workers.ts";

/** What a worker that runs beside the test takes from it, where another would have its own. */
export type InnerWays = Pick<
  DoorOptions,
  "outside" | "upstream" | "upstreamProxies" | "interception"
>;

/** Whether worlds are to have a worker that takes every client, as long as nothing else is said. */
export const WORLDS_HAVE_WORKERS = Deno.env.get("DOORWARD_TEST_WORKERS") !== undefined;

/**
 * Workers in the isolate of the test, with its fakes. All that they and the main one say to each other is cloned, and
 * comes later, as between isolates.
 */
export function innerWorkers(count: number, { outside: out, ...ways }: InnerWays): Workers {
  const { clock } = out;
  // Nobody else takes a client: there is nobody to leave one to.
  const wait: typeof clock.wait = (ms, signal) =>
    ms <= 1 ? Promise.resolve() : clock.wait(ms, signal);
  const outside = {
    ...out,
    clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), wait },
  };
  return workersOf({
    count,
    setup: { upstream: { tunnels: null, plain: null, bypass: [] }, interception: null },
    start: (heard, failed) => {
      let isOver = false;
      const later = <T>(take: (message: T) => void) => (message: T) => {
        const cloned = structuredClone(message);
        queueMicrotask(() => {
          if (isOver) return;
          try {
            take(cloned);
          } catch (error) {
            failed(String(error));
          }
        });
      };
      const post = later<FromWorker>(heard);
      const { hear } = serveWorker({ outside, ways: () => Promise.resolve(ways), post });
      return {
        post: later<ToWorker>(hear),
        terminate: () => {
          isOver = true;
        },
      };
    },
  });
}

/** Listeners at which the main isolate takes nobody: every client is a worker's. */
export function leftToWorkers(at: ListenAt): readonly Listening[] {
  return openListeners({ ...at, forSeveral: true }).map(({ listener, speaks }) => {
    const closed = Promise.withResolvers<null>();
    return {
      speaks,
      listener: {
        address: listener.address,
        accept: () => closed.promise,
        close: () => {
          listener.close();
          closed.resolve(null);
        },
      },
    };
  });
}
