import type { BlockReason } from "../policy/decision.ts";
import type { Protocol } from "../policy/request.ts";
import type { Rule } from "../policy/rule.ts";

/** How far back traffic is remembered second by second. */
const SECONDS_KEPT = 300;
/** Hosts that are remembered: those asked for last. A client may ask for any number. */
const HOSTS_MAX = 500;
/** Rules whose hits are remembered: of the largest lists. */
const RULES_MAX = 200_000;

/** One decision, to be counted. */
export interface Counted {
  readonly decision: "allow" | "deny" | "ask";
  readonly reason: BlockReason | null;
  readonly protocol: Protocol;
  readonly host: string;
  readonly rule: Pick<Rule, "list" | "text"> | null;
}

/** How often something was decided. */
export interface DecisionCount extends Pick<Counted, "decision" | "reason" | "protocol"> {
  readonly count: number;
}

/** The traffic of one second. */
export interface SecondCount {
  /** Unix seconds. */
  readonly at: number;
  readonly requests: number;
  readonly blocked: number;
}

/** The traffic of one host. */
export interface HostCount {
  readonly host: string;
  readonly requests: number;
  readonly blocked: number;
  /** Unix seconds. */
  readonly last_at: number;
}

type Counting<T> = { -readonly [K in keyof T]: T[K] };

/** Counts decisions: by kind, by second, by host, by rule. Everything it holds is bounded. */
export class Tally {
  readonly #now: () => number;
  readonly #decisions = new Map<string, Counting<DecisionCount>>();
  readonly #seconds: Counting<SecondCount>[] = [];
  readonly #hosts = new Map<string, Counting<HostCount>>();
  readonly #hits = { allow: new Map<string, number>(), deny: new Map<string, number>() };
  /** What was counted last: the next is often the same. */
  #lastDecision: Counting<DecisionCount> | null = null;
  #lastHost: Counting<HostCount> | null = null;
  #requests = 0;
  #blocked = 0;

  /** @param now Unix milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one decision. */
  note(counted: Counted): void {
    const at = Math.floor(this.#now() / 1000);
    const blocked = counted.decision === "allow" ? 0 : 1;
    this.#requests += 1;
    this.#blocked += blocked;
    this.#noteDecision(counted);
    this.#noteSecond(at, blocked);
    this.#noteHost(counted.host, at, blocked);
    if (counted.rule !== null) this.#noteRule(counted.rule);
  }

  /** Everything since the start. */
  get totals(): { readonly requests: number; readonly blocked: number } {
    return { requests: this.#requests, blocked: this.#blocked };
  }

  /** By kind of decision. There are as many as kinds, whatever clients ask for. */
  get decisions(): readonly DecisionCount[] {
    return [...this.#decisions.values()];
  }

  /** The last five minutes, oldest first; a second without traffic is left out. */
  get seconds(): readonly SecondCount[] {
    const newest = Math.floor(this.#now() / 1000);
    const oldest = newest - SECONDS_KEPT;
    // Where the clock was set back, there are some of a time that is still to come.
    return this.#seconds.filter(({ at }) => at > oldest && at <= newest).sort((a, b) =>
      a.at - b.at
    );
  }

  /** The busiest of the hosts asked for last. */
  hosts(max: number): readonly HostCount[] {
    return [...this.#hosts.values()].sort((a, b) => b.requests - a.requests).slice(0, max);
  }

  /** How many requests a rule has decided. A rule is known by its words, so that a reload keeps the count. */
  hits({ list, text }: Rule): number {
    return this.#hits[list].get(text) ?? 0;
  }

  #noteDecision({ decision, reason, protocol }: Counted): void {
    const last = this.#lastDecision;
    const isSame = last !== null && last.decision === decision && last.reason === reason &&
      last.protocol === protocol;
    if (isSame) {
      last.count += 1;
      return;
    }
    const key = `${protocol} ${decision} ${reason}`;
    const counting = this.#decisions.get(key) ?? { decision, reason, protocol, count: 0 };
    counting.count += 1;
    this.#decisions.set(key, counting);
    this.#lastDecision = counting;
  }

  #noteSecond(at: number, blocked: number): void {
    const slot = at % SECONDS_KEPT;
    const second = this.#seconds[slot];
    if (second?.at === at) {
      second.requests += 1;
      second.blocked += blocked;
    } else {
      this.#seconds[slot] = { at, requests: 1, blocked };
    }
  }

  #noteHost(host: string, at: number, blocked: number): void {
    if (this.#lastHost?.host !== host) this.#lastHost = this.#putLast(host);
    this.#lastHost.requests += 1;
    this.#lastHost.blocked += blocked;
    this.#lastHost.last_at = at;
  }

  /** Puts a host behind all others: whoever stands first was asked for longest ago, and gives way. */
  #putLast(host: string): Counting<HostCount> {
    const counting = this.#hosts.get(host) ?? { host, requests: 0, blocked: 0, last_at: 0 };
    this.#hosts.delete(host);
    this.#hosts.set(host, counting);
    if (this.#hosts.size > HOSTS_MAX) this.#hosts.delete(this.#hosts.keys().next().value!);
    return counting;
  }

  #noteRule({ list, text }: Pick<Rule, "list" | "text">): void {
    const hits = this.#hits[list];
    const count = hits.get(text);
    if (count === undefined && hits.size >= RULES_MAX) return;
    hits.set(text, (count ?? 0) + 1);
  }
}
