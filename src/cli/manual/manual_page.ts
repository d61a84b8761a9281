import {
  COMMAND_NAMES,
  type CommandName,
  type CommandRow,
  COMMANDS,
  PROGRAM,
} from "../argv/commands.ts";
import { GLOBAL_OPTIONS, type OptionName, type OptionRow, OPTIONS } from "../argv/options.ts";
import { DESCRIPTION, ENVIRONMENT, EXIT_STATUS, FILES, SEE_ALSO } from "./manual_text.ts";
import { bold, entry, example, italic, paragraphs, roffText } from "./roff.ts";

/**
 * doorward(1), out of the table that the help is printed from. It has no date: the page of a version is the same
 * whenever it is printed.
 */
export function manualPage(version: string): string {
  return [
    `.TH DOORWARD 1 "" "doorward ${version}" "User Commands"`,
    // No word is cut in two, for names are copied from it. Macros of groff begin to cut again as HY says.
    ".nh",
    ".nr HY 0",
    ".SH NAME",
    `doorward \\- ${roffText(PROGRAM.summary)}`,
    ".SH SYNOPSIS",
    `${bold("doorward")} ${roffText(PROGRAM.usage)}`,
    ".SH DESCRIPTION",
    ...paragraphs(DESCRIPTION),
    ".SH COMMANDS",
    ...COMMAND_NAMES.flatMap(command),
    ".SH OPTIONS",
    "Every command takes these, before or after its name.",
    ...options([...GLOBAL_OPTIONS, "version"]),
    ".SH EXIT STATUS",
    ...EXIT_STATUS.flatMap(([code, meaning]) => entry(bold(code), meaning)),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(([name, meaning]) => entry(bold(name), meaning)),
    ".SH FILES",
    ...FILES.flatMap(([path, meaning]) => entry(italic(path), meaning)),
    ".SH EXAMPLES",
    "Those of each command are with it. To begin with:",
    ...example(PROGRAM.examples),
    ".SH SEE ALSO",
    ...paragraphs(SEE_ALSO),
  ].join("\n");
}

function command(name: CommandName): readonly string[] {
  const row: CommandRow = COMMANDS[name];
  return [
    `.SS ${roffText(name)}`,
    `${bold(`doorward ${name}`)} ${roffText(row.usage)}`.trim(),
    ".PP",
    roffText(`${row.summary.charAt(0).toUpperCase()}${row.summary.slice(1)}.`),
    ".PP",
    ...paragraphs(row.about),
    ...options(row.options),
    ...examples(row.examples),
  ];
}

function options(names: readonly OptionName[]): readonly string[] {
  return names.flatMap((name) => {
    const row: OptionRow = OPTIONS[name];
    const short = row.short === undefined ? "" : `${bold(`-${row.short}`)}, `;
    const value = row.value === undefined ? "" : ` ${italic(row.value)}`;
    return entry(`${short}${bold(`--${name}`)}${value}`, row.meaning);
  });
}

function examples(lines: readonly string[]): readonly string[] {
  return [".PP", lines.length === 1 ? "Example:" : "Examples:", ...example(lines)];
}
