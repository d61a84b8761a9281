// Presets: named groups of hosts, for people who know what they use and not where it lives. Data, and how to find it.
import { nearestKey } from "../toml/nearest_key.ts";
import { quote } from "../toml/printable.ts";
import { FORGE_PRESETS } from "./forge_presets.ts";
import { MODEL_PRESETS } from "./model_presets.ts";
import { PACKAGE_PRESETS } from "./package_presets.ts";
import type { Preset } from "./preset.ts";
import { SYSTEM_PRESETS } from "./system_presets.ts";

/** Every preset, in the order in which they are listed. */
export const PRESETS: readonly Preset[] = [
  ...PACKAGE_PRESETS,
  ...SYSTEM_PRESETS,
  ...FORGE_PRESETS,
  ...MODEL_PRESETS,
];

/** Their names, in that order. */
export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name);

/** The preset of that name; null where there is none. */
export function findPreset(name: string): Preset | null {
  return PRESETS.find((preset) => preset.name === name) ?? null;
}

/** Says that there is no such preset, and which one was meant or where they are listed. */
export function unknownPreset(name: string): string {
  const [group = ""] = name.split(":", 1);
  const meant = nearestKey(name, PRESET_NAMES) ??
    PRESET_NAMES.find((known) => known === group || known.startsWith(`${group}:`));
  const hint = meant === undefined ? '"doorward presets" lists them' : `did you mean "${meant}"?`;
  return `unknown preset ${quote(name)}: ${hint}`;
}

/** Whether some of its hosts may only be read from, which takes a look into what tunnels carry. */
export function needsMitm({ hosts }: Preset): boolean {
  return hosts.some(({ methods }) => methods === "read");
}
