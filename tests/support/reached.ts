import type { World } from "./world.ts";

/** The limits that were reached in a world, by their keys, and how often. */
export function reachedOf({ proxy }: Pick<World, "proxy">): Record<string, number> {
  const reached = proxy.limits.counts.filter(({ count }) => count > 0);
  return Object.fromEntries(reached.map(({ limit, count }) => [limit, count]));
}
