import type { PlacesUpTo } from "../places_up_to.ts";
import { HELD_COUNT, type SharedMemory } from "./shared_memory.ts";

/**
 * So many places for all isolates together. There are never more taken: of two that take the last one at the same
 * moment, both may be refused.
 *
 * @param what of `HELD`
 */
export function sharedPlaces(
  memory: SharedMemory,
  row: number,
  what: number,
  max: number,
): PlacesUpTo {
  const { held } = memory;
  const own = row * HELD_COUNT + what;
  const give = () => void Atomics.sub(held, own, 1);
  return {
    take: () => {
      // Counted first: whoever takes at the same moment sees it.
      Atomics.add(held, own, 1);
      if (heldByAll(memory, what) <= max) return true;
      give();
      return false;
    },
    give,
  };
}

/** How many are taken, in all rows. */
export function heldByAll({ held, rows }: SharedMemory, what: number): number {
  let all = 0;
  // One that has died may have given back what was taken away already.
  for (let row = 0; row < rows; row++) {
    all += Math.max(0, Atomics.load(held, row * HELD_COUNT + what));
  }
  return all;
}
