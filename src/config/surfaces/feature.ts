// `features.network_proxy`: a switch, or a table with the switch and settings of the proxy in it.
import type { Findings } from "../toml/findings.ts";
import type { JsonSchema } from "../toml/json_schema.ts";
import type { Entry, Located, LocatedTable, Place } from "../toml/located.ts";
import { unknownKey } from "../toml/nearest_key.ts";
import { readFlag, type SchemaByKey, wrong } from "../toml/value_readers.ts";
import { withEntry } from "./domain_map.ts";

/** What it is called where it is written. */
export const FEATURE = "features.network_proxy";

const SETTINGS = [
  "proxy_url",
  "enable_socks5",
  "socks_url",
  "enable_socks5_udp",
  "allow_upstream_proxy",
  "dangerously_allow_non_loopback_proxy",
  "dangerously_allow_all_unix_sockets",
  "mode",
  "domains",
  "unix_sockets",
  "allow_local_binding",
];

/** What `[features]` takes. */
export function featuresSchema(network: SchemaByKey): JsonSchema {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, network[name]!]));
  const enabled = { description: "whether there is a proxy", ...readFlag.schema };
  return {
    description: "switches of features; the proxy is one",
    type: "object",
    properties: {
      network_proxy: {
        description:
          "whether there is a proxy, and settings that are laid over those of the policy",
        anyOf: [readFlag.schema, {
          type: "object",
          properties: { enabled, ...settings },
          additionalProperties: false,
        }],
      },
    },
    additionalProperties: false,
  };
}

/** The feature as it is written. */
export interface Feature {
  /** The switch, and where; null where nobody wrote it. */
  readonly enabled: { readonly value: boolean; readonly place: Place } | null;
  /** What it lays over the settings of the proxy; maybe nothing. */
  readonly settings: ReadonlyMap<string, Entry>;
}

const UNWRITTEN: Feature = { enabled: null, settings: new Map() };

/** Reads it from what is in `features.network_proxy`. */
export function readFeature(value: Located | undefined, findings: Findings): Feature {
  if (value === undefined) return UNWRITTEN;
  if (value.kind === "scalar") {
    const flag = readFlag(value, FEATURE, findings);
    return flag === undefined
      ? UNWRITTEN
      : { ...UNWRITTEN, enabled: { value: flag, place: value.place } };
  }
  if (value.kind === "list") {
    wrong(value, FEATURE, "true, false or a table", findings);
    return UNWRITTEN;
  }
  const settings = new Map<string, Entry>();
  let enabled: Feature["enabled"] = null;
  for (const [name, entry] of value.entries) {
    if (name === "enabled") {
      const flag = readFlag(entry.value, `${FEATURE}.enabled`, findings);
      if (flag !== undefined) enabled = { value: flag, place: entry.value.place };
    } else if (SETTINGS.includes(name)) settings.set(name, entry);
    else findings.fault(entry.key, unknownKey(name, ["enabled", ...SETTINGS], `[${FEATURE}]`));
  }
  return { enabled, settings };
}

/**
 * Two documents of which the upper is laid over the lower: where one has the switch alone and the other a table, both
 * have tables, so that neither loses what it says. But `-c` with a dotted key replaces a switch, as it does everywhere.
 */
export function alignFeature(
  below: LocatedTable,
  above: LocatedTable,
): readonly [LocatedTable, LocatedTable] {
  const under = switchIn(below);
  const over = switchIn(above);
  const isFlag = above.place.flag !== null;
  if (under !== null && over === null && hasFeature(above) && !isFlag) {
    return [withSwitchInside(below, under), above];
  }
  if (over !== null && under === null && hasFeature(below)) {
    return [below, withSwitchInside(above, over)];
  }
  return [below, above];
}

/** The feature, where it is a switch alone. */
function switchIn(root: LocatedTable): Entry | null {
  const entry = featuresOf(root)?.entries.get("network_proxy");
  return entry?.value.kind === "scalar" ? entry : null;
}

function hasFeature(root: LocatedTable): boolean {
  return featuresOf(root)?.entries.get("network_proxy")?.value.kind === "table";
}

function featuresOf(root: LocatedTable): LocatedTable | null {
  const value = root.entries.get("features")?.value;
  return value?.kind === "table" ? value : null;
}

function withSwitchInside(root: LocatedTable, { key, value }: Entry): LocatedTable {
  const { key: featuresKey } = root.entries.get("features")!;
  const entries = new Map([["enabled", { key, value }]]);
  const table: Located = { kind: "table", place: value.place, entries };
  const features = withEntry(featuresOf(root)!, "network_proxy", { key, value: table });
  return withEntry(root, "features", { key: featuresKey, value: features });
}
