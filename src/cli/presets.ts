import type { Preset } from "../config/presets/preset.ts";
import { needsMitm, PRESETS } from "../config/presets/presets.ts";
import { tableLines } from "./admin/table_lines.ts";
import type { PresetsCommand } from "./argv/command.ts";
import { EXIT } from "./exit_code.ts";
import { counted } from "./printed/counted.ts";
import { printProse } from "./printed/prose.ts";
import { type Line, paint } from "./printed/terminal.ts";
import type { Surroundings } from "./surroundings.ts";

/** `doorward presets`: the named groups of hosts, or what is in one. */
export function presets({ preset, json }: PresetsCommand, here: Surroundings): number {
  const { out } = here.terminal;
  if (json) {
    out.line(JSON.stringify(preset === null ? PRESETS.map(summaryJson) : presetJson(preset)));
    return EXIT.done;
  }
  const { columns } = out;
  printProse(out, preset === null ? listLines(columns) : presetLines(preset, columns));
  return EXIT.done;
}

function listLines(columns: number | null): readonly Line[] {
  const rows = PRESETS.map((preset) => [
    preset.name,
    counted(preset.hosts.length, "host"),
    mitmWord(preset),
    preset.summary,
  ]);
  return [
    ...tableLines({ header: null, rows }, columns),
    [],
    ["mitm: only with mitm = true, which holds hosts to reading."],
    ["What is in one: ", paint("copy", "doorward presets show NAME")],
    ['To use it: presets = ["NAME"] under [network].'],
  ];
}

function mitmWord(preset: Preset): string {
  return needsMitm(preset) ? "mitm" : "";
}

function presetLines(preset: Preset, columns: number | null): readonly Line[] {
  const rows = preset.hosts.map(({ host, methods, shared, checked, why }) => [
    `  ${host}`,
    methods,
    shared ? "shared" : "",
    checked,
    why,
  ]);
  return [
    [`${preset.name}: ${preset.summary}`],
    ...tableLines({ header: null, rows }, columns),
    ...(needsMitm(preset) ? [[], ["It needs mitm = true, which holds hosts to reading."]] : []),
  ];
}

function summaryJson(preset: Preset) {
  const { name, summary, hosts } = preset;
  return { name, summary, hosts: hosts.length, needs_mitm: needsMitm(preset) };
}

function presetJson(preset: Preset) {
  return { ...summaryJson(preset), hosts: preset.hosts };
}
