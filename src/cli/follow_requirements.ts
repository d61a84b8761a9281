import type { LiveConfig } from "../config/live_config.ts";
import type { RequirementsSource } from "../config/requirements/load_requirements.ts";
import { watchConfig } from "../config/watch_config.ts";
import type { Clock } from "../net/ports.ts";

/** What hears of other requirements. */
export interface RequirementsEars {
  readonly live: Pick<LiveConfig, "reload">;
  /** Told, in one line, when a URL does not answer any more, and when it does again. */
  readonly tell: (line: string) => void;
}

/** Reads the configuration again when what is required changes: in a file, or at a URL. */
export function followRequirements(
  { systemFile, named }: RequirementsSource,
  { live, tell }: RequirementsEars,
  clock: Clock,
): AsyncDisposable {
  const over = new AbortController();
  const reload = async () => {
    await live.reload("watch").catch(() => {
      // It was told, and is shown; the policy before stays in force.
    });
  };
  const watch = (file: string) => watchConfig(file, clock, over.signal, () => void reload());
  const following = [
    watch(systemFile),
    named === null
      ? null
      : typeof named === "string"
      ? watch(named)
      : named.keepFresh({ changed: reload, tell }, over.signal),
  ];
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      over.abort();
      await Promise.all(following);
    },
  };
}
