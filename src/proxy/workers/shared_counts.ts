import type { Counts } from "../counts.ts";
import type { Limits } from "../limits.ts";
import { HELD, PORTS, type SharedMemory } from "./shared_memory.ts";
import { sharedPlaces } from "./shared_places.ts";
import { sharedPorts } from "./shared_ports.ts";
import { sharedRoom } from "./shared_room.ts";

/** What the isolate of that row counts together with the others. */
export function sharedCounts(memory: SharedMemory, row: number, limits: Limits): Counts {
  return {
    nextRequest: () => nextNumber(memory, REQUESTS),
    room: sharedRoom(memory, row, limits),
    lookups: sharedPlaces(memory, row, HELD.lookups, limits.dnsLookups),
    relayPorts: sharedPorts(memory, row, PORTS.relays, HELD.relays),
    addedPorts: sharedPorts(memory, row, PORTS.added, HELD.added),
  };
}

/** The number of the next connection, from 1. */
export function nextConnection(memory: SharedMemory): number {
  return nextNumber(memory, CONNECTIONS);
}

/** How many connections there ever were. */
export function connectionsSoFar({ numbers }: SharedMemory): number {
  return Number(Atomics.load(numbers, CONNECTIONS));
}

const REQUESTS = 0;
const CONNECTIONS = 1;

function nextNumber({ numbers }: SharedMemory, which: number): number {
  return Number(Atomics.add(numbers, which, 1n)) + 1;
}
