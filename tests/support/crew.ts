import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import type { HappenedAudit } from "../../src/audit/audit_record.ts";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { policyCell } from "../../src/policy/policy.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { type MadeLiveState, makeLiveState } from "../../src/proxy/live_state.ts";
import { makeBack } from "../../src/proxy/make_back.ts";
import { workersOf } from "../../src/proxy/workers/crew.ts";
import type { FromWorker, ToWorker } from "../../src/proxy/workers/messages.ts";
import type { Crew } from "../../src/proxy/workers/workers.ts";
import { memorySink } from "./audit_records.ts";
import { FakeClock } from "./fake_clock.ts";
import { ip, policyOf } from "./policy.ts";
import { NOBODY } from "./world.ts";

/** A worker that is the test: it does nothing by itself. */
export interface ScriptedWorker {
  /** What it was told, in order. */
  readonly told: readonly ToWorker[];
  readonly isOver: boolean;
  /** Whether nothing can be sent to it any more. */
  isDeaf: boolean;
  /** Says something to the main isolate. */
  say(message: FromWorker): void;
  /** Dies. */
  fail(why: string): void;
}

/** A crew of such workers. */
export interface ScriptedCrew {
  readonly crew: Crew;
  readonly state: MadeLiveState;
  readonly clock: FakeClock;
  readonly workers: readonly ScriptedWorker[];
  readonly records: readonly HappenedAudit[];
  readonly diagnosed: readonly string[];
}

const AT = { ip: ip("127.0.0.1"), port: 3128 };

/** Starts so many. */
export function makeScriptedCrew(count = 1): ScriptedCrew {
  const clock = new FakeClock();
  const records: HappenedAudit[] = [];
  const diagnosed: string[] = [];
  const diagnose = (line: string) => void diagnosed.push(line);
  const workers: ScriptedWorker[] = [];
  const policy = policyCell(policyOf({ allow: ["a.test"] }));
  const shared = workersOf({
    count,
    setup: { upstream: { tunnels: null, plain: null, bypass: [] }, interception: null },
    start: (heard, failed) => {
      const told: ToWorker[] = [];
      let isOver = false;
      const at = workers.length;
      workers.push({
        told,
        isDeaf: false,
        get isOver(): boolean {
          return isOver;
        },
        say: heard,
        fail: failed,
      });
      return {
        post: (message) => {
          if (workers[at]?.isDeaf) throw new DOMException("It cannot be cloned", "DataCloneError");
          told.push(structuredClone(message));
        },
        terminate: () => {
          isOver = true;
        },
      };
    },
  }).share(DEFAULT_LIMITS);
  const outside = { clock, record: () => {} };
  const state = makeLiveState(
    {
      policy,
      asking: NOBODY,
      limits: DEFAULT_LIMITS,
      blockedCapacity: 10,
      audit: { sinks: [memorySink(records)], metadata: {} },
      outside,
      followers: {
        follow: (next, ended) => crew.follow(next, ended),
        everywhere: () => crew.everywhere(),
        nextConnection: shared.nextConnection,
      },
    },
    new Deadlines(clock, () => {}),
    diagnose,
  );
  const crew: Crew = shared.begin({
    front: {
      options: { policy, via: null, socksUdp: true },
      listening: [{ speaks: "both", listener: { address: AT } }],
      attribution: UNATTRIBUTED,
      addresses: [AT],
    },
    state,
    back: makeBack({ decider: null, outside }, state, diagnose),
    record: outside.record,
    clock,
  });
  return { crew, state, clock, workers, records, diagnosed };
}
