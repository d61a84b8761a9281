import type { Clock } from "../net/ports.ts";
import { type FileState, fileState, sameState } from "./file_state.ts";

/** How often a file is looked at. A change is told after two looks: a second at most. */
export const LOOK_MS = 500;

/**
 * Tells when a file changes, appears or vanishes, through links, until the signal ends it. A state is told once
 * two looks in a row have seen it: an editor that empties a file and then writes it is not caught half-way. What
 * it was at the call counts as known, so watch first and read then. Never rejects.
 *
 * @param stat what looks at the file; one that cannot be looked at counts as absent
 */
export async function watchConfig(
  file: string,
  clock: Clock,
  signal: AbortSignal,
  changed: () => void,
  stat: (file: string) => Promise<FileState | null> = fileState,
): Promise<void> {
  const look = (): Promise<FileState | null> => stat(file).catch(() => null);
  let told = await look();
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
