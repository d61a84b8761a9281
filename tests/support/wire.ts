import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { type ByteStream, writeAll } from "../../src/net/stream/stream.ts";
import { inTime } from "./in_time.ts";

/** How a connection ended, as seen from this end. */
export type Ending = "end" | "reset" | "closed here";

/** A message as it stood on the wire. Fields are `Name: value` lines, in order. */
export interface WireMessage {
  /** The request line or the status line. */
  readonly start: string;
  readonly fields: readonly string[];
  /** The body without its framing; chunks are joined. */
  readonly body: string;
  /** Trailer lines of a chunked body. */
  readonly trailers: readonly string[];
  /** Every byte of it, a character each. */
  readonly raw: string;
}

/** Whether a message has a body at all. */
export interface MessageForm {
  /** It answers a HEAD: there is no body, whatever its fields say. */
  readonly headOnly?: boolean;
}

/**
 * One end of a connection, as tests use it. It reads on in the background and keeps all that came, a character
 * a byte, so that a test can wait for a part and look at the whole. Paused, it reads nothing.
 */
export class Wire implements AsyncDisposable {
  readonly #stream: ByteStream;
  readonly #pieces: string[] = [];
  #all = "";
  #taken = 0;
  #ending: Ending | null = null;
  #closed = false;
  #news = Promise.withResolvers<void>();
  #pump: Promise<void> | null = null;

  constructor(stream: ByteStream, options: { readonly paused?: boolean } = {}) {
    this.#stream = stream;
    if (options.paused !== true) this.resume();
  }

  /** All that came. */
  get received(): string {
    if (this.#pieces.length > 0) this.#all += this.#pieces.splice(0).join("");
    return this.#all;
  }

  /** How the other side ended; null while it has not. */
  get ending(): Ending | null {
    return this.#ending;
  }

  /** Starts to read what was left lying. */
  resume(): void {
    this.#pump ??= this.#read();
  }

  /** Sends bytes; text is a byte a character. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? latin1Bytes(data) : data;
    await inTime(writeAll(this.#stream, bytes), `the other side to take ${bytes.length} bytes`);
  }

  /** Takes up to and with `mark`. */
  async readUntil(mark: string): Promise<string> {
    return await this.#take(`"${mark}"`, (rest) => {
      const at = rest.indexOf(mark);
      return at === -1 ? null : at + mark.length;
    });
  }

  /** Takes `count` bytes. */
  async readExactly(count: number): Promise<string> {
    return await this.#take(
      `${count} bytes`,
      (rest) => rest.length >= count ? count : null,
    );
  }

  /** Takes a head: up to and with the empty line. */
  async readHead(): Promise<string> {
    return await this.readUntil("\r\n\r\n");
  }

  /** Takes a whole message, a request or a response. */
  async readMessage(form: MessageForm = {}): Promise<WireMessage> {
    let message: WireMessage | null = null;
    await this.#take("a whole message", (rest) => {
      message = parseMessage(rest, form, this.#ending !== null);
      return message === null ? null : message.raw.length;
    });
    return message!;
  }

  /** Takes the rest, up to the end however it comes. */
  async readAll(): Promise<string> {
    await this.#wait("the end", () => this.#ending !== null);
    const rest = this.received.slice(this.#taken);
    this.#taken = this.received.length;
    return rest;
  }

  /** Waits for the end; fails if anything comes before. */
  async readEnd(): Promise<void> {
    const rest = await this.readAll();
    if (rest !== "") throw new Error(`Expected the end, received ${JSON.stringify(rest)}`);
  }

  /** Says that nothing more will be sent. */
  async closeWrite(): Promise<void> {
    await this.#stream.closeWrite();
  }

  /** Drops the connection. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#pump;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      while (true) {
        const count = await this.#stream.read(buffer);
        if (count === null) {
          this.#ending = "end";
          break;
        }
        this.#pieces.push(latin1(buffer.subarray(0, count)));
        this.#stir();
      }
    } catch {
      this.#ending = this.#closed ? "closed here" : "reset";
    }
    this.#stir();
  }

  #stir(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }

  async #take(what: string, end: (rest: string) => number | null): Promise<string> {
    let count: number | null = null;
    await this.#wait(what, () => {
      count = end(this.received.slice(this.#taken));
      return count !== null || this.#ending !== null;
    });
    const rest = this.received.slice(this.#taken);
    if (count === null) {
      throw new Error(`Expected ${what}, received ${JSON.stringify(rest)} and ${this.#ending}`);
    }
    this.#taken += count;
    return rest.slice(0, count);
  }

  async #wait(what: string, isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await inTime(this.#news.promise, `${what}; so far: ${JSON.stringify(this.received)}`);
    }
  }
}

/** The value of a field; undefined without it. Fails where there are two. */
export function fieldOf(message: WireMessage, name: string): string | undefined {
  const values = fieldsOf(message, name);
  if (values.length > 1) throw new Error(`Expected one ${name}, found ${values.length}`);
  return values[0];
}

/** The values of every line of that name. */
export function fieldsOf(message: WireMessage, name: string): string[] {
  const start = `${name.toLowerCase()}:`;
  return message.fields.filter((line) => line.toLowerCase().startsWith(start))
    .map((line) => line.slice(start.length).trim());
}

/** The status of a response. */
export function statusOf(message: WireMessage): number {
  return Number(/^HTTP\/1\.1 ([1-5][0-9][0-9]) /.exec(message.start)?.[1] ?? NaN);
}

/** Takes a message apart; null while it is not all there. Written apart from the code under test. */
function parseMessage(text: string, form: MessageForm, ended: boolean): WireMessage | null {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [start, ...fields] = text.slice(0, headEnd).split("\r\n") as [string, ...string[]];
  const at = headEnd + 4;
  const message = (body: string, end: number, trailers: string[] = []): WireMessage => ({
    start,
    fields,
    body,
    trailers,
    raw: text.slice(0, end),
  });
  const head = message("", at);
  const isResponse = start.startsWith("HTTP/");
  if (form.headOnly === true || (isResponse && /^HTTP\/1\.. (1..|204|304)/.test(start))) {
    return head;
  }
  if (fieldOf(head, "transfer-encoding") === "chunked") return chunkedMessage(text, at, message);
  const length = fieldOf(head, "content-length");
  if (length !== undefined) {
    const end = at + Number(length);
    return text.length < end ? null : message(text.slice(at, end), end);
  }
  if (!isResponse) return head;
  return ended ? message(text.slice(at), text.length) : null;
}

function chunkedMessage(
  text: string,
  start: number,
  message: (body: string, end: number, trailers: string[]) => WireMessage,
): WireMessage | null {
  let body = "";
  let at = start;
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd === -1) return null;
    const size = parseInt(text.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error(`Expected a chunk, received "${text.slice(at)}"`);
    at = lineEnd + 2;
    if (size === 0) break;
    if (text.length < at + size + 2) return null;
    body += text.slice(at, at + size);
    at += size + 2;
  }
  if (text.startsWith("\r\n", at)) return message(body, at + 2, []);
  const end = text.indexOf("\r\n\r\n", at);
  return end === -1 ? null : message(body, end + 4, text.slice(at, end).split("\r\n"));
}
