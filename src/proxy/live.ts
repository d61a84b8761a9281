import type { ConnectionEvent, ConnectionRecord } from "../audit/event.ts";
import { formatHost } from "../net/address/host.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import type { ClientConnection, Serving } from "./client_connection.ts";
import type { Entrance } from "./entrance.ts";
import { plainReply } from "./reply.ts";

/** Connections that are listed, at most: the newest. */
export const LISTED_MAX = 1000;

/** Bytes that tunnels have carried: from clients, and to them. */
export interface Carried {
  readonly up: number;
  readonly down: number;
}

/** The client connections of a proxy, for whoever watches it. */
export interface OpenConnections {
  /** How many there are. */
  readonly size: number;
  /** How many there ever were. */
  readonly opened: number;
  /** What tunnels have carried since the start, those that are open included. */
  readonly carried: Carried;
  /** The newest of them, newest first. */
  list(): readonly ConnectionRecord[];
  /** Closes one. False when none of that id is open. */
  close(id: number): boolean;
  /** Has it all told anew by those who know: what is read afterwards is of now, and not of a while ago. */
  refresh(): Promise<void>;
}

/** A connection that is open. */
interface Open {
  readonly id: number;
  /** Unix milliseconds. */
  readonly openedAt: number;
  readonly ended: Promise<void>;
}

/** The connections that are open now, and the one place where what goes wrong in one of them ends. */
export class LiveConnections implements OpenConnections {
  readonly #sessions = new Map<ClientConnection, Open>();
  readonly #now: () => number;
  readonly #happened: (state: ConnectionEvent["state"], connection: ConnectionRecord) => void;
  readonly #closed = { up: 0, down: 0 };
  readonly #nextId: () => number;
  #opened = 0;

  /**
   * @param now Unix milliseconds
   * @param happened told when a connection opens, and when it closes
   * @param nextId numbers connections, where they are numbered together with those of others
   */
  constructor(
    now: () => number,
    happened: (state: ConnectionEvent["state"], connection: ConnectionRecord) => void,
    nextId: () => number = () => this.#opened,
  ) {
    this.#now = now;
    this.#happened = happened;
    this.#nextId = nextId;
  }

  /** How many there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Holds a client until its session has ended, whatever happens in it. */
  serve(client: ClientConnection, session: Promise<void>, diagnose: (line: string) => void): void {
    this.#opened += 1;
    const end = () => {
      client.close();
      this.#forget(client);
    };
    const ended = session.then(
      end,
      (error) => failed(client, error, diagnose).finally(end),
    );
    this.#sessions.set(client, { id: this.#nextId(), openedAt: this.#now(), ended });
    client.onTunnel = this.#tunnelled;
    this.#happened("opened", this.#record(client));
  }

  /** How many there ever were. */
  get opened(): number {
    return this.#opened;
  }

  /** What tunnels have carried since the start, those that are open included. */
  get carried(): Carried {
    let { up, down } = this.#closed;
    for (const { traffic } of this.#sessions.keys()) {
      up += traffic.up;
      down += traffic.down;
    }
    return { up, down };
  }

  /** The newest of them, newest first. */
  list(): readonly ConnectionRecord[] {
    const newest = [...this.#sessions.keys()].slice(-LISTED_MAX).reverse();
    return newest.map((client) => this.#record(client));
  }

  /** Closes one. False when none of that id is open. */
  close(id: number): boolean {
    for (const [client, open] of this.#sessions) {
      if (open.id !== id) continue;
      client.close();
      return true;
    }
    return false;
  }

  /** What is told here is of now. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }

  /** Closes those that carry what is not allowed any more. Returns how many that were. */
  closeUnless(isAllowed: (serving: Serving) => boolean): number {
    let count = 0;
    for (const client of [...this.#sessions.keys()].flatMap((one) => [one, ...one.carried])) {
      if (client.closed || client.serving === null || isAllowed(client.serving)) continue;
      client.close();
      count += 1;
    }
    return count;
  }

  /** Closes whatever came in there, and waits until it is over. */
  async closeThoseOf(entrance: Entrance): Promise<void> {
    const those = [...this.#sessions].filter(([client]) => client.entrance === entrance);
    for (const [client] of those) client.close();
    await Promise.all(those.map(([, { ended }]) => ended));
  }

  /** Closes what is idle, gives the rest `graceMs` to finish, then closes everything. */
  async drain(graceMs: number, deadlines: Deadlines): Promise<void> {
    for (const client of this.#sessions.keys()) {
      if (client.idle || graceMs === 0) client.close();
    }
    const deadline = deadlines.arm(graceMs, () => {
      for (const client of this.#sessions.keys()) client.close();
    });
    await Promise.all([...this.#sessions.values()].map(({ ended }) => ended));
    deadline.clear();
  }

  readonly #tunnelled = (client: ClientConnection): void => {
    this.#happened("tunnel", this.#record(client));
  };

  #forget(client: ClientConnection): void {
    const record = this.#record(client);
    this.#sessions.delete(client);
    this.#closed.up += client.traffic.up;
    this.#closed.down += client.traffic.down;
    this.#happened("closed", record);
  }

  #record(client: ClientConnection): ConnectionRecord {
    const { id, openedAt } = this.#sessions.get(client)!;
    const { traffic } = client;
    return {
      id,
      client: client.address,
      ...servingRecord(client),
      bytes_up: traffic.up,
      bytes_down: traffic.down,
      opened_at: openedAt / 1000,
    };
  }
}

function servingRecord(
  { serving, inspected, carriesDatagrams, idle: isIdle }: ClientConnection,
): Pick<ConnectionRecord, "kind" | "protocol" | "host" | "port" | "rule" | "generation"> {
  if (serving === null && inspected !== null) {
    const { protocol, target: { host, port } } = inspected;
    const common = { rule: null, generation: null };
    return { kind: "inspected", protocol, host: formatHost(host), port, ...common };
  }
  if (serving === null) {
    const nowhere = { host: null, port: null, rule: null, generation: null };
    return carriesDatagrams
      ? { kind: "udp", protocol: "socks5_udp", ...nowhere }
      : { kind: isIdle ? "idle" : "waiting", protocol: null, ...nowhere };
  }
  const { grant, kind } = serving;
  const { protocol } = grant.request;
  const { generation } = grant.policy;
  if (!("decision" in grant)) {
    return { kind, protocol, host: grant.request.path, port: 0, rule: null, generation };
  }
  const { host, port } = grant.request.target;
  const rule = grant.decision.rule?.text ?? null;
  return { kind, protocol, host: formatHost(host), port, rule, generation };
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
