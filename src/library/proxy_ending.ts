import type { RotatingFile } from "../audit/file/rotating_file.ts";
import type { RunningProxy } from "../proxy/proxy.ts";
import type { OpenDecider } from "./deciders/open_decider.ts";
import type { AdminListener } from "./open_admin_listener.ts";
import { closeAudit, type OpenAudit } from "./open_audit.ts";

/** How a proxy ends: once, whoever asks for it, and however often. */
export interface ProxyEnding {
  readonly over: Promise<void>;
  readonly shutdown: (graceMs: number) => Promise<void>;
}

/** What ends with a proxy. */
export interface ProxyEnds {
  readonly admin: Pick<AdminListener, "close"> | null;
  readonly decider: Pick<OpenDecider, "close"> | null;
  readonly audit: Pick<OpenAudit, "sinks">;
  readonly violations: Pick<RotatingFile, "close"> | null;
  readonly following: AsyncDisposable;
}

/** How to end what was started, the records of it last. */
export function proxyEnding(
  proxy: Pick<RunningProxy, "shutdown">,
  { admin, decider, audit, violations, following }: ProxyEnds,
): ProxyEnding {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let closing: Promise<void> | null = null;
  // The last that is deferred is the first to end. What fails keeps nothing else open.
  const ends = new AsyncDisposableStack();
  // The end of each connection is a record.
  ends.defer(() => closeAudit(audit));
  ends.defer(() => violations?.close());
  ends.defer(() => admin?.close());
  ends.defer(() => decider?.close());
  ends.use(following);
  const close = () => ends.disposeAsync().finally(resolve);
  return {
    over,
    async shutdown(graceMs): Promise<void> {
      // Asked again, it is for less patience.
      const closed = proxy.shutdown(graceMs);
      closing ??= closed.then(close);
      await closed;
      await closing;
    },
  };
}
