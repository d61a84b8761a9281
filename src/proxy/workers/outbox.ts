import type { FromWorker, Note } from "./messages.ts";

/**
 * Notes that wait to be sent, at most: some megabytes. A main isolate that is behind by so many holds its workers up, as
 * it does its own clients.
 */
export const NOTES_MAX = 10_000;

/** What an {@linkcode Outbox} is made of. */
export interface OutboxParts {
  readonly post: (message: FromWorker) => void;
  /** Calls back soon: what is noted until then goes together. */
  readonly soon: (send: () => void) => void;
  /** Returns when so many messages with notes are written down, and not before. */
  readonly catchUp: (sent: number) => void;
}

/**
 * What a worker says, in its order. Notes go together, and wait for those before them to be written down: so many small
 * ones cost little, and a main isolate that is busy is sent few and long messages.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  #notes: Note[] = [];
  #isUnderWay = false;
  #isDue = false;
  /** Messages with notes, so far. */
  #sent = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Adds a note. Returns at once. */
  note(note: Note): void {
    this.#notes.push(note);
    if (this.#notes.length >= NOTES_MAX) {
      this.#flush();
      this.#parts.catchUp(this.#sent);
    }
    if (this.#isUnderWay || this.#isDue) return;
    this.#isDue = true;
    this.#parts.soon(() => {
      this.#isDue = false;
      if (!this.#isUnderWay) this.#flush();
    });
  }

  /** The notes that were sent last are written down. */
  heard(): void {
    this.#isUnderWay = false;
    this.#flush();
  }

  /** Says something that is waited for, behind all notes so far. */
  send(message: FromWorker): void {
    this.#flush();
    this.#parts.post(message);
  }

  #flush(): void {
    if (this.#notes.length === 0) return;
    const notes = this.#notes;
    this.#notes = [];
    this.#isUnderWay = true;
    this.#sent += 1;
    this.#parts.post({ kind: "noted", notes });
  }
}
