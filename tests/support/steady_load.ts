import type { DoorwardStart } from "./doorward_cli.ts";
import { wireToStart } from "./proxy_wire.ts";
import { statusOf, type Wire } from "./wire.ts";

/** What became of one request. */
export interface Outcome {
  /** `host:port` that was asked for. */
  readonly authority: string;
  readonly entrance: "http" | "connect";
  /** `blocked` is a 403 of Doorward's that names the reason; `cut` is a connection that ended before the answer. */
  readonly kind: "answered" | "blocked" | "cut" | "other";
  /** The reason of a block, or whatever else came. */
  readonly detail: string;
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Requests for one host, by one entrance, on a connection each or on one that is kept. */
export interface Stream {
  readonly authority: string;
  readonly entrance: Outcome["entrance"];
  /** Whether one connection carries them all, one after the other. */
  readonly kept: boolean;
}

/** What a load came to. */
export interface Load {
  readonly outcomes: readonly Outcome[];
  /** How often a kept connection was cut. */
  readonly cuts: number;
}

/**
 * Sends requests at a steady rate, the streams in turn, whether or not the ones before are answered, until the signal.
 * It takes real time: that is what a rate is.
 */
export async function steadyLoad(
  start: DoorwardStart,
  streams: readonly Stream[],
  perSecond: number,
  signal: AbortSignal,
): Promise<Load> {
  const outcomes: Promise<Outcome>[] = [];
  const kept = new Map(streams.filter(({ kept }) => kept).map((of) => [of, new Kept(start, of)]));
  const begun = performance.now();
  while (!signal.aborted) {
    const stream = streams[outcomes.length % streams.length]!;
    const outcome = kept.get(stream)?.ask() ?? once(start, stream);
    outcome.catch(() => {
      // Told at the end.
    });
    outcomes.push(outcome);
    const due = begun + outcomes.length * 1000 / perSecond;
    await pause(Math.max(0, due - performance.now()));
  }
  const all = await Promise.all(outcomes);
  const cuts = [...kept.values()].reduce((sum, { cuts }) => sum + cuts, 0);
  for (const one of kept.values()) await one[Symbol.asyncDispose]();
  return { outcomes: all, cuts };
}

/** One connection that is opened anew only when it was cut. */
class Kept implements AsyncDisposable {
  readonly #start: DoorwardStart;
  readonly #of: Stream;
  readonly #wires: Wire[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #open: Wire | null = null;

  constructor(start: DoorwardStart, of: Stream) {
    this.#start = start;
    this.#of = of;
  }

  get cuts(): number {
    return this.#wires.length - 1;
  }

  ask(): Promise<Outcome> {
    const next = this.#last.then(() => this.#ask());
    this.#last = next;
    return next;
  }

  async #ask(): Promise<Outcome> {
    if (this.#open === null || this.#open.ending !== null) {
      this.#open = await wireToStart(this.#start);
      this.#wires.push(this.#open);
    }
    return await outcomeOf(this.#open, this.#of);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const wire of this.#wires) await wire[Symbol.asyncDispose]();
  }
}

async function once(start: DoorwardStart, stream: Stream): Promise<Outcome> {
  await using wire = await wireToStart(start);
  return await outcomeOf(wire, stream);
}

async function outcomeOf(wire: Wire, { authority, entrance }: Stream): Promise<Outcome> {
  const from = Date.now();
  const { kind, detail } = await askedOf(wire, authority, entrance);
  return { authority, entrance, kind, detail, from, to: Date.now() };
}

async function askedOf(
  wire: Wire,
  authority: string,
  entrance: Outcome["entrance"],
): Promise<Pick<Outcome, "kind" | "detail">> {
  try {
    if (entrance === "connect") {
      await wire.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
      const head = await wire.readHead();
      if (!head.startsWith("HTTP/1.1 200 ")) {
        const [, length] = /^content-length: (\d+)/im.exec(head) ?? [];
        return refusal(head, await wire.readExactly(Number(length ?? 0)));
      }
    }
    const path = entrance === "connect" ? "/" : `http://${authority}/`;
    await wire.send(`GET ${path} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    const message = await wire.readMessage();
    if (statusOf(message) === 200) return { kind: "answered", detail: message.body };
    return refusal(message.start, message.body);
  } catch (error) {
    if (wire.ending !== null) return { kind: "cut", detail: wire.ending };
    return { kind: "other", detail: String(error) };
  }
}

function refusal(start: string, body: string): Pick<Outcome, "kind" | "detail"> {
  const [, reason] = /"reason":"(\w+)"/.exec(body) ?? [];
  if (start.startsWith("HTTP/1.1 403 ") && reason !== undefined) {
    return { kind: "blocked", detail: reason };
  }
  return { kind: "other", detail: `${start}\n${body}` };
}

function pause(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms);
  return promise;
}
