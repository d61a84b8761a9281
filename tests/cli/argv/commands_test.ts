import { assertEquals, assertNotEquals } from "@std/assert";
import {
  COMMAND_NAMES,
  type CommandName,
  type CommandRow,
  COMMANDS,
  isCommandName,
  PROGRAM,
} from "../../../src/cli/argv/commands.ts";
import { type OptionName, type OptionRow, OPTIONS } from "../../../src/cli/argv/options.ts";
import { parseCommand } from "../../../src/cli/argv/args.ts";
import type { Command } from "../../../src/cli/argv/command.ts";

const ROWS = Object.entries(COMMANDS) as [CommandName, CommandRow][];
const OPTION_ROWS = Object.entries(OPTIONS) as [OptionName, OptionRow][];

Deno.test("isCommandName() knows the commands and nothing that every object has", () => {
  assertEquals(isCommandName("run"), true);
  assertEquals(isCommandName("toString"), false);
});

Deno.test("every option is taken by a command", () => {
  const taken = new Set<string>(
    ROWS.flatMap(([name]) => OPTION_ROWS.filter(([option]) => isTaken(name, option)))
      .map(([option]) => option),
  );
  assertEquals(OPTION_ROWS.map(([name]) => name).filter((name) => !taken.has(name)), ["version"]);
});

Deno.test("every command has an example that parses as that command", () => {
  for (const [name, { examples }] of ROWS) {
    for (const example of examples) assertEquals(parseCommand(words(example)).name, name, example);
  }
});

Deno.test("every example of the program parses", () => {
  for (const example of PROGRAM.examples) {
    assertNotEquals(parseCommand(words(example)).name, "usage", example);
  }
});

for (const [name, { options, examples }] of ROWS) {
  for (const option of options) {
    Deno.test(`${name} reads --${option}`, () => {
      const read = examples.some((example) => {
        const rest = without(option, words(example).slice(1));
        const unsaid = shown(parseCommand([name, ...rest]));
        return samples(option).some((sample) => {
          const said = parseCommand([name, sample, ...rest]);
          return said.name === name && shown(said) !== unsaid;
        });
      });
      assertEquals(read, true);
    });
  }
}

Deno.test("every value that is offered for an option is one that a command takes", () => {
  for (const [option] of OPTION_ROWS) {
    for (const value of offeredFor(option)) {
      const takes = ROWS.some(([name, { examples }]) =>
        isTaken(name, option) &&
        examples.map(words).some((example) =>
          parseCommand([name, `--${option}=${value}`, ...example.slice(1)]).name === name
        )
      );
      assertEquals(takes, true, `--${option}=${value}`);
    }
  }
});

Deno.test("every word that is offered for a command is one that it takes", () => {
  for (const [name, row] of ROWS) {
    const [first, second] = (row.words ?? []).map((offered) =>
      typeof offered === "object" && !("list" in offered)
        ? offered
        : offered === "command"
        ? COMMAND_NAMES
        : ["FILE"]
    );
    for (const word of first ?? []) {
      const lines = [[word], ...(second ?? []).map((next) => [word, next])];
      const taken = lines.filter((line) => parseCommand([name, ...line]).name === name);
      assertNotEquals(taken, [], `${name} ${word}`);
      // Where a word needs the next one, all are taken that are offered.
      if (second !== undefined && !taken.includes(lines[0]!)) {
        assertEquals(taken.length, second.length, `${name} ${word}`);
      }
    }
  }
});

/** An example as a shell would split it, without our name and without what is done with the output. */
function words(example: string): readonly string[] {
  const line = /doorward (.*?)(\)"| \| \w+.*| >>? \S+)?$/.exec(example)![1]!;
  return line.split(" ").map((word) => word.replaceAll("'", ""));
}

/** A command line less an option, which stands there as `--name` or `--name value`. */
function without(option: OptionName, line: readonly string[]): readonly string[] {
  const at = line.indexOf(`--${option}`);
  const { value }: OptionRow = OPTIONS[option];
  return at === -1 ? line : line.toSpliced(at, value === undefined ? 1 : 2);
}

/** An option with each of some values; whoever takes it takes one of them. */
function samples(option: OptionName): readonly string[] {
  const { value }: OptionRow = OPTIONS[option];
  if (value === undefined) return [`--${option}`];
  const texts = [...offeredFor(option), ...SAMPLES, "f".repeat(64)];
  return texts.map((text) => `--${option}=${text}`);
}

/** The values that a shell offers for an option, one by one and where that may be two together. */
function offeredFor(option: OptionName): readonly string[] {
  const { values }: OptionRow = OPTIONS[option];
  if (typeof values !== "object") return [];
  return "list" in values ? [...values.list, values.list.slice(0, 2).join(",")] : values;
}

/** A word, a number, a URL and a span of time. */
const SAMPLES = ["other", "7", "http://127.0.0.9:9", "5m"];

function isTaken(name: CommandName, option: OptionName): boolean {
  const parsed = parseCommand([name, `--${option}`]);
  return !(parsed.name === "usage" && parsed.message === `"doorward ${name}" takes no --${option}`);
}

/** All that is in a command, big numbers among it. */
function shown(command: Command): string {
  return Deno.inspect(command, { depth: 20 });
}
