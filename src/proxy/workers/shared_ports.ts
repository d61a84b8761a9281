import type { PortSet } from "../port_set.ts";
import { HELD_COUNT, PORT_WORDS, PORTS_COUNT, type SharedMemory } from "./shared_memory.ts";
import { heldByAll } from "./shared_places.ts";

/**
 * The ports of all isolates together; each adds and takes away its own.
 *
 * @param which of `PORTS`
 * @param count of `HELD`
 */
export function sharedPorts(
  memory: SharedMemory,
  row: number,
  which: number,
  count: number,
): PortSet {
  const { ports, held, rows } = memory;
  const wordOf = (row: number, port: number) =>
    (row * PORTS_COUNT + which) * PORT_WORDS + (port >>> 5);
  const bitOf = (port: number) => 1 << (port & 31);
  const counted = row * HELD_COUNT + count;
  return {
    has: (port) => {
      for (let each = 0; each < rows; each++) {
        if ((Atomics.load(ports, wordOf(each, port)) & bitOf(port)) !== 0) return true;
      }
      return false;
    },
    add: (port) => {
      const before = Atomics.or(ports, wordOf(row, port), bitOf(port));
      if ((before & bitOf(port)) === 0) Atomics.add(held, counted, 1);
    },
    delete: (port) => {
      const before = Atomics.and(ports, wordOf(row, port), ~bitOf(port));
      if ((before & bitOf(port)) !== 0) Atomics.sub(held, counted, 1);
    },
    get size(): number {
      return heldByAll(memory, count);
    },
  };
}
