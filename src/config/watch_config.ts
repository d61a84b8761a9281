import type { Clock } from "../net/ports.ts";
import { type FileState, fileState, sameState } from "./file_state.ts";

/** How often a file is looked at. A change is told after two looks: a second at most. */
export const LOOK_MS = 500;

/** How a file is watched. */
export interface WatchOptions {
  /** What looks at the file; one that cannot be looked at counts as absent. */
  readonly stat?: (file: string) => Promise<FileState | null>;
  /** What it was before it was read: a change since is told. What it is at the call unless it is said. */
  readonly known?: FileState | null | undefined;
}

/** Looks at files before they are read. */
export async function lookAt(
  files: readonly string[],
): Promise<ReadonlyMap<string, FileState | null>> {
  const states = files.map(async (file) =>
    [file, await fileState(file).catch(() => null)] as const
  );
  return new Map(await Promise.all(states));
}

/**
 * Tells when a file changes, appears or vanishes, through links, until the signal ends it. A state is told once
 * two looks in a row have seen it: an editor that empties a file and then writes it is not caught half-way. Never
 * rejects.
 */
export async function watchConfig(
  file: string,
  clock: Clock,
  signal: AbortSignal,
  changed: () => void,
  { stat = fileState, known }: WatchOptions = {},
): Promise<void> {
  const look = (): Promise<FileState | null> => stat(file).catch(() => null);
  let told = known === undefined ? await look() : known;
  let seen = told;
  while (await isTime(clock, signal)) {
    const now = await look();
    const isSettled = sameState(now, seen);
    seen = now;
    if (!isSettled || sameState(now, told) || signal.aborted) continue;
    told = now;
    changed();
  }
}

/** Waits for the next look; false at the end. */
function isTime(clock: Clock, signal: AbortSignal): Promise<boolean> {
  return clock.wait(LOOK_MS, signal).then(() => true, () => false);
}
