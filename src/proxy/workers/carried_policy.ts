import type { Policy, PolicyDocument } from "../../policy/policy.ts";
import type { HeaderInjection, RequestRule } from "../../policy/request_rule.ts";
import type { Rule } from "../../policy/rule.ts";
import type { EndedRules } from "../live_policy.ts";

/** A policy on its way to another isolate. */
export interface CarriedPolicy {
  readonly document: CarriedDocument;
  readonly generation: number;
  /** The numbers of its runtime rules, in their order: by them a rule stays the same from one policy to the next. */
  readonly runtime: readonly number[];
  /** Of rules in the policy before: see `EndedRules`. */
  readonly lapsed: readonly number[];
  readonly succeeded: readonly { readonly rule: number; readonly by: number }[];
}

/** What a policy is made from, as data: of a field that is put into requests, the value itself. */
export type CarriedDocument = Omit<PolicyDocument, "requestRules"> & {
  readonly requestRules: readonly CarriedRequestRule[];
};

type CarriedRequestRule = Omit<RequestRule, "actions"> & {
  readonly actions: {
    readonly strip: readonly string[];
    readonly inject: readonly (Omit<HeaderInjection, "value"> & { readonly value: string })[];
  };
};

/** Numbers rules, each always in the same way. */
export type NumberOf = (rule: Rule) => number;

/** Makes numbers for rules. */
export function numberRules(): NumberOf {
  const numbers = new WeakMap<Rule, number>();
  let last = 0;
  return (rule) => {
    const known = numbers.get(rule);
    if (known !== undefined) return known;
    numbers.set(rule, ++last);
    return last;
  };
}

/** Makes data of a policy. */
export function carryPolicy(
  { document, generation }: Pick<Policy, "document" | "generation">,
  { lapsed, succeeded }: EndedRules,
  numberOf: NumberOf,
): CarriedPolicy {
  const { requestRules, runtimeRules = [] } = document;
  return {
    document: { ...document, requestRules: requestRules.map(carryRule) },
    generation,
    runtime: runtimeRules.map(numberOf),
    lapsed: lapsed.map(numberOf),
    succeeded: succeeded.map(({ rule, by }) => ({ rule: numberOf(rule), by: numberOf(by) })),
  };
}

/** What a carried policy is made from. */
export function documentOf({ requestRules, ...rest }: CarriedDocument): PolicyDocument {
  return { ...rest, requestRules: requestRules.map(ruleOf) };
}

function carryRule({ actions: { strip, inject }, ...rest }: RequestRule): CarriedRequestRule {
  const values = inject.map(({ name, value }) => ({ name, value: value() }));
  return { ...rest, actions: { strip, inject: values } };
}

function ruleOf({ actions: { strip, inject }, ...rest }: CarriedRequestRule): RequestRule {
  const injections = inject.map(({ name, value }) => ({ name, value: () => value }));
  return { ...rest, actions: { strip, inject: injections } };
}
