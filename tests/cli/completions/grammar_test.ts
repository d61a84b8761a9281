import { assert, assertEquals, assertMatch } from "@std/assert";
import { PRESET_NAMES } from "../../../src/config/presets/presets.ts";
import { configKeys } from "../../../src/cli/completions/config_keys.ts";
import { type Choice, grammar } from "../../../src/cli/completions/grammar.ts";
import { COMMAND_NAMES } from "../../../src/cli/argv/commands.ts";
import { GLOBAL_OPTIONS, OPTIONS } from "../../../src/cli/argv/options.ts";

const { options, before, commands } = grammar(configKeys());

function option(long: string) {
  return options.find((option) => option.long === long);
}

function command(name: string) {
  return commands.find((command) => command.name === name)!;
}

Deno.test("grammar() has every option and every command of the table", () => {
  assertEquals(options.map(({ long }) => long), Object.keys(OPTIONS).map((name) => `--${name}`));
  assertEquals(commands.map(({ name }) => name), [...COMMAND_NAMES]);
});

Deno.test("grammar() says how an option is written, and what its value is", () => {
  assertEquals(option("--method"), {
    long: "--method",
    short: "-X",
    value: "METHOD",
    many: false,
    choice: { kind: "words", words: OPTIONS.method.values },
    meaning: OPTIONS.method.meaning,
  });
  assertEquals(option("--allow")!.choice, { kind: "nothing" });
  assertEquals(option("--allow")!.many, true);
  assertEquals(option("--config")!.choice, { kind: "files" });
  assertEquals(option("--profile")!.choice, { kind: "profiles" });
  assertEquals(option("--add")!.choice, { kind: "list", words: PRESET_NAMES });
  assertEquals(option("--set")!.choice, { kind: "settings", ...configKeys() });
  assertEquals(option("--json")!.value, null);
});

Deno.test("grammar() gives every command its own options and those of all", () => {
  assertEquals(
    command("version").options.map(({ long }) => long),
    ["json", ...GLOBAL_OPTIONS].map((name) => `--${name}`),
  );
});

Deno.test("grammar() takes the options of start before a command, too, for that is what runs", () => {
  assertEquals(
    before.map(({ long }) => long).filter((long) => long !== "--version"),
    command("start").options.map(({ long }) => long),
  );
});

Deno.test("grammar() tells words that are known from words that are not, and from none", () => {
  assertEquals(command("start").words, []);
  assertEquals(command("explain").words, [{ kind: "nothing" }]);
  assertEquals(command("help").words, [{ kind: "words", words: COMMAND_NAMES }]);
  assertEquals([command("audit").goesOn, command("check").goesOn], [true, false]);
  assertEquals([command("run").isPrefix, command("start").isPrefix], [true, false]);
});

Deno.test("grammar() offers no word that means something to a shell", () => {
  const wordsOf = (choice: Choice): readonly string[] =>
    choice.kind === "words" || choice.kind === "list"
      ? choice.words
      : choice.kind === "settings"
      ? [...choice.keys, ...choice.settings]
      : [];
  const words = [
    ...options.flatMap(({ choice }) => wordsOf(choice)),
    ...commands.flatMap(({ name, words }) => [name, ...words.flatMap(wordsOf)]),
    ...options.map(({ long }) => long),
  ];
  assert(words.length > 100);
  for (const word of words) assertMatch(word, /^[A-Za-z0-9_.:=-]+$/);
});
