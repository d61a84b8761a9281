import { isAdminCommandName } from "./admin_commands.ts";
import { COMMAND_NAMES, type CommandName, type CommandRow, COMMANDS, PROGRAM } from "./commands.ts";
import { GLOBAL_OPTIONS, type OptionName, type OptionRow, OPTIONS } from "./options.ts";

/** The help of one command, or of the program. */
export function helpText(of: CommandName | null): string {
  return of === null ? programHelp() : commandHelp(of);
}

function programHelp(): string {
  // One table, so that both parts have the same columns.
  const rows = columns(COMMAND_NAMES.map((name) => [name, COMMANDS[name].summary]));
  const part = (talksToProxy: boolean): string[] =>
    rows.filter((_, at) => isAdminCommandName(COMMAND_NAMES[at]!) === talksToProxy);
  return [
    `Doorward: ${PROGRAM.summary}`,
    "",
    `Usage: doorward ${PROGRAM.usage}`,
    "",
    "Commands:",
    ...part(false),
    "",
    "Commands for a proxy that runs:",
    ...part(true),
    "",
    "Options of every command:",
    ...columns(optionRows([...GLOBAL_OPTIONS, "version"])),
    "",
    "Examples:",
    ...PROGRAM.examples.map((example) => `  ${example}`),
    "",
    "doorward COMMAND --help says more about one command.",
  ].join("\n");
}

function commandHelp(name: CommandName): string {
  const row: CommandRow = COMMANDS[name];
  return [
    `doorward ${name}: ${row.summary}`,
    "",
    `Usage: doorward ${`${name} ${row.usage}`.trim()}`,
    "",
    ...row.about,
    "",
    "Options:",
    ...columns(optionRows([...row.options, ...GLOBAL_OPTIONS])),
    "",
    row.examples.length === 1 ? "Example:" : "Examples:",
    ...row.examples.map((example) => `  ${example}`),
  ].join("\n");
}

function optionRows(names: readonly OptionName[]): [string, string][] {
  return names.map((name) => {
    const row: OptionRow = OPTIONS[name];
    const short = row.short === undefined ? "    " : `-${row.short}, `;
    const value = row.value === undefined ? "" : ` ${row.value}`;
    return [`${short}--${name}${value}`, row.meaning];
  });
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
