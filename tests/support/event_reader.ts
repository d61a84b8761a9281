import { type AdminAt, adminAuthority, wireToAdmin } from "./admin_calls.ts";
import { until } from "./in_time.ts";
import type { Wire } from "./wire.ts";

/** An event of the admin API, as it was sent. */
export interface SentEvent {
  readonly type: string;
  // deno-lint-ignore no-explicit-any -- tests read whatever an event holds
  readonly data: any;
}

/** Reads events from now on. Written apart from the code under test (HTML Living Standard, section 9.2.6). */
export class EventReader implements AsyncDisposable {
  readonly #wire: Wire;
  readonly #events: SentEvent[] = [];
  #read = 0;

  /** Resolves when nothing that happens is missed any more. */
  static async open(at: AdminAt, query = ""): Promise<EventReader> {
    const wire = await wireToAdmin(at);
    await wire.send(`GET /events${query} HTTP/1.1\r\nHost: ${adminAuthority(at)}\r\n\r\n`);
    await wire.readUntil("\r\n\r\n: doorward\n\n");
    return new EventReader(wire);
  }

  private constructor(wire: Wire) {
    this.#wire = wire;
    this.#read = wire.received.length;
  }

  /** All that came so far, in order. */
  get events(): readonly SentEvent[] {
    const { received } = this.#wire;
    const end = received.lastIndexOf("\n\n") + 2;
    if (end <= this.#read) return this.#events;
    const blocks = received.slice(this.#read, end).split("\n\n");
    this.#read = end;
    this.#events.push(...blocks.map(eventOf).filter((event) => event !== null));
    return this.#events;
  }

  /** Waits for the first event that is so. */
  async until(isSo: (event: SentEvent) => boolean, what: string): Promise<SentEvent> {
    await until(() => this.events.some(isSo), what);
    return this.events.find(isSo)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#wire[Symbol.asyncDispose]();
  }
}

function eventOf(block: string): SentEvent | null {
  const line = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
  const data = line("data");
  return data === undefined ? null : { type: line("event") ?? "message", data: JSON.parse(data) };
}
