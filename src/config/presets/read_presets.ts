import type { RequestRule } from "../../policy/request_rule.ts";
import { parseRulePattern } from "../../policy/rule_pattern.ts";
import type { Origin, Rule } from "../../policy/rule.ts";
import type { NetworkConfig } from "../config.ts";
import { listEntries, type ListEntry } from "../domain_lists.ts";
import type { PlacedRequestRule } from "../request_rules.ts";
import type { Findings } from "../toml/findings.ts";
import type { LocatedTable } from "../toml/located.ts";
import { ANY_REQUEST } from "../written_rule.ts";
import type { Preset, PresetHost } from "./preset.ts";
import { findPreset, needsMitm, unknownPreset } from "./presets.ts";

/** What the presets of a configuration come to. */
export interface PresetRules {
  /** A rule of the allowlist for each host. */
  readonly rules: readonly Rule[];
  /** A request rule for each host that may only be read from. */
  readonly requestRules: readonly PlacedRequestRule[];
}

/** Reads `presets`: makes of each name the rules that somebody would have written by hand. */
export function readPresets(
  table: LocatedTable,
  network: Pick<NetworkConfig, "mitm">,
  findings: Findings,
): PresetRules {
  const rules: Rule[] = [];
  const requestRules: PlacedRequestRule[] = [];
  for (const { preset, entry } of namedPresets(listEntries(table, "presets"), findings)) {
    if (needsMitm(preset) && !network.mitm) {
      findings.fault(entry.place, whyUnheld(preset));
      continue;
    }
    noteSharedWriting(preset, entry, findings);
    const origin: Origin = { ...entry.place.origin, preset: preset.name };
    for (const host of preset.hosts) {
      rules.push(allowRule(host, origin));
      if (host.methods === "any") continue;
      requestRules.push({ rule: readRule(host, origin), place: entry.place });
    }
  }
  return { rules, requestRules };
}

/** The presets that are named, each once. */
function namedPresets(entries: readonly ListEntry[], findings: Findings) {
  const named = new Map<string, { readonly preset: Preset; readonly entry: ListEntry }>();
  for (const entry of entries) {
    const preset = findPreset(entry.text);
    if (preset === null) findings.fault(entry.place, unknownPreset(entry.text));
    else if (!named.has(entry.text)) named.set(entry.text, { preset, entry });
  }
  return named.values();
}

/** Without a look into the tunnel nothing would hold it to reading, and nobody would notice. */
function whyUnheld({ name, hosts }: Preset): string {
  const held = hosts.filter(({ methods }) => methods === "read");
  const [first] = held;
  const more = held.length === 1 ? "" : ` and ${held.length - 1} more`;
  const open = findPreset(name.replace(/:read$/, ""));
  const instead = open === null || open.name === name || needsMitm(open)
    ? 'write the hosts that you need into "allowed_domains"'
    : `"${open.name}" lets everything through`;
  return `the preset "${name}" only lets ${
    first!.host
  }${more} be read from, and that needs to see ` +
    `what tunnels carry: write mitm = true under [network]; without it, ${instead}`;
}

/** Says when strangers can read what goes out. */
function noteSharedWriting({ name, hosts }: Preset, { place }: ListEntry, findings: Findings) {
  const open = hosts.find(({ shared, methods }) => shared && methods === "any");
  if (open === undefined) return;
  const tight = findPreset(`${name}:read`);
  const instead = tight === null ? "" : `; "${tight.name}" only reads`;
  const message = `the preset "${name}" lets commands write to ${open.host}, where strangers read`;
  findings.notice(place, message + instead);
}

function allowRule({ host }: PresetHost, origin: Origin): Rule {
  return { list: "allow", pattern: patternOf(host), text: host, origin };
}

function readRule({ host }: PresetHost, origin: Origin): RequestRule {
  return {
    host: patternOf(host),
    matches: { ...ANY_REQUEST, can: [{ word: "read", scope: null }] },
    actions: { strip: [], inject: [] },
    text: `${host} read`,
    origin,
  };
}

function patternOf(host: string) {
  const parsed = parseRulePattern(host);
  if (parsed.kind === "bad") throw new Error(`Cannot read the preset's "${host}": ${parsed.why}`);
  return parsed.pattern;
}
