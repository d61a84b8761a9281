import { nearestKey } from "../../config/toml/nearest_key.ts";
import type { Preset } from "../../config/presets/preset.ts";
import { findPreset, unknownPreset } from "../../config/presets/presets.ts";
import { POSTURES } from "../../config/starter/starter_text.ts";
import type { Values } from "./args.ts";
import type { Command, Common } from "./command.ts";
import type { CommandName } from "./commands.ts";

/** Reads the options of `doorward init`. */
export function initCommand(common: Common, values: Values): Command {
  if (common.policy.overrides.length > 0) {
    return usage('"doorward init" takes no -c: edit the file that it writes', "init");
  }
  const written = values.one("preset") ?? "balanced";
  const posture = POSTURES.find((posture) => posture === written);
  if (posture === undefined) return usage(unknownPosture(written), "init");
  const names = values.many("add").flatMap((list) => list.split(",")).map((name) => name.trim());
  const presets: Preset[] = [];
  for (const name of new Set(names)) {
    const preset = findPreset(name);
    if (preset === null) return usage(`Cannot add it: ${unknownPreset(name)}`, "init");
    presets.push(preset);
  }
  return { name: "init", ...common, posture, presets, stdout: values.flag("stdout") };
}

/** The other presets are what most will think of. */
function unknownPosture(written: string): string {
  const isGroup = findPreset(written) !== null;
  const meant = nearestKey(written, POSTURES);
  const hint = isGroup
    ? `did you mean "--add ${written}"?`
    : meant !== null
    ? `did you mean "${meant}"?`
    : `there are ${POSTURES.join(", ")}`;
  return `Unknown preset "${written}": ${hint}`;
}

/** Reads the words of `doorward presets`. */
export function presetsCommand(
  common: Common,
  json: boolean,
  operands: readonly string[],
): Command {
  const [word, name] = operands;
  if (word === undefined) return { name: "presets", ...common, preset: null, json };
  if (word !== "show") {
    const hint = findPreset(word) === null
      ? "there is show NAME"
      : `did you mean "doorward presets show ${word}"?`;
    return usage(`Cannot do "${word}" with presets: ${hint}`, "presets");
  }
  if (name === undefined) {
    return usage('"doorward presets show" needs a name: doorward presets lists them', "presets");
  }
  const preset = findPreset(name);
  if (preset === null) return usage(`Cannot show it: ${unknownPreset(name)}`, "presets");
  return { name: "presets", ...common, preset, json };
}

function usage(message: string, of: CommandName): Command {
  return { name: "usage", message, of };
}
