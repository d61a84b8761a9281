import { AuditLog } from "../audit/audit_log.ts";
import type { AuditMetadata } from "../audit/audit_record.ts";
import type { AuditSink } from "../audit/audit_sink.ts";
import { BlockedBuffer } from "../audit/blocked_buffer.ts";
import { EventFeed } from "../audit/event_feed.ts";
import { Tally } from "../audit/tally.ts";
import type { Clock } from "../net/ports.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import type { Policy, PolicyCell } from "../policy/policy.ts";
import { type AskingOptions, Questions } from "./asking/questions.ts";
import { LimitCounter } from "./limit_counter.ts";
import type { Limits } from "./limits.ts";
import { LiveConnections, type OpenConnections } from "./live.ts";
import { type EndedRules, LivePolicy } from "./live_policy.ts";
import { outlasts } from "./outlasts.ts";

/** Events that are kept for who comes later: some minutes of a busy agent. */
const EVENTS_KEPT = 2000;

/** What a running proxy knows of itself, for whoever watches and changes it. */
export interface LiveState {
  /** What was blocked, the newest of it. */
  readonly blocked: BlockedBuffer;
  /** The policy, and how it is changed. */
  readonly policy: LivePolicy;
  /** What waits for a person. */
  readonly questions: Questions;
  /** What is open. */
  readonly live: OpenConnections;
  /** What happens, as it happens. */
  readonly feed: EventFeed;
  /** What has happened, in numbers. */
  readonly tally: Tally;
  /** How often limits were reached. */
  readonly limits: LimitCounter;
  /** What is written down for good. */
  readonly audit: AuditLog;
}

/** Where audit records go, and what stands in each. The sinks are closed by whoever opened them. */
export interface AuditOptions {
  readonly sinks: readonly AuditSink[];
  readonly metadata: AuditMetadata;
  /** By which records of this proxy are told from those of others; made up where nobody gives one. */
  readonly instance?: string;
}

/** Others that accept for the same proxy, and follow its policy. */
export interface Followers {
  /** Told of each policy that takes the place of another. */
  readonly follow: (policy: Policy, ended: EndedRules) => void;
  /** Resolves once all of them have it in force, to how many connections that closed in them. */
  readonly everywhere: () => Promise<number>;
  /** Numbers connections, theirs and ours. */
  readonly nextConnection: () => number;
}

/** What it is made from. */
export interface LiveStateOptions {
  readonly policy: PolicyCell;
  readonly asking: AskingOptions;
  readonly limits: Limits;
  readonly blockedCapacity: number;
  readonly audit: AuditOptions;
  readonly outside: { readonly clock: Clock };
  /** Null where there are none. */
  readonly followers?: Followers | null;
}

/** The state, with the connections of this isolate. */
export interface MadeLiveState extends LiveState {
  readonly live: LiveConnections;
}

/** Makes the state of a proxy that begins. A change of its policy reaches the questions and the connections. */
export function makeLiveState(
  options: LiveStateOptions,
  deadlines: Deadlines,
  diagnose: (line: string) => void,
): MadeLiveState {
  const { policy: cell, asking, limits: set, blockedCapacity, audit, outside: { clock } } = options;
  const { followers = null } = options;
  const now = () => clock.now();
  const feed = new EventFeed(now, EVENTS_KEPT, set.eventReaders);
  const limits = new LimitCounter(set, () => clock.monotonic(), diagnose);
  const tally = new Tally(now);
  const live = new LiveConnections(now, (state, connection) => {
    feed.publish({ type: "connection", generation: cell.current.generation, state, connection });
  }, followers?.nextConnection);
  const policy: LivePolicy = new LivePolicy({
    cell,
    clock,
    deadlines,
    feed,
    tally,
    replaced: (next, ended) => {
      // Before the questions: whoever is told of an answer has the policy that it made.
      followers?.follow(next, ended);
      questions.reconsider(next);
      return live.closeUnless((serving) => outlasts(serving, policy));
    },
    ...(followers === null ? {} : { everywhere: followers.everywhere }),
  });
  const questions = new Questions({
    ...asking,
    policy,
    clock,
    deadlines,
    feed,
    reached: (limit) => limits.reached(limit),
    diagnose,
  });
  return {
    blocked: new BlockedBuffer(blockedCapacity),
    policy,
    questions,
    live,
    feed,
    tally,
    limits,
    audit: new AuditLog({ ...audit, now, instance: audit.instance ?? newInstance() }),
  };
}

/** A name that no other proxy has. */
export function newInstance(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
