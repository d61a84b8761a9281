import { compilePolicy } from "../../policy/compile.ts";
import { policyCell } from "../../policy/policy.ts";
import type { Policy, PolicyCell } from "../../policy/policy.ts";
import type { Rule } from "../../policy/rule.ts";
import type { RulePattern } from "../../policy/rule_pattern.ts";
import { patternOf } from "../runtime_rule.ts";
import { type CarriedPolicy, documentOf } from "./carried_policy.ts";

/** A rule that has lapsed, and by which something goes on: whether it may is for the main isolate to say. */
export interface Doubt {
  readonly rule: number;
  readonly pattern: RulePattern;
}

/** The policy of a worker: always one that the main isolate has put into force. */
export class FollowedPolicy {
  readonly cell: PolicyCell;
  /** The rules of the policy in force that were made at run time, by their numbers. */
  #runtime: ReadonlyMap<number, Rule> = new Map();
  readonly #lapsed = new WeakSet<Rule>();
  readonly #refused = new WeakSet<Rule>();
  readonly #successors = new WeakMap<Rule, Rule>();
  /** Rules by which something goes on, since they were last asked about. */
  #doubted = new Set<Rule>();

  constructor(first: CarriedPolicy) {
    this.cell = policyCell(this.#compile(first));
  }

  /** The policy in force. */
  get current(): Policy {
    return this.cell.current;
  }

  /** Puts the next one into force. */
  follow(next: CarriedPolicy): void {
    const known = this.#runtime;
    const policy = this.#compile(next);
    for (const number of next.lapsed) {
      const rule = known.get(number);
      if (rule !== undefined) this.#lapsed.add(rule);
    }
    for (const { rule: number, by } of next.succeeded) {
      const [rule, successor] = [known.get(number), this.#runtime.get(by)];
      if (rule !== undefined && successor !== undefined) this.#successors.set(rule, successor);
    }
    this.cell.replace(policy);
  }

  /** Takes a rule by which one request was approved: it is part of no policy, and lapsed from the beginning. */
  approvedBy(rule: Rule): Rule {
    this.#lapsed.add(rule);
    return rule;
  }

  /** As in `LivePolicy`. Whoever is told yes is asked about by {@linkcode FollowedPolicy.doubts}. */
  isLapsed(rule: Rule): boolean {
    const last = this.#last(rule);
    if (!this.#lapsed.has(last) || this.#refused.has(last)) return false;
    this.#doubted.add(last);
    return true;
  }

  /** The rules that were said to have lapsed since this was last asked, each with a place in `rules`. */
  doubts(): { readonly rules: readonly Rule[]; readonly doubts: readonly Doubt[] } {
    const rules = [...this.#doubted];
    this.#doubted = new Set();
    return {
      rules,
      doubts: rules.map((rule, index) => ({ rule: index, pattern: patternOf(rule) })),
    };
  }

  /** What goes on by this rule may not. */
  refuse(rule: Rule): void {
    this.#refused.add(rule);
  }

  #last(rule: Rule): Rule {
    let last = rule;
    for (let next = this.#successors.get(last); next !== undefined;) {
      last = next;
      next = this.#successors.get(last);
    }
    return last;
  }

  /** A rule that was there before stays the same object: what it let through knows it by that. */
  #compile({ document, generation, runtime }: CarriedPolicy): Policy {
    const { runtimeRules = [] } = document;
    const rules = runtimeRules.map((rule, at) => this.#runtime.get(runtime[at]!) ?? rule);
    this.#runtime = new Map(rules.map((rule, at) => [runtime[at]!, rule]));
    return compilePolicy({ ...documentOf(document), runtimeRules: rules }, generation);
  }
}
