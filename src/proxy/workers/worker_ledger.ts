import type { Requester } from "../../audit/audit_log.ts";
import type { Attribution } from "../../audit/attribution.ts";
import type { ConnectionRecord } from "../../audit/event.ts";
import type { Clock } from "../../net/ports.ts";
import { endingOf, note, noteBlocked, noteEnded, noteUnsupported } from "../ledger.ts";
import type { Carried } from "../live.ts";
import type { LiveState } from "../live_state.ts";
import { tellBlock } from "../make_back.ts";
import type { Placed } from "../place.ts";
import type { Outside } from "../proxy.ts";
import { requesterOf } from "./carried_request.ts";
import type { FromWorker, Note } from "./messages.ts";
import { RecentRequests } from "./recent_requests.ts";

/** What a {@linkcode WorkerLedger} is made of. */
export interface WorkerLedgerParts {
  readonly state: LiveState;
  readonly attribution: Attribution;
  readonly record: Outside["record"];
  readonly diagnose: (line: string) => void;
  readonly clock: Clock;
}

/** Something that was let through, and has not ended. */
interface Open {
  readonly request: Placed;
  readonly asker: Requester;
  /** A reading of the monotonic clock, in milliseconds. */
  readonly since: number;
}

/** Writes down what one worker tells of, where everything is written down, and knows what is open in it. */
export class WorkerLedger {
  readonly #parts: WorkerLedgerParts;
  /** What was let through and has not ended, by the number of its request. */
  readonly #passages = new Map<number, Open>();
  readonly #recent = new RecentRequests<Pick<Open, "request" | "asker">>();
  readonly #connections = new Map<number, ConnectionRecord>();
  #opened = 0;
  #carried: Carried = { up: 0, down: 0 };

  constructor(parts: WorkerLedgerParts) {
    this.#parts = parts;
  }

  /** Its connections, as it told last. */
  get connections(): ReadonlyMap<number, ConnectionRecord> {
    return this.#connections;
  }

  /** How many it ever held. */
  get opened(): number {
    return this.#opened;
  }

  /** What its tunnels have carried, as it told last. */
  get carried(): Carried {
    return this.#carried;
  }

  /** Writes down what it tells of, in its order. */
  write(notes: readonly Note[]): void {
    for (const each of notes) this.#write(each);
  }

  /** Takes what it says of its connections now. */
  counted({ connections, carried }: Extract<FromWorker, { readonly kind: "counted" }>): void {
    this.#carried = carried;
    for (const connection of connections) {
      if (this.#connections.has(connection.id)) this.#connections.set(connection.id, connection);
    }
  }

  /** It is over, and may have left things open: their ends are written down. */
  end(): void {
    const { state, clock } = this.#parts;
    for (const passage of this.#passages.values()) {
      const ending = endingOf(passage.request, "closed");
      noteEnded(passage, ending, clock.monotonic() - passage.since, state);
    }
    this.#passages.clear();
    const { generation } = state.policy.current;
    for (const connection of this.#connections.values()) {
      state.feed.publish({ type: "connection", generation, state: "closed", connection });
    }
    this.#connections.clear();
  }

  #write(each: Note): void {
    const { state, attribution, record, diagnose, clock } = this.#parts;
    switch (each.kind) {
      case "decided": {
        const asker = requesterOf(each.requester, attribution);
        this.#recent.add(asker.id, { request: each.noted.request, asker });
        return note(each.noted, asker, state);
      }
      case "begun": {
        const said = each.said === null ? this.#recent.of(each.id) : {
          request: each.said.request,
          asker: requesterOf(each.said.requester, attribution),
        };
        if (said === undefined) return;
        return void this.#passages.set(each.id, { ...said, since: clock.monotonic() });
      }
      case "ended": {
        const passage = this.#passages.get(each.id);
        if (passage === undefined) return;
        this.#passages.delete(each.id);
        return noteEnded(passage, each.ending, each.duration, state);
      }
      case "unsupported": {
        const requester = requesterOf(each.requester, attribution);
        return noteUnsupported(each.request, each.generation, requester, state);
      }
      case "blocked": {
        const { request, decision, requester, record: told, unsaid } = each;
        const asker = requesterOf(requester, attribution);
        noteBlocked({ request, decision, asker }, told, state);
        return tellBlock(told, unsaid, { record, diagnose });
      }
      case "connection": {
        const { kind: _, ...event } = each;
        this.#follow(each);
        return state.feed.publish({ type: "connection", ...event });
      }
      case "reached":
        return state.limits.reached(each.limit);
      case "diagnosed":
        return diagnose(each.line);
    }
    each satisfies never;
  }

  #follow({ state, connection }: Extract<Note, { readonly kind: "connection" }>): void {
    if (state === "opened") this.#opened += 1;
    if (state === "closed") this.#connections.delete(connection.id);
    else this.#connections.set(connection.id, connection);
  }
}
