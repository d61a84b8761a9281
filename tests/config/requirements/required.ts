import { readRequirements } from "../../../src/config/requirements/read_requirements.ts";
import type {
  GovernedNetwork,
  GovernedSettings,
} from "../../../src/config/requirements/governed_settings.ts";
import type { PinnedSocket, Requirements } from "../../../src/config/requirements/requirements.ts";
import { parseRules, type PlacedRule } from "../../../src/config/domain_lists.ts";
import { DEFAULT_NETWORK } from "../../../src/config/network_table.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { canonicalText } from "../../../src/policy/rule_pattern.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import { PLACE, print } from "../load.ts";

/** What a document of requirements says, and what was found in it, each as `line:column message`. */
export interface Read {
  readonly requirements: Requirements;
  readonly faults: readonly string[];
  readonly notices: readonly string[];
}

/** Reads a document of this text. */
export async function read(text: string, file = "requirements.toml"): Promise<Read> {
  const findings = new Findings();
  const requirements = await readRequirements(text, file, findings);
  return {
    requirements,
    faults: print(findings.faults()),
    notices: print(findings.notices()),
  };
}

/** The requirements of `[experimental_network]` with these lines, of which none is wrong. */
export async function required(lines: string, file?: string): Promise<Requirements> {
  const { requirements, faults } = await read(`[experimental_network]\n${lines}`, file);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return requirements;
}

/** What a user has written: keys of `[network]`, and the lists. */
export interface Written {
  readonly network?: Partial<GovernedNetwork>;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly sockets?: readonly string[];
}

/** Settings of a user: what is not written has its default. All of it stands at `config.toml:1:1`. */
export function settings(
  { network = {}, allow = [], deny = [], sockets = [] }: Written = {},
): GovernedSettings {
  const { origin } = PLACE;
  const written = [
    ...Object.keys(network),
    ...(allow.length > 0 ? ["allowed_domains"] : []),
    ...(deny.length > 0 ? ["denied_domains"] : []),
  ];
  return {
    network: { ...DEFAULT_NETWORK, ...network },
    allow: rules("allow", allow),
    deny: rules("deny", deny),
    unixSockets: sockets.map((value): PinnedSocket => ({ value, origin })),
    originOf: (key) => written.some((name) => key === `network.${name}`) ? origin : undefined,
  };
}

function rules(list: Rule["list"], texts: readonly string[]): readonly PlacedRule[] {
  const findings = new Findings();
  const read = parseRules(list, texts.map((text) => ({ text, place: PLACE })), findings);
  if (findings.faults().length > 0) throw new Error(print(findings.faults()).join("\n"));
  return read;
}

/** The rules in their canonical spelling. */
export function texts(all: readonly PlacedRule[]): readonly string[] {
  return all.map(({ rule }) => canonicalText(rule));
}
