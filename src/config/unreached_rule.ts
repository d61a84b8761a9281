import { type HostPattern, wildcardBase } from "../policy/host_pattern.ts";
import type { RequestRule } from "../policy/request_rule.ts";
import type { Rule } from "../policy/rule.ts";
import { RuleList } from "../policy/rule_list.ts";

/** Whether no allow rule can match the host of a request rule. Where it cannot be told, one may. */
export function isUnreached({ host }: RequestRule, rules: readonly Rule[]): boolean {
  return !rules.some(({ list, pattern }) => list === "allow" && mayMeet(host, pattern));
}

function mayMeet(a: HostPattern, b: HostPattern): boolean {
  if (a.port !== null && b.port !== null && a.port !== b.port) return false;
  return covers(a, b) ?? covers(b, a) ?? bothWild(a, b);
}

/** Whether `one` is a single host that `pattern` matches; null where it is more than one host. */
function covers(one: HostPattern, pattern: HostPattern): boolean | null {
  const list = new RuleList([{ list: "allow", pattern, text: "", origin: NOWHERE }]);
  if (one.kind === "exact") return list.matching({ kind: "name", name: one.name }).length > 0;
  return one.kind === "ip" ? list.matching(one).length > 0 : null;
}

const NOWHERE = { file: "", line: null, column: null };

function bothWild(a: HostPattern, b: HostPattern): boolean {
  const [first, second] = [wildcardBase(a), wildcardBase(b)];
  if (first === null || second === null) return first === second;
  return `.${first}`.endsWith(`.${second}`) || `.${second}`.endsWith(`.${first}`);
}
