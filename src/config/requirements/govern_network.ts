import type { Origin } from "../../policy/rule.ts";
import type { NetworkConfig } from "../config.ts";
import type { PlacedRule } from "../domain_lists.ts";
import type { Findings } from "../toml/findings.ts";
import type { LocatedTable } from "../toml/located.ts";
import { applyRequirements } from "./apply_requirements.ts";
import { constraintsOf } from "./constraints.ts";
import type { Access, GovernedSettings } from "./governed_settings.ts";
import type { LoadedRequirements } from "./loaded_requirements.ts";
import type { PinnedSocket } from "./requirements.ts";
import { violationMessage, violations } from "./violations.ts";

/** `[network]` as a user has written it. */
export interface WrittenNetwork {
  readonly table: LocatedTable;
  readonly network: NetworkConfig;
  readonly rules: readonly PlacedRule[];
  /** Where a dotted key (`network.mode`) was written; undefined for a default. */
  readonly originOf: (key: string) => Origin | undefined;
}

/** `[network]` as it holds. */
export interface GovernedNetworkConfig {
  readonly network: NetworkConfig;
  readonly rules: readonly PlacedRule[];
  readonly originOf: (key: string) => Origin | undefined;
}

/** Lays requirements over `[network]`, and tells of whatever is overruled by them. */
export function governNetwork(
  written: WrittenNetwork,
  { requirements, notices }: LoadedRequirements,
  access: Access,
  findings: Findings,
): GovernedNetworkConfig {
  const tell = (origin: Origin, message: string) =>
    findings.notice({ origin, rank: -1, flag: null }, message);
  for (const { origin, message } of notices) tell(origin, message);
  const { settings, overruled } = applyRequirements(
    requirements,
    settingsOf(written),
    access,
  );
  for (const { at, message } of overruled) tell(at, message);
  // Nothing is left that could be broken; if something were, nothing would run.
  for (const violation of violations(constraintsOf(requirements, access), settings)) {
    const origin = violation.by ?? violation.at ?? written.table.place.origin;
    const message = `network proxy constraints are invalid: ${violationMessage(violation)}`;
    findings.fault({ origin, rank: -1, flag: null }, message);
  }
  const { network, allow, deny, unixSockets, originOf } = settings;
  // Those of a preset are not written out.
  const texts = (rules: readonly PlacedRule[]) =>
    rules.filter(({ rule }) => rule.origin.preset === undefined).map(({ rule }) => rule.text);
  return {
    network: {
      ...written.network,
      ...network,
      allowed_domains: texts(allow),
      denied_domains: texts(deny),
      allow_unix_sockets: unixSockets.map(({ value }) => value),
    },
    rules: [...allow, ...deny],
    originOf,
  };
}

function settingsOf({ table, network, rules, originOf }: WrittenNetwork): GovernedSettings {
  const of = (list: "allow" | "deny") => rules.filter(({ rule }) => rule.list === list);
  const list = table.entries.get("allow_unix_sockets")?.value;
  const items = list?.kind === "list" ? list.items : [];
  const unixSockets = network.allow_unix_sockets.map((value, index): PinnedSocket => ({
    value,
    origin: (items[index] ?? list ?? table).place.origin,
  }));
  return { network, allow: of("allow"), deny: of("deny"), unixSockets, originOf };
}
