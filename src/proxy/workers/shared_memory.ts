/**
 * Memory that the isolates of a proxy count in. Each writes in a row of its own, and reads all: what one has counted
 * that died can be taken away, and is nobody else's.
 */
export interface SharedMemory {
  /** The main isolate's, and one for each worker. */
  readonly rows: number;
  /** The number of the last request, and that of the last connection. */
  readonly numbers: BigInt64Array<SharedArrayBuffer>;
  /** How many messages with notes the main isolate has written down, by row. */
  readonly heard: Int32Array<SharedArrayBuffer>;
  /** What is held now, by row and {@linkcode HELD}. */
  readonly held: Int32Array<SharedArrayBuffer>;
  /** Connections of clients, by row and cell: see `sharedRoom`. */
  readonly clients: Int32Array<SharedArrayBuffer>;
  /** Ports that are in use, a bit each, by row and {@linkcode PORTS}. */
  readonly ports: Int32Array<SharedArrayBuffer>;
  /** Nobody outside can tell which clients share a cell. */
  readonly seeds: readonly number[];
}

/** What is held, by its place in a row of {@linkcode SharedMemory.held}. */
export const HELD = { connections: 0, lookups: 1, relays: 2, added: 3, accepting: 4 } as const;
/** The length of such a row. */
export const HELD_COUNT = 5;

/** Which ports, by their place in a row of {@linkcode SharedMemory.ports}. */
export const PORTS = { relays: 0, added: 1 } as const;
/** How many kinds there are. */
export const PORTS_COUNT = 2;

/** Words of 32 bits for all ports that there are. */
export const PORT_WORDS = 65_536 / 32;

/** Cells that a client is counted in, one in each part: it has what the emptiest of them says, at most. */
export const PARTS = 4;
/** Clients at once are some thousands: two of them rarely share a cell, and next to never one in each part. */
export const CELLS = 8192;

/** Memory for the main isolate and `workers` others. */
export function shareMemory(workers: number): SharedMemory {
  const rows = workers + 1;
  return {
    rows,
    numbers: new BigInt64Array(new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)),
    heard: words(rows),
    held: words(rows * HELD_COUNT),
    clients: words(rows * PARTS * CELLS),
    ports: words(rows * PORTS_COUNT * PORT_WORDS),
    seeds: [...crypto.getRandomValues(new Uint32Array(PARTS))],
  };
}

/** Takes away what one has counted that is over. */
export function clearRow({ held, clients, ports }: SharedMemory, row: number): void {
  clear(held, row * HELD_COUNT, HELD_COUNT);
  clear(clients, row * PARTS * CELLS, PARTS * CELLS);
  clear(ports, row * PORTS_COUNT * PORT_WORDS, PORTS_COUNT * PORT_WORDS);
}

/** Says whether the isolate of that row accepts. */
export function setAccepting({ held }: SharedMemory, row: number, accepts: boolean): void {
  Atomics.store(held, row * HELD_COUNT + HELD.accepting, accepts ? 1 : 0);
}

/** Notes that one more message of that worker is written down. */
export function countHeard({ heard }: SharedMemory, row: number): void {
  Atomics.add(heard, row, 1);
  Atomics.notify(heard, row);
}

/** Stops this isolate until so many are, from now on counted. Only for a worker: the main isolate must not stop. */
export function awaitHeard({ heard }: SharedMemory, row: number): (count: number) => void {
  const before = Atomics.load(heard, row);
  return (count) => {
    for (let now = before; ((now = Atomics.load(heard, row)) - before | 0) < count;) {
      Atomics.wait(heard, row, now);
    }
  };
}

function clear(words: Int32Array<SharedArrayBuffer>, from: number, count: number): void {
  for (let at = from; at < from + count; at++) Atomics.store(words, at, 0);
}

function words(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}
