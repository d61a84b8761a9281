import type { Preset } from "../config/presets/preset.ts";
import { needsMitm, PRESETS } from "../config/presets/presets.ts";
import { alignedLine, columnWidths } from "./admin/columns.ts";
import type { PresetsCommand } from "./argv/command.ts";
import { EXIT } from "./exit_code.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward presets`: the named groups of hosts, or what is in one. */
export function presets({ preset, json }: PresetsCommand, here: Surroundings): number {
  const { out } = here.terminal;
  if (json) {
    out.line(JSON.stringify(preset === null ? PRESETS.map(summaryJson) : presetJson(preset)));
    return EXIT.done;
  }
  for (const line of preset === null ? listLines() : presetLines(preset)) out.line(line);
  return EXIT.done;
}

function listLines(): readonly string[] {
  return [
    ...table(
      PRESETS.map((preset) => [preset.name, counted(preset), mitmWord(preset), preset.summary]),
    ),
    "",
    "mitm: only with mitm = true, which holds hosts to reading. What is in one: doorward presets",
    'show NAME. To use it: presets = ["NAME"] under [network].',
  ];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = columnWidths(rows);
  return rows.map((row) => alignedLine(row, widths));
}

function counted({ hosts: { length } }: Preset): string {
  return `${length} host${length === 1 ? "" : "s"}`;
}

function mitmWord(preset: Preset): string {
  return needsMitm(preset) ? "mitm" : "";
}

function presetLines(preset: Preset): readonly string[] {
  return [
    `${preset.name}: ${preset.summary}`,
    ...table(preset.hosts.map(({ host, methods, shared, checked, why }) => [
      `  ${host}`,
      methods,
      shared ? "shared" : "",
      checked,
      why,
    ])),
    ...(needsMitm(preset) ? ["", "It needs mitm = true, which holds hosts to reading."] : []),
  ];
}

function summaryJson(preset: Preset) {
  const { name, summary, hosts } = preset;
  return { name, summary, hosts: hosts.length, needs_mitm: needsMitm(preset) };
}

function presetJson(preset: Preset) {
  return { ...summaryJson(preset), hosts: preset.hosts };
}
