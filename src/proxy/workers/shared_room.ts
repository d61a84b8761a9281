import type { ClientKey } from "../client_counts.ts";
import type { Room } from "../counts.ts";
import type { Limits } from "../limits.ts";
import { CELLS, HELD, HELD_COUNT, PARTS, type SharedMemory } from "./shared_memory.ts";
import { sharedPlaces } from "./shared_places.ts";

/**
 * Room for the connections of all isolates together. A client is counted in one cell of each part, by a hash of who it
 * is. A cell that it shares with others says too much and never too little: so nobody holds more than there may be, and
 * refused is one too many only where others share each of its cells.
 */
export function sharedRoom(
  memory: SharedMemory,
  row: number,
  { connections, connectionsPerClient }: Limits,
): Room {
  const places = sharedPlaces(memory, row, HELD.connections, connections);
  const { clients } = memory;
  const base = row * PARTS * CELLS;
  const leave = (cells: readonly number[]) => {
    for (const cell of cells) Atomics.sub(clients, base + cell, 1);
  };
  return {
    take: (client) => {
      if (!places.take()) return "connections";
      const cells = cellsOf(client, memory.seeds);
      // Counted first: whoever takes at the same moment sees it.
      for (const cell of cells) Atomics.add(clients, base + cell, 1);
      if (cells.some((cell) => heldIn(memory, cell) <= connectionsPerClient)) return null;
      leave(cells);
      places.give();
      return "connectionsPerClient";
    },
    give: (client) => {
      leave(cellsOf(client, memory.seeds));
      places.give();
    },
    isAhead: () => connectionsOf(memory, row) > fewest(memory) * AHEAD + AHEAD_AT_LEAST,
  };
}

/** Whoever wakes first takes a client; by so much more than the others nobody needs to have. */
const AHEAD = 1.125;
const AHEAD_AT_LEAST = 1;

/** What the isolate holds that holds the fewest, of those that accept. */
function fewest(memory: SharedMemory): number {
  let fewest = Infinity;
  for (let row = 0; row < memory.rows; row++) {
    const accepts = Atomics.load(memory.held, row * HELD_COUNT + HELD.accepting) > 0;
    if (accepts) fewest = Math.min(fewest, connectionsOf(memory, row));
  }
  return fewest;
}

function connectionsOf({ held }: SharedMemory, row: number): number {
  return Math.max(0, Atomics.load(held, row * HELD_COUNT + HELD.connections));
}

function heldIn({ clients, rows }: SharedMemory, cell: number): number {
  let all = 0;
  for (let row = 0; row < rows; row++) {
    all += Math.max(0, Atomics.load(clients, row * PARTS * CELLS + cell));
  }
  return all;
}

/** One cell in each part. */
function cellsOf(client: ClientKey, seeds: readonly number[]): readonly number[] {
  const text = typeof client === "object" ? client.listener : `${typeof client} ${client}`;
  return seeds.map((seed, part) => part * CELLS + hash(text, seed) % CELLS);
}

/** FNV-1a from a seed, mixed at the end as MurmurHash3 does. */
function hash(text: string, seed: number): number {
  let state = seed;
  for (let at = 0; at < text.length; at++) {
    state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
