/** Records that wait, at most: seconds of a busy proxy. */
export const HELD_RECORDS_MAX = 8192;
/** Their characters: a client chooses some of what is in a record. */
export const HELD_CHARACTERS_MAX = 8 * 1024 * 1024;
/** In one request: it is encoded in one go, while nothing else runs. */
export const BATCH_RECORDS_MAX = 512;
/** A collector takes a few megabytes. */
export const BATCH_CHARACTERS_MAX = 1024 * 1024;

/** What a field costs beside its text: its name, and what surrounds both. */
const FIELD_CHARACTERS = 24;

/** Records that wait to be sent, in their order. It is bounded, in number and in size. */
export class RecordQueue<T extends object> {
  readonly #held: { readonly record: T; readonly characters: number }[] = [];
  #characters = 0;

  /** How many wait. */
  get length(): number {
    return this.#held.length;
  }

  /** Whether there is enough for a whole request. */
  get hasBatch(): boolean {
    return this.#held.length >= BATCH_RECORDS_MAX || this.#characters >= BATCH_CHARACTERS_MAX;
  }

  /** Takes a record, if there is room for it. */
  put(record: T): boolean {
    const characters = charactersOf(record);
    const isFull = this.#held.length >= HELD_RECORDS_MAX ||
      this.#characters + characters > HELD_CHARACTERS_MAX;
    if (isFull) return false;
    this.#held.push({ record, characters });
    this.#characters += characters;
    return true;
  }

  /** Takes the oldest out, as many as go into one request: one, where that alone is too large. */
  take(): readonly T[] {
    let count = 0;
    let characters = 0;
    for (const held of this.#held) {
      characters += held.characters;
      if (count === BATCH_RECORDS_MAX || (count > 0 && characters > BATCH_CHARACTERS_MAX)) break;
      count += 1;
    }
    const taken = this.#held.splice(0, count);
    for (const held of taken) this.#characters -= held.characters;
    return taken.map(({ record }) => record);
  }
}

function charactersOf(record: object): number {
  let characters = 0;
  for (const value of Object.values(record)) {
    characters += FIELD_CHARACTERS + (typeof value === "string" ? value.length : 0);
  }
  return characters;
}
