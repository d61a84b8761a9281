import { assertEquals } from "@std/assert";
import {
  COMMAND_NAMES,
  type CommandRow,
  COMMANDS,
  isCommandName,
  isOptionName,
  type OptionRow,
  OPTIONS,
} from "../../../src/cli/argv/commands.ts";
import { parseCommand } from "../../../src/cli/argv/args.ts";

Deno.test("isCommandName() knows the commands and nothing that every object has", () => {
  assertEquals(isCommandName("run"), true);
  assertEquals(isCommandName("toString"), false);
});

Deno.test("isOptionName() knows the options and nothing that every object has", () => {
  assertEquals(isOptionName("no-lookup"), true);
  assertEquals(isOptionName("hasOwnProperty"), false);
});

Deno.test("every letter stands for one option", () => {
  const letters = Object.values(OPTIONS).map((row) => (row as OptionRow).short)
    .filter((letter) => letter !== undefined);
  assertEquals(new Set(letters).size, letters.length);
});

Deno.test("every command has an example that parses as that command", () => {
  for (const name of COMMAND_NAMES) {
    for (const example of (COMMANDS[name] as CommandRow).examples) {
      const line = /doorward (.*?)(\)"| \| source| > \S+)?$/.exec(example)![1]!;
      const words = line.split(" ").map((word) => word.replaceAll("'", ""));
      const parsed = parseCommand(words);
      assertEquals(parsed.name, name === "help" ? "help" : name, example);
    }
  }
});
