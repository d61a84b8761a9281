import { Places } from "./places.ts";

/** A zone in which somebody is, or waits to be. */
interface Zone {
  readonly places: Places;
  people: number;
}

/**
 * A fixed number of places for the names of each zone: what hangs in one zone takes nothing from another. A
 * zone is what the last two labels say, which is close enough: whoever runs the servers of one name below
 * them mostly runs those of the others.
 */
export class ZonePlaces {
  readonly #count: number;
  readonly #zones = new Map<string, Zone>();

  /** @param count how many there are in each zone */
  constructor(count: number) {
    this.#count = count;
  }

  /** How many zones are in use. */
  get size(): number {
    return this.#zones.size;
  }

  /**
   * Takes a place in the zone of `name`, as soon as there is one. Resolves to how to give it back. Rejects with
   * the signal's reason when that comes first.
   */
  async take(name: string, signal: AbortSignal): Promise<() => void> {
    const key = name.split(".").slice(-2).join(".");
    const zone = this.#zones.get(key) ?? { places: new Places(this.#count), people: 0 };
    this.#zones.set(key, zone);
    zone.people += 1;
    const leave = () => {
      zone.people -= 1;
      if (zone.people === 0) this.#zones.delete(key);
    };
    try {
      await zone.places.take(signal);
    } catch (error) {
      leave();
      throw error;
    }
    return () => {
      zone.places.give();
      leave();
    };
  }
}
