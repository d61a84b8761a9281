import type { Deadlines } from "../net/time/deadlines.ts";
import type { ClientConnection } from "./client_connection.ts";
import { plainReply } from "./reply.ts";

/** The connections that are open now, and the one place where what goes wrong in one of them ends. */
export class LiveConnections {
  readonly #sessions = new Map<ClientConnection, Promise<void>>();

  /** How many there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Holds a client until its session has ended, whatever happens in it. */
  serve(client: ClientConnection, session: Promise<void>, diagnose: (line: string) => void): void {
    const ended = session.catch((error) => failed(client, error, diagnose)).finally(() => {
      client.close();
      this.#sessions.delete(client);
    });
    this.#sessions.set(client, ended);
  }

  /** Closes what is idle, gives the rest `graceMs` to finish, then closes everything. */
  async drain(graceMs: number, deadlines: Deadlines): Promise<void> {
    for (const client of this.#sessions.keys()) {
      if (client.idle || graceMs === 0) client.close();
    }
    const deadline = deadlines.arm(graceMs, () => {
      for (const client of this.#sessions.keys()) client.close();
    });
    await Promise.all(this.#sessions.values());
    deadline.clear();
  }
}

/** A session that broke: its peer's doing where the stream failed, a bug of ours elsewhere. */
async function failed(
  client: ClientConnection,
  error: unknown,
  diagnose: (line: string) => void,
): Promise<void> {
  if (client.closed || isStreamFailure(error)) return;
  diagnose(`Cannot serve ${client.address}: ${error instanceof Error ? error.stack : error}`);
  const options = { close: true, headOnly: false };
  const text =
    "Doorward failed on this request: this is a fault of Doorward, not of the request.\n";
  const farewell = client.farewell ??
    plainReply(500, "Internal Server Error", text, options);
  await client.answer(farewell).catch(() => {
    // Whatever broke may have broken the stream too.
  });
}

function isStreamFailure(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.TimedOut;
}
