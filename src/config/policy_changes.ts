import type { PolicyDocument } from "../policy/policy.ts";
import type { Rule } from "../policy/rule.ts";

/** Changes that are told one by one; a longer list is counted. */
const TOLD_MAX = 20;

/** Switches of a policy, and how they are written in the file. */
const SWITCHES = {
  enabled: "enabled",
  mode: "mode",
  ask: "ask",
  allowLocalBinding: "allow_local_binding",
  interception: "mitm",
  sniBinding: "sni_binding",
  dangerouslyAllowAllDomains: "dangerously_allow_all_domains",
  dangerouslyAllowAllUnixSockets: "dangerously_allow_all_unix_sockets",
} as const satisfies Partial<Record<keyof PolicyDocument, string>>;

/** What is different in another policy, a few words each: `allow +example.com`, `mode limited`. */
export function policyChanges(before: PolicyDocument, after: PolicyDocument): readonly string[] {
  const ech = before.denyEch === after.denyEch ? [] : [`ech ${after.denyEch ? "deny" : "allow"}`];
  const switches = (Object.keys(SWITCHES) as (keyof typeof SWITCHES)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => `${SWITCHES[key]} ${after[key]}`);
  const changes = [
    ...switches,
    ...ech,
    ...listChanges("allow", texts(before, "allow"), texts(after, "allow")),
    ...listChanges("deny", texts(before, "deny"), texts(after, "deny")),
    ...listChanges("request rule", ruleTexts(before), ruleTexts(after)),
    ...listChanges("unix socket", new Set(before.unixSockets), new Set(after.unixSockets)),
  ];
  if (changes.length <= TOLD_MAX) return changes;
  return [...changes.slice(0, TOLD_MAX), `and ${changes.length - TOLD_MAX} more`];
}

function texts({ rules }: PolicyDocument, list: Rule["list"]): ReadonlySet<string> {
  return new Set(rules.filter((rule) => rule.list === list).map((rule) => rule.text));
}

function ruleTexts({ requestRules }: PolicyDocument): ReadonlySet<string> {
  return new Set(requestRules.map(({ text }) => text));
}

function listChanges(
  name: string,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly string[] {
  return [
    ...[...after].filter((text) => !before.has(text)).map((text) => `${name} +${text}`),
    ...[...before].filter((text) => !after.has(text)).map((text) => `${name} -${text}`),
  ];
}
