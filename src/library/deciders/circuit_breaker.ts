import type { Clock } from "../../net/ports.ts";

/** Fewer may be chance. */
export const FAILURES_MAX = 5;
/** How long nobody is asked who fails: as long as a person does not mind, and a program recovers in. */
export const REST_MS = 10_000;

/** One time that somebody is asked. Only the first that is told of it counts. */
export interface Attempt {
  readonly succeeded: () => void;
  /** @param why the failure, as a clause */
  readonly failed: (why: string) => void;
  /** It came to nothing, and nobody is to blame. */
  readonly abandoned: () => void;
}

/** What a breaker takes. */
export interface BreakerPorts {
  readonly clock: Pick<Clock, "monotonic">;
  /** Told once when it opens, and once when it closes. */
  readonly tell: (line: string) => void;
}

/**
 * Keeps what fails from being asked again and again: it opens after {@linkcode FAILURES_MAX} failures in a row, and then
 * lets one attempt through every {@linkcode REST_MS}, until one succeeds.
 */
export class CircuitBreaker {
  readonly #ports: BreakerPorts;
  #failures = 0;
  /** When the next attempt may be made; null while it is closed. */
  #restsUntil: number | null = null;
  /** Whether that attempt is under way. */
  #isTrying = false;
  /** Attempts that began before it opened or closed say nothing of what is now. */
  #era = 0;

  constructor(ports: BreakerPorts) {
    this.#ports = ports;
  }

  /** Null where nobody is to be asked. */
  admit(): Attempt | null {
    if (this.#restsUntil !== null) {
      if (this.#isTrying || this.#ports.clock.monotonic() < this.#restsUntil) return null;
      this.#isTrying = true;
    }
    const era = this.#era;
    let isSettled = false;
    const once = (settle: () => void): void => {
      if (isSettled || era !== this.#era) return;
      isSettled = true;
      settle();
    };
    return {
      succeeded: () => once(() => this.#succeeded()),
      failed: (why) => once(() => this.#failed(why)),
      abandoned: () => once(() => this.#isTrying = false),
    };
  }

  #succeeded(): void {
    this.#failures = 0;
    if (this.#restsUntil === null) return;
    this.#restsUntil = null;
    this.#isTrying = false;
    this.#era += 1;
    this.#ports.tell("The decider answers again");
  }

  #failed(why: string): void {
    this.#failures += 1;
    if (this.#failures < FAILURES_MAX) return;
    if (this.#restsUntil === null) {
      this.#ports.tell(
        `The decider failed ${FAILURES_MAX} times in a row (${why}): what it would be asked is ` +
          `denied, and it is asked once every ${REST_MS / 1000} seconds until it answers`,
      );
    }
    this.#restsUntil = this.#ports.clock.monotonic() + REST_MS;
    this.#isTrying = false;
    this.#era += 1;
  }
}
