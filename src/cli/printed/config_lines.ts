import type { FilesystemEntry } from "../../config/surfaces/filesystem.ts";
import type { ShownTarget } from "../../config/otel/redacted_otel.ts";
import { quote } from "../../config/toml/printable.ts";
import type { Shown, ShownConfig } from "./shown_config.ts";
import { type Line, paint } from "./terminal.ts";

/** How wide keys and values are at least, so that what follows them stands in columns. */
interface Widths {
  readonly key: number;
  readonly value: number;
}

/** Wide enough for all but the longest keys and values. */
const WIDE: Widths = { key: 38, value: 36 };
const WIDE_COLUMNS = 100;
/** Keys in a column, and what they are set to: that most values are defaults need not be in one. */
const MIDDLE: Widths = { key: 38, value: 0 };
const MIDDLE_COLUMNS = 64;
const NARROW: Widths = { key: 0, value: 0 };

/**
 * What `config show` prints: where everything comes from, lowest first, and what came of it.
 *
 * @param columns of the terminal; null for no limit
 */
export function configLines(shown: ShownConfig, columns: number | null): readonly Line[] {
  const widths = columns === null || columns >= WIDE_COLUMNS
    ? WIDE
    : columns >= MIDDLE_COLUMNS
    ? MIDDLE
    : NARROW;
  return [
    ["Layers, lowest first"],
    ...layerLines(shown),
    [""],
    ["Policy"],
    ...policyLines(shown),
    [""],
    ["Settings of [network]"],
    ...Object.entries(shown.settings).flatMap(([key, value]) => settingLines(key, value, widths)),
    ...otelLines(shown, widths),
    ...(shown.filesystem.length === 0 ? [] : [
      [""],
      ["Filesystem (for whoever starts the command; Doorward enforces the network alone)"],
      ...shown.filesystem.map((entry): Line => [`  ${entryText(entry)}`]),
    ]),
    [""],
    ["Requirements"],
    ...requirementLines(shown, widths),
    [""],
    ["Runtime"],
    ...runtimeLines(shown),
  ];
}

function layerLines({ layers, flags }: ShownConfig): readonly Line[] {
  const lines = layers.map(({ name, file, state, why }, index): Line => {
    const note = state === "read" ? "" : ` (${why === null ? state : `${state}: ${why}`})`;
    const text = `  ${index + 1}. ${name.padEnd(8)} ${file}`;
    return state === "read" ? [text] : [paint("faint", text + note)];
  });
  if (lines.length === 0) lines.push(["  built-in defaults"]);
  return [...lines, ...flags.map((flag): Line => [`  ${flag}`])];
}

function policyLines({ policy }: ShownConfig): readonly Line[] {
  const { surface, why, profile, description, feature, switched, off } = policy;
  return [
    row("written as", `${SURFACES[surface]} (${why})`),
    ...(profile === null ? [] : [row("profile", profile.join(" -> "))]),
    ...(description === null ? [] : [row("", description)]),
    row("feature", `features.network_proxy is ${feature ?? "not written"}`),
    row("library", `direct network ${switched.network}, proxy ${switched.proxy}`),
    off === null ? ["  ", "start, run".padEnd(LABEL_COLUMNS), paint("good", "on")] : [
      "  ",
      "start, run".padEnd(LABEL_COLUMNS),
      paint("warning", "off"),
      `: ${off.value}`,
      at(off),
    ],
  ];
}

const LABEL_COLUMNS = 12;

const SURFACES: Readonly<Record<ShownConfig["policy"]["surface"], string>> = {
  network: "[network]",
  profile: "a permission profile",
  sandbox_mode: "a sandbox mode",
  none: "nothing",
};

function row(label: string, text: string): Line {
  return [`  ${label.padEnd(LABEL_COLUMNS)}${text}`];
}

function settingLines(
  key: string,
  shown: Shown | readonly Shown[],
  widths: Widths,
): readonly Line[] {
  if (!("value" in shown)) {
    if (shown.length === 0) return [settingLine(key, "[]", "", widths)];
    return [
      [`  ${key}`],
      ...shown.map((each): Line => settingLine("", text(each.value), each.origin, widths)),
    ];
  }
  return [settingLine(key, text(shown.value), shown.origin, widths)];
}

function settingLine(key: string, value: string, origin: string, widths: Widths): Line {
  const place = origin === "" ? "" : ` ${origin}`;
  // Where nothing is padded two spaces set a value off, and one more its place.
  const name = key === "" ? "  " : key.padEnd(widths.key || key.length + 2);
  const padded = place === "" ? value : value.padEnd(widths.value || value.length + 1);
  return [
    `  ${name}${padded}`,
    paint("faint", place),
  ];
}

function otelLines({ otel }: ShownConfig, widths: Widths): readonly Line[] {
  if (otel === null) return [];
  const { environment, interval_seconds, ...targets } = otel;
  return [
    [""],
    ["Export ([otel])"],
    settingLine("environment", quote(environment), "", widths),
    settingLine("interval_seconds", String(interval_seconds), "", widths),
    ...Object.entries(targets).map(([signal, target]) =>
      settingLine(signal, target === null ? "none" : targetText(target), "", widths)
    ),
  ];
}

function targetText({ url, protocol, headers, ca_file }: ShownTarget): string {
  const names = headers.length === 0 ? "" : `, headers ${headers.join(", ")}`;
  return `${url} ${protocol}${names}${ca_file === null ? "" : `, by ${quote(ca_file)}`}`;
}

/** A value as TOML has it, for a person to compare with a file. */
function text(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return "rule" in value ? String(value.rule) : JSON.stringify(value);
}

function requirementLines({ requirements }: ShownConfig, widths: Widths): readonly Line[] {
  const entries = Object.entries(requirements);
  if (entries.length === 0) return [["  none"]];
  return entries.flatMap(([key, value]) => settingLines(key, value, widths));
}

function entryText({ path, subpath, access }: FilesystemEntry): string {
  return `${subpath === null ? path : `${path} / ${subpath}`}  ${access}`;
}

function runtimeLines({ runtime }: ShownConfig): readonly Line[] {
  if (runtime === null) return [["  the system chooses the port: doorward start prints it"]];
  return Object.entries(runtime).map((
    [name, url],
  ): Line => [`  ${name.padEnd(LABEL_COLUMNS)}${url}`]);
}

function at({ origin }: Shown): string {
  return ` (${origin})`;
}
