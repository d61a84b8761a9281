import type { RuleRecord } from "../audit/event.ts";
import type { EventFeed } from "../audit/event_feed.ts";
import type { Tally } from "../audit/tally.ts";
import type { Clock } from "../net/ports.ts";
import type { Deadlines } from "../net/time/deadlines.ts";
import { compilePolicy } from "../policy/compile.ts";
import { classifyHost } from "../policy/local_target.ts";
import type { Mode, Policy, PolicyCell, PolicyDocument } from "../policy/policy.ts";
import type { Rule } from "../policy/rule.ts";
import { canonicalText, type RulePattern } from "../policy/rule_pattern.ts";
import { AdminError } from "./admin_error.ts";
import type { Change, ChangeGuard } from "./change_guard.ts";
import {
  configuredRecord,
  type NewRule,
  patternOf,
  ruleOf,
  runtimeRecord,
  type RuntimeRule,
  textOf,
} from "./runtime_rule.ts";

/** Rules made at run time, at most: each was asked for by a person. */
const RUNTIME_RULES_MAX = 1000;

/** What a {@linkcode LivePolicy} is made of. */
export interface LivePolicyParts {
  /** What every request reads; replaced whole. */
  readonly cell: PolicyCell;
  readonly clock: Pick<Clock, "now">;
  readonly deadlines: Deadlines;
  readonly feed: EventFeed;
  readonly tally: Tally;
  /** Called after each replacement: closes what is not allowed any more, and returns how much that was. */
  readonly replaced: (policy: Policy, ended: EndedRules) => number;
  /**
   * Resolves once the policy in force is that of every worker, to how many connections the last replacement closed in
   * them; absent where there are none.
   */
  readonly everywhere?: () => Promise<number>;
}

/** Rules of a policy that are in the next one no more, where nobody has taken them back. */
export interface EndedRules {
  /** Their time is over: what they let through may finish. */
  readonly lapsed: readonly Rule[];
  /** Others with the same words have taken their place. */
  readonly succeeded: readonly { readonly rule: Rule; readonly by: Rule }[];
}

const NONE_ENDED: EndedRules = { lapsed: [], succeeded: [] };

/** What a change came to. */
export interface RuleChange {
  readonly rules: readonly RuleRecord[];
  /** Connections that it closed. */
  readonly closed: number;
}

/**
 * The policy while Doorward runs: what the configuration says, and on top of it what people changed since: the
 * mode, rules for a time, approvals. A reload replaces the configuration's part and keeps theirs. Every change
 * makes one new policy, and every request sees one policy or the other, never a mixture.
 */
export class LivePolicy {
  readonly #parts: LivePolicyParts;
  #configured: PolicyDocument;
  /** Null follows the configuration. */
  #mode: Mode | null = null;
  #runtime: readonly RuntimeRule[] = [];
  #guard: ChangeGuard = () => null;
  /** Rules whose time is over by itself: what they let through may finish. */
  readonly #lapsed = new WeakSet<Rule>();
  /** What took a rule's place with the same words: it ends for both. */
  readonly #successors = new WeakMap<Rule, Rule>();
  #made = 0;

  constructor(parts: LivePolicyParts) {
    this.#parts = parts;
    this.#configured = parts.cell.current.document;
  }

  /** The policy in force. */
  get current(): Policy {
    return this.#parts.cell.current;
  }

  /** What the configuration says, without what was changed since. */
  get configured(): PolicyDocument {
    return this.#configured;
  }

  /** Every rule in force, those of the configuration first. */
  get rules(): readonly RuleRecord[] {
    return [
      ...this.#configured.rules.map((rule) => this.#record(rule)),
      ...this.#runtime.map((rule) => this.#runtimeRecord(rule)),
    ];
  }

  /** The rules that say this, in its canonical spelling. */
  saying(list: Rule["list"], text: string): readonly RuleRecord[] {
    const isMeant = (rule: Rule) => rule.list === list && canonicalText(rule) === text;
    return [
      ...this.#configured.rules.filter(isMeant).map((rule) => this.#record(rule)),
      ...this.#runtime.filter(({ rule }) => isMeant(rule)).map((rule) => this.#runtimeRecord(rule)),
    ];
  }

  /** How many rules there are, in all and of those made at run time. */
  get counts(): { readonly allow: number; readonly deny: number; readonly runtime: number } {
    const all = [...this.#configured.rules, ...this.#runtime.map(({ rule }) => rule)];
    const allow = all.filter(({ list }) => list === "allow").length;
    return { allow, deny: all.length - allow, runtime: this.#runtime.length };
  }

  /**
   * Whether a rule ended by itself: what it let through is not to be closed for that. Not so of a rule that nobody could
   * make any more: where hosts are required nobody's yes outlasts that, and an approval for once is one, too.
   */
  isLapsed(rule: Rule): boolean {
    let last = rule;
    for (let next = this.#successors.get(last); next !== undefined;) {
      last = next;
      next = this.#successors.get(last);
    }
    return this.#lapsed.has(last) && this.mayAllow(patternOf(last));
  }

  /** Whether anybody could add an allow rule that says this. */
  mayAllow(pattern: RulePattern): boolean {
    return this.#guard({ kind: "allow_added", pattern }) === null;
  }

  /**
   * Waits until every worker has the policy in force, and has closed what that does not let through.
   *
   * @param closed how many connections the change before closed here
   * @returns how many it closed, all together
   */
  async everywhere(closed: number): Promise<number> {
    return closed + (await this.#parts.everywhere?.() ?? 0);
  }

  /** From now on nothing is changed that `guard` has something against. */
  obey(guard: ChangeGuard): void {
    this.#guard = guard;
  }

  /**
   * Puts another configuration into force, and takes back what people changed and could not change any more. Returns
   * how many connections that closed.
   */
  rebase(document: PolicyDocument): number {
    this.#configured = document;
    const mode = this.#mode;
    if (mode === document.mode || (mode !== null && this.#guard({ kind: "mode", mode }) !== null)) {
      this.#mode = null;
    }
    const refused = this.#runtime.filter(({ list, pattern }) =>
      list === "allow" && this.#guard({ kind: "allow_added", pattern }) !== null
    );
    for (const { deadline } of refused) deadline?.clear();
    this.#runtime = this.#runtime.filter((known) => !refused.includes(known));
    const records = refused.map((known) => this.#runtimeRecord(known));
    const closed = this.#replace();
    for (const record of records) this.#publish("removed", record);
    return closed;
  }

  /**
   * Switches the mode. Returns how many connections that closed.
   *
   * @throws {AdminError} when that is not for anybody to decide who asks for it
   */
  setMode(mode: Mode): number {
    if (this.current.document.mode === mode) return 0;
    this.#check({ kind: "mode", mode }, `Cannot switch to ${mode} mode`);
    this.#mode = mode === this.#configured.mode ? null : mode;
    const closed = this.#replace();
    this.#parts.feed.publish({ type: "mode", generation: this.current.generation, mode });
    return closed;
  }

  /**
   * Adds a rule; one with the same words is replaced. A new rule may close connections, if it denies.
   *
   * @throws {AdminError} when there are too many, or the rule would have no effect
   */
  add(made: NewRule): { readonly rule: Rule; readonly change: RuleChange } {
    this.refuse(made.list, made.pattern);
    const text = textOf(made.pattern);
    const same = this.#runtime.filter((known) => isSame(known, made.list, text));
    const others = this.#runtime.filter((known) => !same.includes(known));
    if (others.length >= RUNTIME_RULES_MAX) {
      throw new AdminError(
        "too_many_rules",
        `Cannot add a rule: there are ${RUNTIME_RULES_MAX}`,
      );
    }
    for (const known of same) known.deadline?.clear();
    const added = this.#make(made);
    for (const { rule } of same) this.#successors.set(rule, added.rule);
    this.#runtime = [...others, added];
    const succeeded = same.map(({ rule }) => ({ rule, by: added.rule }));
    const closed = this.#replace({ lapsed: [], succeeded });
    const record = this.#runtimeRecord(added);
    this.#publish("added", record);
    return { rule: added.rule, change: { rules: [record], closed } };
  }

  /**
   * Refuses an allow rule that nobody may add, and one that names a local address: those are for whoever writes the
   * file, with open eyes.
   *
   * @throws {AdminError}
   */
  refuse(list: Rule["list"], wished: RulePattern): void {
    if (list === "deny") return;
    this.#check({ kind: "allow_added", pattern: wished }, `Cannot allow "${textOf(wished)}"`);
    const { pattern } = wished;
    if (pattern.kind !== "ip" && pattern.kind !== "exact") return;
    const kind = classifyHost(
      pattern.kind === "ip" ? { kind: "ip", ip: pattern.ip } : { kind: "name", name: pattern.name },
    );
    const { allowLocalBinding } = this.#configured;
    const passes = kind === "public" ||
      (allowLocalBinding && (kind === "loopback" || kind === "private"));
    if (passes) return;
    throw new AdminError(
      "local_address",
      "Cannot allow a local or special address at run time: write it into the configuration file",
    );
  }

  /** A rule for the requests that wait for an answer and for no other. It is never part of the policy. */
  once(pattern: RulePattern): Rule {
    const rule = ruleOf("allow", pattern, "approval");
    this.#lapsed.add(rule);
    return rule;
  }

  /** Withdraws the runtime rules with these words, and closes what they let through. */
  remove(list: Rule["list"], text: string): RuleChange {
    const removed = this.#runtime.filter((known) => isSame(known, list, text));
    if (removed.length === 0) return { rules: [], closed: 0 };
    for (const known of removed) known.deadline?.clear();
    this.#runtime = this.#runtime.filter((known) => !removed.includes(known));
    const rules = removed.map((rule) => this.#runtimeRecord(rule));
    const closed = this.#replace();
    for (const rule of rules) this.#publish("removed", rule);
    return { rules, closed };
  }

  #check(change: Change, what: string): void {
    const why = this.#guard(change);
    if (why !== null) throw new AdminError("required", `${what}: ${why}`);
  }

  #make(made: NewRule): RuntimeRule {
    this.#made += 1;
    const rule = ruleOf(made.list, made.pattern, made.from);
    const { scope } = made;
    const ms = scope.kind === "minutes" ? scope.minutes * 60_000 : null;
    const runtime: RuntimeRule = {
      ...made,
      id: `r${this.#made}`,
      rule,
      expiresAt: ms === null ? null : this.#parts.clock.now() + ms,
      deadline: ms === null ? null : this.#parts.deadlines.arm(ms, () => this.#expire(runtime)),
    };
    return runtime;
  }

  /** Lets a rule end. What it let through goes on: the time was for asking, not for finishing. */
  #expire(expired: RuntimeRule): void {
    const record = this.#runtimeRecord(expired);
    this.#lapsed.add(expired.rule);
    this.#runtime = this.#runtime.filter((known) => known !== expired);
    this.#replace({ lapsed: [expired.rule], succeeded: [] });
    this.#publish("expired", record);
  }

  #replace(ended: EndedRules = NONE_ENDED): number {
    const { cell, replaced } = this.#parts;
    const document: PolicyDocument = {
      ...this.#configured,
      mode: this.#mode ?? this.#configured.mode,
      runtimeRules: this.#runtime.map(({ rule }) => rule),
    };
    const policy = compilePolicy(document, cell.current.generation + 1);
    cell.replace(policy);
    return replaced(policy, ended);
  }

  #publish(state: "added" | "removed" | "expired", rule: RuleRecord): void {
    const { generation } = this.current;
    this.#parts.feed.publish({ type: "rule", generation, state, rule });
  }

  #record(rule: Rule): RuleRecord {
    return configuredRecord(rule, this.#parts.tally.hits(rule));
  }

  #runtimeRecord(made: RuntimeRule): RuleRecord {
    return runtimeRecord(made, this.#parts.tally.hits(made.rule));
  }
}

function isSame({ rule }: RuntimeRule, list: Rule["list"], text: string): boolean {
  return rule.list === list && rule.text === text;
}
