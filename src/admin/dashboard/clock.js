// @ts-check

/** The clock of the proxy, as far as it can be told: the page may be open on another machine. */
export class ProxyClock {
  #ahead = 0;

  /**
   * Told what time it is there.
   * @param {number} at Unix seconds
   */
  set(at) {
    const ahead = at - Date.now() / 1000;
    // Below this it is the way of the answer, and not the clock.
    this.#ahead = Math.abs(ahead) < 2 ? 0 : ahead;
  }

  /** Unix seconds there. */
  now() {
    return Date.now() / 1000 + this.#ahead;
  }
}
