import type { LiveConfig } from "../config/live_config.ts";
import type { RequirementsSource } from "../config/requirements/load_requirements.ts";
import type { FileState } from "../config/file_state.ts";
import { watchConfig } from "../config/watch_config.ts";
import type { Clock } from "../net/ports.ts";

/** What hears of other requirements. */
export interface RequirementsEars {
  readonly live: Pick<LiveConfig, "reload">;
  /** Told, in one line, when a URL does not answer any more, and when it does again. */
  readonly tell: (line: string) => void;
}

/** The files that may say what is required. */
export function requirementsFiles({ systemFile, named }: RequirementsSource): readonly string[] {
  return typeof named === "string" ? [systemFile, named] : [systemFile];
}

/**
 * Reads the configuration again when what is required changes: in a file, or at a URL.
 *
 * @param seen what the files were before they were read
 */
export function followRequirements(
  source: RequirementsSource,
  { live, tell }: RequirementsEars,
  clock: Clock,
  seen: ReadonlyMap<string, FileState | null>,
): AsyncDisposable {
  const { named } = source;
  const over = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  const reload = async () => {
    last = live.reload("watch").catch(() => {
      // It was told, and is shown; the policy before stays in force.
    });
    await last;
  };
  const following = requirementsFiles(source).map((file) =>
    watchConfig(file, clock, over.signal, () => void reload(), { known: seen.get(file) })
  );
  if (named !== null && typeof named !== "string") {
    following.push(named.keepFresh({ changed: reload, tell }, over.signal));
  }
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      over.abort();
      await Promise.all(following);
      // Each waits for the one before: no file is read any more once this one is over.
      await last;
    },
  };
}
