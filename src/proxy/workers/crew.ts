import type { ConnectionRecord } from "../../audit/event.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Limits } from "../limits.ts";
import type { Carried } from "../live.ts";
import type { EndedRules } from "../live_policy.ts";
import { carryPolicy, numberRules } from "./carried_policy.ts";
import { Member } from "./member.ts";
import type { Beginning, WorkerSetup } from "./messages.ts";
import { nextConnection, sharedCounts } from "./shared_counts.ts";
import { clearRow, setAccepting, type SharedMemory, shareMemory } from "./shared_memory.ts";
import type { Crew, CrewParts, StartWorker, Workers } from "./workers.ts";

/** A worker that fails is followed by another after this, and after twice as long each time, up to the most. */
const RESTART_MS = 250;
const RESTART_MS_MAX = 30_000;
/** One that has lived so long has not failed of how it was started. */
const SOUND_MS = 60_000;

/** What workers are made of. */
export interface CrewOptions {
  /** How many accept besides the main isolate. */
  readonly count: number;
  readonly start: StartWorker;
  readonly setup: WorkerSetup;
}

/** So many workers for a proxy that is to be. */
export function workersOf(options: CrewOptions): Workers {
  return {
    share: (limits) => {
      const memory = shareMemory(options.count);
      setAccepting(memory, 0, true);
      return {
        counts: sharedCounts(memory, 0, limits),
        nextConnection: () => nextConnection(memory),
        begin: (parts) => new StartedCrew({ ...parts, ...options, limits, memory }),
      };
    },
  };
}

interface StartedParts extends CrewParts, CrewOptions {
  readonly limits: Limits;
  readonly memory: SharedMemory;
}

/** The place of one worker, whoever has it. */
interface Place {
  readonly row: number;
  /** Null until it is started. */
  member: Member | null;
  /** A reading of the monotonic clock, in milliseconds. */
  startedAt: number;
  /** How often one has failed soon after its start, since the last that did not. */
  failures: number;
}

/** What those have carried and held who are over. */
interface Past {
  opened: number;
  up: number;
  down: number;
}

const NONE_ENDED: EndedRules = { lapsed: [], succeeded: [] };

class StartedCrew implements Crew {
  readonly #parts: StartedParts;
  readonly #places: Place[] = [];
  readonly #closing = new AbortController();
  readonly #numberOf = numberRules();
  readonly #past: Past = { opened: 0, up: 0, down: 0 };
  #followed: Promise<number> = Promise.resolve(0);

  constructor(parts: StartedParts) {
    this.#parts = parts;
    for (let row = 1; row <= parts.count; row++) {
      const place: Place = { row, member: null, startedAt: 0, failures: 0 };
      this.#places.push(place);
      this.#start(place);
    }
  }

  follow(policy: Policy, ended: EndedRules): void {
    const carried = carryPolicy(policy, ended, this.#numberOf);
    this.#followed = Promise.all(this.#members.map((member) => member.follow(carried)))
      .then((closed) => closed.reduce((sum, each) => sum + each, 0));
  }

  everywhere(): Promise<number> {
    return this.#followed;
  }

  get size(): number {
    return this.#members.reduce((sum, { ledger }) => sum + ledger.connections.size, 0);
  }

  get opened(): number {
    return this.#members.reduce((sum, { ledger }) => sum + ledger.opened, this.#past.opened);
  }

  get carried(): Carried {
    const { up, down } = this.#past;
    return this.#members.reduce(
      (sum, { ledger: { carried } }) => ({
        up: sum.up + carried.up,
        down: sum.down + carried.down,
      }),
      { up, down },
    );
  }

  get connections(): Iterable<ConnectionRecord> {
    return this.#members.flatMap(({ ledger }) => [...ledger.connections.values()]);
  }

  close(id: number): boolean {
    return this.#members.some((member) => member.close(id));
  }

  async refresh(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.refresh()));
  }

  async shutdown(graceMs: number): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#members.map((member) => member.end(graceMs)));
  }

  get #members(): readonly Member[] {
    return this.#places.flatMap(({ member }) => member === null ? [] : [member]);
  }

  /** Puts a worker into a place; whoever was there before is over. */
  #start(place: Place): void {
    const { clock, memory } = this.#parts;
    this.#remember(place.member);
    clearRow(memory, place.row);
    place.startedAt = clock.monotonic();
    place.member = new Member({
      ...this.#parts,
      beginning: this.#beginning(place.row),
      failed: (why) => this.#failed(place, why),
    });
  }

  /** Keeps of one that is over what counts on. */
  #remember(member: Member | null): void {
    if (member === null) return;
    const { opened, carried: { up, down } } = member.ledger;
    this.#past.opened += opened;
    this.#past.up += up;
    this.#past.down += down;
  }

  #beginning(row: number): Beginning {
    const { front, state, back, limits, memory, setup } = this.#parts;
    const { options: { policy, via, socksUdp }, listening, attribution, addresses } = front;
    return {
      kind: "begin",
      row,
      shared: memory,
      policy: carryPolicy(policy.current, NONE_ENDED, this.#numberOf),
      limits,
      listening: listening.map(({ listener: { address }, speaks }) => ({ address, speaks })),
      attribution,
      addresses,
      via,
      socksUdp,
      hasDecider: back.decide !== null,
      recordsEnds: state.audit.isOn,
      setup,
    };
  }

  /** Has another put in the place of one that is over, but not at once: it may run on for a moment. */
  #failed(place: Place, why: string): void {
    if (this.#closing.signal.aborted) return;
    const { back: { diagnose }, clock, memory } = this.#parts;
    setAccepting(memory, place.row, false);
    if (clock.monotonic() - place.startedAt > SOUND_MS) place.failures = 0;
    const ms = Math.min(RESTART_MS * 2 ** place.failures, RESTART_MS_MAX);
    place.failures += 1;
    diagnose(`Worker ${place.row} has failed, and its connections are closed: ${why}`);
    clock.wait(ms, this.#closing.signal).then(() => this.#start(place), () => {
      // The proxy is shut down: nobody takes its place.
    });
  }
}
