import { EventFeed } from "../../src/audit/event_feed.ts";
import { Tally } from "../../src/audit/tally.ts";
import { Deadlines } from "../../src/net/time/deadlines.ts";
import { type Policy, type PolicyCell, policyCell } from "../../src/policy/policy.ts";
import { parseRulePattern, type RulePattern } from "../../src/policy/rule_pattern.ts";
import { LivePolicy, type RuleChange } from "../../src/proxy/live_policy.ts";
import type { NewRule } from "../../src/proxy/runtime_rule.ts";
import { FakeClock } from "./fake_clock.ts";
import { turn } from "./in_time.ts";
import { policyOf } from "./policy.ts";

/** What a test sets of its live policy. */
export interface LiveOptions {
  /** `configured.test` is allowed, unless said otherwise. */
  readonly policy?: Policy;
  /** Told of each replacement; returns how many connections that closed. */
  readonly replaced?: (policy: Policy) => number;
}

/** A live policy without a proxy. */
export interface TestLive extends Disposable {
  readonly live: LivePolicy;
  readonly cell: PolicyCell;
  readonly clock: FakeClock;
  readonly deadlines: Deadlines;
  readonly feed: EventFeed;
  readonly tally: Tally;
  /** Each policy that came into force, in order. */
  readonly replaced: readonly Policy[];
  /** Adds a rule for as long as the proxy runs, or as said. */
  add(text: string, parts?: Partial<NewRule>): ReturnType<LivePolicy["add"]>;
  remove(text: string, list?: "allow" | "deny"): RuleChange;
  /** Lets time pass, and what is due happen. */
  pass(ms: number): Promise<void>;
}

/** Makes a live policy whose time stands still. */
export function makeLive(options: LiveOptions = {}): TestLive {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const feed = new EventFeed(() => clock.now(), 5000, 4);
  const tally = new Tally(() => clock.now());
  const cell = policyCell(options.policy ?? policyOf({ allow: ["configured.test"] }));
  const replaced: Policy[] = [];
  const live = new LivePolicy({
    cell,
    clock,
    deadlines,
    feed,
    tally,
    replaced: (policy) => {
      replaced.push(policy);
      return options.replaced?.(policy) ?? 0;
    },
  });
  return {
    live,
    cell,
    clock,
    deadlines,
    feed,
    tally,
    replaced,
    add: (text, parts) =>
      live.add({
        list: "allow",
        pattern: rulePattern(text),
        scope: { kind: "run" },
        from: "runtime",
        ...parts,
      }),
    remove: (text, list = "allow") => live.remove(list, text),
    async pass(ms: number): Promise<void> {
      await turn();
      clock.advance(ms);
      await turn();
    },
    [Symbol.dispose]: () => deadlines.stop(),
  };
}

/** A pattern that is known to be one. */
export function rulePattern(text: string): RulePattern {
  const parsed = parseRulePattern(text);
  if (parsed.kind === "bad") throw new TypeError(`Cannot read "${text}": ${parsed.why}`);
  return parsed;
}

/** A scope of so many minutes. */
export function forMinutes(minutes: number): Pick<NewRule, "scope"> {
  return { scope: { kind: "minutes", minutes } };
}
