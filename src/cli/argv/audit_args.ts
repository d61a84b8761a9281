import { nearestKey } from "../../config/toml/nearest_key.ts";
import type { Values } from "./args.ts";
import type { AuditCommand, AuditSummaryCommand, Command, Common } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { type OptionName, OPTIONS } from "./options.ts";

/** What `doorward audit` can do. */
const [ACTIONS] = COMMANDS.audit.words;

/** The options that each takes. */
const OPTIONS_OF: Readonly<Record<AuditCommand["action"], readonly OptionName[]>> = {
  verify: ["expect", "json"],
  summary: ["format", "since", "label", "json"],
  schema: ["json"],
};
const VALUED = ["expect", "format", "since", "label"] as const;

const CHAIN_VALUE_REGEXP = /^[0-9a-f]{64}$/i;
const TIME_REGEXP = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads the words of `doorward audit`. */
export function auditCommand(
  common: Common,
  values: Values,
  operands: readonly string[],
): Command {
  const [word = "", ...files] = operands;
  const action = ACTIONS.find((action) => action === word);
  if (action === undefined) {
    const meant = nearestKey(word, ACTIONS);
    const hint = meant === null ? `there are ${ACTIONS.join(", ")}` : `did you mean "${meant}"?`;
    return usage(`Cannot do "${word}" with audit files: ${hint}`);
  }
  const foreign = VALUED.find((option) =>
    values.one(option) !== null && !OPTIONS_OF[action].includes(option)
  );
  if (foreign !== undefined) return usage(`"doorward audit ${action}" takes no --${foreign}`);
  switch (action) {
    case "verify":
      return verify(common, values, files);
    case "summary":
      return summary(common, values, files);
    case "schema":
      if (files.length > 0) return usage(`"doorward audit schema" takes no "${files[0]}"`);
      return { name: "audit", action: "schema", ...common };
  }
}

function verify(common: Common, values: Values, files: readonly string[]): Command {
  const [file, second] = files;
  if (file === undefined) return usage('"doorward audit verify" needs a file');
  if (second !== undefined) return usage(`"doorward audit verify" takes no second "${second}"`);
  const expect = values.one("expect");
  if (expect !== null && !CHAIN_VALUE_REGEXP.test(expect)) {
    return usage(`Cannot expect "${expect}": a chain value has 64 hexadecimal digits`);
  }
  return {
    name: "audit",
    action: "verify",
    ...common,
    file,
    expect: expect?.toLowerCase() ?? null,
    json: values.flag("json"),
  };
}

function summary(common: Common, values: Values, files: readonly string[]): Command {
  if (files.length === 0) {
    return usage('"doorward audit summary" needs files, or - for standard input');
  }
  const written = values.one("format") ?? (values.flag("json") ? "json" : "text");
  const formats: readonly AuditSummaryCommand["format"][] = OPTIONS.format.values;
  const format = formats.find((format) => format === written);
  if (format === undefined) {
    return usage(`Unknown format "${written}": there are ${formats.join(", ")}`);
  }
  if (values.flag("json") && format !== "json") {
    return usage(`Cannot print both --json and --format ${format}: give one`);
  }
  const text = values.one("since");
  const since = text === null ? null : parseSince(text);
  if (since === undefined) {
    return usage(
      `Cannot read --since ${text}: write 2026-01-02, 2026-01-02T03:04:05Z, or 30m, 2h, 7d for so long ago`,
    );
  }
  return {
    name: "audit",
    action: "summary",
    ...common,
    files,
    format,
    since,
    label: values.one("label"),
  };
}

/** Reads a moment, or how long it is ago; undefined where it is neither. */
function parseSince(text: string): AuditSummaryCommand["since"] | undefined {
  const [, digits, unit] = /^([1-9][0-9]{0,5})([mhd])$/.exec(text) ?? [];
  if (digits !== undefined) return { kind: "ago", ms: Number(digits) * UNIT_MS[unit!]! };
  const ms = TIME_REGEXP.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? undefined : { kind: "at", ms };
}

function usage(message: string): Command {
  return { name: "usage", message, of: "audit" };
}
