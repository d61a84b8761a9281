// What the main isolate and its workers say to each other. All of it is data that can be cloned.
import type { Attribution } from "../../audit/attribution.ts";
import type { BlockedRecord } from "../../audit/blocked_record.ts";
import type { ConnectionEvent, ConnectionRecord } from "../../audit/event.ts";
import type { SocketAddress } from "../../net/address/endpoint.ts";
import type { RulePattern } from "../../policy/rule_pattern.ts";
import type { AuthorityPem } from "../../tls/authority_pem.ts";
import type { Verdict } from "../asking/ask_decider.ts";
import type { Outcome } from "../asking/questions.ts";
import type { Noted, NotedRefusal } from "../ledger.ts";
import type { LimitName, Limits } from "../limits.ts";
import type { Listening } from "../listening.ts";
import type { Carried } from "../live.ts";
import type { Ending } from "../passage.ts";
import type { Placed } from "../place.ts";
import type { UpstreamRoutes } from "../upstream/choose_upstream.ts";
import type { CarriedPolicy } from "./carried_policy.ts";
import type { CarriedRequest, CarriedRequester } from "./carried_request.ts";
import type { SharedMemory } from "./shared_memory.ts";

/** What a worker is told first. */
export interface Beginning {
  readonly kind: "begin";
  /** Which it is, from 1: its place in what is shared. */
  readonly row: number;
  readonly shared: SharedMemory;
  readonly policy: CarriedPolicy;
  readonly limits: Limits;
  /** Where it accepts, together with the main isolate. */
  readonly listening: readonly (Pick<Listening, "speaks"> & { readonly address: SocketAddress })[];
  readonly attribution: Attribution;
  /** Every address of the proxy. */
  readonly addresses: readonly SocketAddress[];
  readonly via: string | null;
  readonly socksUdp: boolean;
  /** Whether a program decides where no rule does. */
  readonly hasDecider: boolean;
  /** Whether ends are recorded: else nobody is told of them. */
  readonly recordsEnds: boolean;
  readonly setup: WorkerSetup;
}

/** What a worker makes its ways out of, where a function would do in one isolate. */
export interface WorkerSetup {
  readonly upstream: UpstreamRoutes;
  /** What ends TLS inside tunnels; null where nothing does. */
  readonly interception: {
    readonly authority: AuthorityPem;
    /** The authorities that servers may be certified by, in PEM. */
    readonly roots: readonly string[];
  } | null;
}

/** What a worker is told. */
export type ToWorker =
  | Beginning
  /** Its last notes are written down: it may send more. */
  | { readonly kind: "heard" }
  | { readonly kind: "policy"; readonly policy: CarriedPolicy }
  /** Of the rules that it asked about, those whose connections may not go on. */
  | { readonly kind: "judged"; readonly generation: number; readonly refused: readonly number[] }
  /** A request that it asked about waits for somebody, for at most `ms`. */
  | { readonly kind: "held"; readonly inquiry: number; readonly ms: number }
  | { readonly kind: "freed"; readonly inquiry: number }
  | { readonly kind: "answered"; readonly inquiry: number; readonly answer: Verdict | Outcome }
  /** Nobody can answer: as if asking had thrown. */
  | { readonly kind: "unanswerable"; readonly inquiry: number; readonly why: string }
  | { readonly kind: "count" }
  | { readonly kind: "close"; readonly connection: number }
  | { readonly kind: "end"; readonly graceMs: number };

/** What a worker says. */
export type FromWorker =
  /** It accepts. */
  | { readonly kind: "ready" }
  | { readonly kind: "noted"; readonly notes: readonly Note[] }
  | Inquiry
  /** The client of a request that is held has gone. */
  | { readonly kind: "left"; readonly inquiry: number }
  /** Nobody waits for the answer any more. */
  | { readonly kind: "withdrawn"; readonly inquiry: number }
  /** A policy is in force, and what it does not let through is closed. */
  | {
    readonly kind: "took";
    readonly generation: number;
    readonly closed: number;
    /** What goes on by rules that have lapsed, if they could still be made. */
    readonly doubtful: readonly { readonly rule: number; readonly pattern: RulePattern }[];
  }
  | {
    readonly kind: "counted";
    /** The newest of its connections. */
    readonly connections: readonly ConnectionRecord[];
    readonly carried: Carried;
  }
  /** It has closed everything, and said all. */
  | { readonly kind: "over" }
  /** It has a fault, and is good for nothing more. */
  | { readonly kind: "failed"; readonly why: string };

/** A request that no rule decides about. */
export interface Inquiry {
  readonly kind: "inquiry";
  readonly inquiry: number;
  readonly of: "decider" | "person";
  readonly request: CarriedRequest;
  readonly requester: CarriedRequester;
}

/** What is written down, and waited for by nobody. */
export type Note =
  | { readonly kind: "decided"; readonly noted: Noted; readonly requester: CarriedRequester }
  /** Something was let through, from now on. */
  | {
    readonly kind: "begun";
    /** The request's number. */
    readonly id: number;
    /** Null where it was decided a moment ago: see `RecentRequests`. */
    readonly said: { readonly request: Placed; readonly requester: CarriedRequester } | null;
  }
  /** It is over. */
  | {
    readonly kind: "ended";
    /** The request's number. */
    readonly id: number;
    readonly ending: Ending;
    /** Milliseconds. */
    readonly duration: number;
  }
  | {
    readonly kind: "unsupported";
    readonly request: Placed;
    readonly generation: number;
    readonly requester: CarriedRequester;
  }
  | {
    readonly kind: "blocked";
    readonly request: Placed;
    readonly decision: NotedRefusal;
    readonly requester: CarriedRequester;
    readonly record: BlockedRecord;
    readonly unsaid: readonly string[];
  }
  | {
    readonly kind: "connection";
    readonly state: ConnectionEvent["state"];
    readonly connection: ConnectionRecord;
    readonly generation: number;
  }
  | { readonly kind: "reached"; readonly limit: LimitName }
  | { readonly kind: "diagnosed"; readonly line: string };
