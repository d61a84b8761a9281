import { ProtocolError } from "../../net/errors.ts";

/** One server-sent event (HTML, section 9.2). */
export interface SentEvent {
  /** `message` where none was named. */
  readonly type: string;
  /** Its lines, with a line feed between them. */
  readonly data: string;
}

/** Characters of a line, and of the data of one event. An event of ours is below two thousand. */
const CHARACTERS_MAX = 256 * 1024;

/** Reads server-sent events out of bytes, however those are cut. */
export class EventParser {
  readonly #decoder = new TextDecoder();
  #line = "";
  #type = "";
  #data: string[] = [];
  #dataLength = 0;
  /** A carriage return ended the last line: a line feed right behind it belongs to that. */
  #afterReturn = false;

  /**
   * The events that are whole with these bytes.
   *
   * @throws {ProtocolError} of peer `upstream`, for a line or an event that has no end
   */
  push(bytes: Uint8Array): readonly SentEvent[] {
    const events: SentEvent[] = [];
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === "") return events;
    if (this.#afterReturn && text.startsWith("\n")) text = text.slice(1);
    this.#afterReturn = text.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop()!;
    for (const line of lines) {
      this.#grow(line);
      const whole = this.#line;
      this.#line = "";
      const event = this.#take(whole);
      if (event !== null) events.push(event);
    }
    this.#grow(rest);
    return events;
  }

  #grow(text: string): void {
    if (this.#line.length + text.length > CHARACTERS_MAX) throw tooLong();
    this.#line += text;
  }

  /** Takes a line. An empty one ends an event, which without data is none. */
  #take(line: string): SentEvent | null {
    if (line !== "") {
      this.#field(line);
      return null;
    }
    const event = { type: this.#type || "message", data: this.#data.join("\n") };
    const isEmpty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    this.#dataLength = 0;
    return isEmpty ? null : event;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#type = value;
    if (name !== "data") return; // A comment, or a field that is for those who connect again.
    this.#dataLength += value.length + 1;
    if (this.#dataLength > CHARACTERS_MAX) throw tooLong();
    this.#data.push(value);
  }
}

function tooLong(): ProtocolError {
  const message = `Cannot read the events: one is longer than ${CHARACTERS_MAX} characters`;
  return new ProtocolError("upstream", "unsupported", message);
}
