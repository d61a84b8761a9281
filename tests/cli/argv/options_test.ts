import { assertEquals } from "@std/assert";
import {
  GLOBAL_OPTIONS,
  isOptionName,
  type OptionRow,
  OPTIONS,
} from "../../../src/cli/argv/options.ts";
import { COMMANDS } from "../../../src/cli/argv/commands.ts";

Deno.test("isOptionName() knows the options and nothing that every object has", () => {
  assertEquals(isOptionName("no-lookup"), true);
  assertEquals(isOptionName("hasOwnProperty"), false);
});

Deno.test("every letter stands for one option", () => {
  const letters = Object.values<OptionRow>(OPTIONS).map(({ short }) => short).filter((letter) =>
    letter !== undefined
  );
  assertEquals(new Set(letters).size, letters.length);
});

Deno.test("no command says that it takes what every command takes", () => {
  for (const [name, { options }] of Object.entries(COMMANDS)) {
    const twice = options.filter((option) => GLOBAL_OPTIONS.includes(option));
    assertEquals(twice, [], name);
  }
});
