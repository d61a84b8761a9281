import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import type { ByteStream } from "../../src/net/stream/stream.ts";

/** What one read brings: text, a byte a character; or how it fails. */
export type Piece = string | Error;

/**
 * A stream that brings the pieces it was made with, one a read (more reads where `into` is small), then its
 * end. What is written to it is kept, one entry a write.
 */
export class ScriptedStream implements ByteStream {
  readonly #pieces: Piece[];
  readonly writes: string[] = [];
  /** How many bytes each read had room for. */
  readonly rooms: number[] = [];
  /** The error of all writes from now on. */
  broken: Error | null = null;
  closedWrite = false;
  closed = false;

  constructor(...pieces: Piece[]) {
    this.#pieces = pieces.filter((piece) => piece !== "");
  }

  /** All that was written. */
  get written(): string {
    return this.writes.join("");
  }

  read(into: Uint8Array): Promise<number | null> {
    this.rooms.push(into.length);
    const piece = this.#pieces.shift();
    if (piece === undefined) return Promise.resolve(null);
    if (piece instanceof Error) return Promise.reject(piece);
    const taken = piece.slice(0, into.length);
    if (taken.length < piece.length) this.#pieces.unshift(piece.slice(taken.length));
    into.set(latin1Bytes(taken));
    return Promise.resolve(taken.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.broken !== null) return Promise.reject(this.broken);
    this.writes.push(latin1(bytes));
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    this.closedWrite = true;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}

/** Every way to cut `text` in two, and the one into single bytes. */
export function cuts(text: string): string[][] {
  const inTwo = Array.from({ length: text.length + 1 }, (_, at) => [
    text.slice(0, at),
    text.slice(at),
  ]);
  return [...inTwo, [...text]];
}
