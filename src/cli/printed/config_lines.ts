import type { FilesystemEntry } from "../../config/surfaces/filesystem.ts";
import type { ShownTarget } from "../../config/otel/redacted_otel.ts";
import { quote } from "../../config/toml/printable.ts";
import type { Shown, ShownConfig } from "./shown_config.ts";
import { type Line, paint } from "./terminal.ts";

/** Wide enough for all but the longest keys and values. */
const KEY_COLUMNS = 38;
const VALUE_COLUMNS = 36;

/** What `config show` prints: where everything comes from, lowest first, and what came of it. */
export function configLines(shown: ShownConfig): readonly Line[] {
  return [
    ["Layers, lowest first"],
    ...layerLines(shown),
    [""],
    ["Policy"],
    ...policyLines(shown),
    [""],
    ["Settings of [network]"],
    ...Object.entries(shown.settings).flatMap(([key, value]) => settingLines(key, value)),
    ...otelLines(shown),
    ...(shown.filesystem.length === 0 ? [] : [
      [""],
      ["Filesystem (for whoever starts the command; Doorward enforces the network alone)"],
      ...shown.filesystem.map((entry): Line => [`  ${entryText(entry)}`]),
    ]),
    [""],
    ["Requirements"],
    ...requirementLines(shown),
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

function settingLines(key: string, shown: Shown | readonly Shown[]): readonly Line[] {
  if (!("value" in shown)) {
    if (shown.length === 0) return [settingLine(key, "[]", "")];
    return [
      [`  ${key}`],
      ...shown.map((each): Line => settingLine("", text(each.value), each.origin)),
    ];
  }
  return [settingLine(key, text(shown.value), shown.origin)];
}

function settingLine(key: string, value: string, origin: string): Line {
  const place = origin === "" ? "" : ` ${origin}`;
  return [
    `  ${key.padEnd(key === "" ? 2 : KEY_COLUMNS)}${
      value.padEnd(place === "" ? 0 : VALUE_COLUMNS)
    }`,
    paint("faint", place),
  ];
}

function otelLines({ otel }: ShownConfig): readonly Line[] {
  if (otel === null) return [];
  const { environment, interval_seconds, ...targets } = otel;
  return [
    [""],
    ["Export ([otel])"],
    settingLine("environment", quote(environment), ""),
    settingLine("interval_seconds", String(interval_seconds), ""),
    ...Object.entries(targets).map(([signal, target]) =>
      settingLine(signal, target === null ? "none" : targetText(target), "")
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

function requirementLines({ requirements }: ShownConfig): readonly Line[] {
  const entries = Object.entries(requirements);
  if (entries.length === 0) return [["  none"]];
  return entries.flatMap(([key, value]) => settingLines(key, value));
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
