import type { Clock } from "../../net/ports.ts";
import type { Attempt } from "./attempt.ts";
import type { Trouble } from "./trouble.ts";

/** What {@linkcode exportMetrics} takes. */
export interface MetricsExport {
  /** Makes what there is by now ready to be sent. Never rejects. */
  readonly ready: () => Promise<Attempt>;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly trouble: Trouble;
}

/**
 * Sends metrics at intervals. What fails is not sent again: the next holds all of it. Returns what ends it, with one
 * last export.
 */
export function exportMetrics(
  { ready, intervalMs, clock, trouble }: MetricsExport,
): () => Promise<void> {
  const closing = new AbortController();
  const send = async () => {
    const sent = await (await ready())();
    if (sent.kind !== "taken") trouble.fails(sent.why);
    else if (sent.rejected > 0) trouble.fails("it does not take every metric");
    else trouble.works();
  };
  const wait = () =>
    clock.wait(intervalMs, closing.signal).catch(() => {
      // It ends.
    });
  const sending = (async () => {
    await wait();
    while (!closing.signal.aborted) {
      await send();
      await wait();
    }
  })();
  return async () => {
    closing.abort();
    await sending;
    await send();
  };
}
