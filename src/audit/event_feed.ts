import type { ProxyEvent } from "./event.ts";

/** An event, its place in the order of events, and when it happened. */
export interface FedEvent {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Unix seconds, with milliseconds. */
  readonly at: number;
  readonly event: ProxyEvent;
}

/** What a reader gets in one go. */
export interface Batch {
  readonly events: readonly FedEvent[];
  /** How many it has missed before these, because it was too slow. */
  readonly dropped: number;
}

/** Events in one go, at most: between two of them a reader can be told to stop. */
const BATCH_MAX = 256;

/**
 * The newest events, and their readers. A reader holds no events of its own but a place among those that are kept:
 * one that is slow misses some, and learns how many. So it costs nothing to publish, and nothing to be slow.
 */
export class EventFeed {
  readonly #now: () => number;
  readonly #kept: FedEvent[] = [];
  readonly #capacity: number;
  readonly #readers = new Set<EventReader>();
  readonly #readersMax: number;
  #seq = 0;
  #dropped = 0;

  /**
   * @param now Unix milliseconds
   * @param capacity how many events are kept
   * @param readersMax how many may read at once
   */
  constructor(now: () => number, capacity: number, readersMax: number) {
    this.#now = now;
    this.#capacity = capacity;
    this.#readersMax = readersMax;
  }

  /** How many events there ever were: the number of the newest. */
  get seq(): number {
    return this.#seq;
  }

  /** How many are reading. */
  get readers(): number {
    return this.#readers.size;
  }

  /** How many events readers have missed, all together. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds an event. Returns at once. */
  publish(event: ProxyEvent): void {
    this.#seq += 1;
    // Where the one before it in the ring stands: the oldest gives way.
    this.#kept[(this.#seq - 1) % this.#capacity] = {
      seq: this.#seq,
      at: this.#now() / 1000,
      event,
    };
    for (const reader of this.#readers) reader.stir();
  }

  /** A reader of what comes after `seq`; null when there are too many. */
  read(seq: number = this.#seq): EventReader | null {
    if (this.#readers.size >= this.#readersMax) return null;
    // A number from another process's feed would wait for events of the far future.
    const reader = new EventReader(Math.min(seq, this.#seq), {
      take: (from) => this.#take(from),
      leave: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }

  /** Ends every reader. */
  close(): void {
    for (const reader of [...this.#readers]) reader.close();
  }

  #take(from: number): Batch & { readonly next: number } {
    const oldest = Math.max(0, this.#seq - this.#capacity);
    const start = Math.max(from, oldest);
    const dropped = start - from;
    this.#dropped += dropped;
    const end = Math.min(this.#seq, start + BATCH_MAX);
    const events: FedEvent[] = [];
    for (let seq = start; seq < end; seq++) events.push(this.#kept[seq % this.#capacity]!);
    return { events, dropped, next: end };
  }
}

interface Source {
  readonly take: (from: number) => Batch & { readonly next: number };
  readonly leave: () => void;
}

/** Somebody who reads events, at whatever pace. */
export class EventReader {
  readonly #source: Source;
  #at: number;
  #closed = false;
  #news = Promise.withResolvers<void>();
  /** The call that waits. */
  #next: Promise<Batch | null> | null = null;

  constructor(at: number, source: Source) {
    this.#at = at;
    this.#source = source;
  }

  /** The next events, as soon as there are any; null once it is closed. A call while one waits gets what that gets. */
  next(): Promise<Batch | null> {
    return this.#next ??= this.#take().finally(() => {
      this.#next = null;
    });
  }

  async #take(): Promise<Batch | null> {
    while (!this.#closed) {
      const { events, dropped, next } = this.#source.take(this.#at);
      this.#at = next;
      if (events.length > 0) return { events, dropped };
      this.#news = Promise.withResolvers();
      await this.#news.promise;
    }
    return null;
  }

  /** Tells that there is something new. */
  stir(): void {
    this.#news.resolve();
  }

  /** Ends it. Safe to call twice. */
  close(): void {
    this.#closed = true;
    this.#source.leave();
    this.#news.resolve();
  }
}
