import { inTime } from "./in_time.ts";

/** A message of the browser, or what a call of its protocol came to. */
export type Fields = Readonly<Record<string, unknown>>;

/** Takes what the browser tells about one session; an empty session is the browser itself. */
export type Listener = (method: string, params: Fields) => void;

/** What came over the wire. */
interface Message {
  readonly id?: number;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: Fields;
  readonly sessionId?: string;
}

/** Chromium's DevTools protocol over one WebSocket. Disposing of it closes the socket. */
export class Devtools implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #closed: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Fields>>();
  readonly #listeners = new Map<string, Listener>();
  #lastId = 0;

  /** Connects to the URL that the browser prints. */
  static async connect(url: string): Promise<Devtools> {
    const socket = new WebSocket(url);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`Cannot connect to the browser at ${url}`));
    await inTime(promise, "the browser's DevTools");
    return new Devtools(socket);
  }

  private constructor(socket: WebSocket) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket = socket;
    this.#closed = promise;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onerror = null;
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The browser has gone"));
      this.#waiting.clear();
      resolve();
    };
  }

  /** Calls one method and takes what it comes to. */
  async call(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Fields>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({
      id,
      method,
      params,
      ...(sessionId === undefined ? {} : { sessionId }),
    }));
    try {
      return await inTime(answer.promise, `the browser to answer ${method}`);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Hears about a session from now on. */
  listen(sessionId: string, listener: Listener): void {
    this.#listeners.set(sessionId, listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await inTime(this.#closed, "the browser's DevTools to close");
  }

  #take({ id, result, error, method, params, sessionId }: Message): void {
    if (method !== undefined) {
      this.#listeners.get(sessionId ?? "")?.(method, params ?? {});
      return;
    }
    const waiting = this.#waiting.get(id ?? 0);
    if (error === undefined) waiting?.resolve(result ?? {});
    else waiting?.reject(new Error(`The browser refused: ${error.message}`));
  }
}
