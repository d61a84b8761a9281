import type { Preset, PresetHost } from "../../config/presets/preset.ts";
import { PRESETS } from "../../config/presets/presets.ts";
import { parseHost } from "../../net/address/host.ts";
import type { Rule } from "../../policy/rule.ts";
import { RuleList } from "../../policy/rule_list.ts";
import { parseRulePattern } from "../../policy/rule_pattern.ts";
import type { LearnedHost } from "./lesson.ts";

/** A preset that could stand for hosts of a policy. It is never narrower: a preset knows no ports. */
export interface PresetHint {
  readonly preset: string;
  /** The hosts of the policy that it has. */
  readonly covers: readonly string[];
  /** How many hosts it has besides. */
  readonly others: number;
}

/** For each host the preset that would let the least through besides it, each preset once. */
export function presetHints(hosts: readonly LearnedHost[], mitm: boolean): readonly PresetHint[] {
  const candidates = PRESETS.map((preset) => candidateOf(preset, hosts, mitm))
    .filter(({ covers }) => covers.size > 0);
  const chosen = new Map<Candidate, string[]>();
  for (const host of hosts) {
    const [best] = candidates.filter(({ covers }) => covers.has(host)).sort(narrowerFirst);
    if (best === undefined) continue;
    chosen.set(best, [...chosen.get(best) ?? [], host.seen.host]);
  }
  return [...chosen].map(([{ preset, others }, covers]) => ({
    preset: preset.name,
    covers: [...new Set(covers)],
    others,
  }));
}

interface Candidate {
  readonly preset: Preset;
  readonly covers: ReadonlySet<LearnedHost>;
  readonly others: number;
  readonly readsOnly: boolean;
}

function candidateOf(
  preset: Preset,
  hosts: readonly LearnedHost[],
  mitm: boolean,
): Candidate {
  const covers = new Set<LearnedHost>();
  let others = 0;
  for (const each of preset.hosts) {
    const rules = new RuleList([ruleOf(each)]);
    const found = hosts.filter((host) => isOfTheWeb(host) && names(rules, host));
    if (found.length === 0) others += 1;
    for (const host of found) {
      if (each.methods === "any" || (mitm && host.rule === "read")) covers.add(host);
    }
  }
  return {
    preset,
    covers,
    others,
    readsOnly: preset.hosts.every(({ methods }) => methods === "read"),
  };
}

function narrowerFirst(a: Candidate, b: Candidate): number {
  return a.others - b.others || Number(b.readsOnly) - Number(a.readsOnly);
}

/** Presets are about the web: a host of one that is asked for ssh is another matter. */
function isOfTheWeb({ seen: { port, protocols } }: LearnedHost): boolean {
  return (port === 80 || port === 443) && !protocols.has("socks5_udp");
}

function names(rules: RuleList, { seen: { host: text } }: LearnedHost): boolean {
  const host = parseHost(text);
  return host.kind === "name" && rules.matching(host).length > 0;
}

function ruleOf({ host }: PresetHost): Rule {
  const parsed = parseRulePattern(host);
  if (parsed.kind === "bad") throw new Error(`Cannot read the preset's "${host}": ${parsed.why}`);
  const origin = { file: "built-in", line: null, column: null };
  return { list: "allow", pattern: parsed.pattern, text: host, origin };
}
