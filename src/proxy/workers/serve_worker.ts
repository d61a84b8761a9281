import { joinListener } from "../../net/tcp_listener.ts";
import { Deadlines } from "../../net/time/deadlines.ts";
import { openFront } from "../front.ts";
import type { Limits } from "../limits.ts";
import type { Listening } from "../listening.ts";
import { LiveConnections } from "../live.ts";
import type { Rule } from "../../policy/rule.ts";
import type { DoorOptions } from "../make_doors.ts";
import { outlasts } from "../outlasts.ts";
import type { Listeners } from "../listeners.ts";
import { FollowedPolicy } from "./followed_policy.ts";
import { Inquiries } from "./inquiries.ts";
import type { Beginning, FromWorker, ToWorker, WorkerSetup } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import { remoteBack } from "./remote_back.ts";
import { nextConnection, sharedCounts } from "./shared_counts.ts";
import { awaitHeard, setAccepting } from "./shared_memory.ts";

/** What a worker is given by the isolate that it runs in. */
export interface WorkerHere {
  readonly outside: DoorOptions["outside"];
  /** Makes the ways out of what was said of them. */
  readonly ways: (
    setup: WorkerSetup,
    limits: Limits,
  ) => Promise<Pick<DoorOptions, "upstream" | "upstreamProxies" | "interception">>;
  /** Says something to the main isolate. */
  readonly post: (message: FromWorker) => void;
}

/** A worker, as the isolate that it runs in has it. */
export interface ServedWorker {
  /** Takes a message of the main isolate. What it throws is a fault of ours. */
  readonly hear: (message: ToWorker) => void;
  /** Tells the main isolate of a fault, behind all that was noted: whoever is told ends this one. */
  readonly fail: (why: string) => void;
}

/** How long notes wait for others: they cost less together, and nobody waits for them. */
const SOON_MS = 1;

const NEVER = new AbortController().signal;

/** Serves as one worker of a proxy. */
export function serveWorker(here: WorkerHere): ServedWorker {
  let worker: ServingWorker | null = null;
  return {
    hear: (message) => {
      if (message.kind === "begin") worker = new ServingWorker(message, here);
      else worker?.hear(message);
    },
    fail: (why) => {
      if (worker === null) here.post({ kind: "failed", why });
      else worker.fail(why);
    },
  };
}

class ServingWorker {
  readonly #here: WorkerHere;
  readonly #outbox: Outbox;
  readonly #policy: FollowedPolicy;
  readonly #inquiries: Inquiries;
  readonly #live: LiveConnections;
  readonly #deadlines: Deadlines;
  /** The rules that were asked about, of the newest policy. */
  #doubted: { readonly generation: number; readonly rules: readonly Rule[] } | null = null;
  readonly #listeners: Promise<Listeners>;

  constructor(beginning: Beginning, here: WorkerHere) {
    const { outside: { clock }, post } = here;
    this.#here = here;
    this.#outbox = new Outbox({
      post,
      soon: (send) => void clock.wait(SOON_MS, NEVER).then(send),
      catchUp: awaitHeard(beginning.shared, beginning.row),
    });
    this.#policy = new FollowedPolicy(beginning.policy);
    this.#inquiries = new Inquiries(this.#outbox, this.#policy.cell);
    this.#live = new LiveConnections(() => clock.now(), (state, connection) => {
      const { generation } = this.#policy.current;
      this.#outbox.note({ kind: "connection", state, connection, generation });
    }, () => nextConnection(beginning.shared));
    this.#deadlines = new Deadlines(clock, (error) => {
      this.#outbox.note({ kind: "diagnosed", line: `Cannot end a wait: ${error}` });
    });
    this.#listeners = this.#begin(beginning);
  }

  hear(message: Exclude<ToWorker, Beginning>): void {
    switch (message.kind) {
      case "heard":
        return this.#outbox.heard();
      case "policy":
        this.#policy.follow(message.policy);
        return this.#took(true);
      case "judged":
        return this.#judge(message.generation, message.refused);
      case "held":
      case "freed":
      case "answered":
      case "unanswerable":
        return this.#inquiries.hear(message);
      case "count":
        return this.#outbox.send({
          kind: "counted",
          connections: this.#live.list(),
          carried: this.#live.carried,
        });
      case "close":
        return void this.#live.close(message.connection);
      case "end":
        return void this.#end(message.graceMs);
    }
    message satisfies never;
  }

  fail(why: string): void {
    this.#outbox.send({ kind: "failed", why });
  }

  async #begin(beginning: Beginning): Promise<Listeners> {
    const { setup, limits, row, shared, socksUdp, via } = beginning;
    const { outside, ways } = this.#here;
    const options: DoorOptions = {
      policy: this.#policy.cell,
      limits,
      ...await ways(setup, limits),
      socksUdp,
      via,
      outside,
    };
    const parts = {
      outbox: this.#outbox,
      inquiries: this.#inquiries,
      policy: this.#policy,
      clock: outside.clock,
    };
    const listeners = openFront({
      options,
      listening: joined(beginning),
      attribution: beginning.attribution,
      addresses: beginning.addresses,
      back: remoteBack(parts, beginning),
      counts: sharedCounts(shared, row, limits),
      live: this.#live,
      deadlines: this.#deadlines,
    });
    setAccepting(shared, row, true);
    this.#outbox.send({ kind: "ready" });
    return listeners;
  }

  /**
   * Closes what the policy in force does not let through, and tells of it.
   *
   * @param asks whether the main isolate is asked about rules that have lapsed
   */
  #took(asks: boolean): void {
    const { generation } = this.#policy.current;
    const closed = this.#live.closeUnless((serving) => outlasts(serving, this.#inForce));
    const { rules, doubts } = this.#policy.doubts();
    this.#doubted = asks ? { generation, rules } : null;
    this.#outbox.send({ kind: "took", generation, closed, doubtful: asks ? doubts : [] });
  }

  #judge(generation: number, refused: readonly number[]): void {
    // Of one that is replaced already, those who went on are asked about again.
    if (this.#doubted?.generation !== generation) return;
    for (const index of refused) {
      const rule = this.#doubted.rules[index];
      if (rule !== undefined) this.#policy.refuse(rule);
    }
    this.#took(false);
  }

  get #inForce() {
    return {
      current: this.#policy.current,
      isLapsed: (rule: Rule) => this.#policy.isLapsed(rule),
    };
  }

  /** Called once more, it is for less patience. */
  async #end(graceMs: number): Promise<void> {
    const listeners = await this.#listeners;
    await listeners.close();
    await this.#live.drain(graceMs, this.#deadlines);
    this.#deadlines.stop();
    this.#outbox.send({ kind: "over" });
  }
}

/** The listeners of the main isolate, once more: of several that wait there each client is one's. */
function joined({ listening }: Beginning): readonly Listening[] {
  return listening.map(({ address, speaks }) => ({ listener: joinListener(address), speaks }));
}
