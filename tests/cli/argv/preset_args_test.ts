import { assert, assertEquals } from "@std/assert";
import { parseCommand } from "../../../src/cli/argv/args.ts";
import type { Command } from "../../../src/cli/argv/command.ts";
import { findPreset } from "../../../src/config/presets/presets.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

/** What `init` is told to write. */
function init(...words: readonly string[]): readonly unknown[] {
  const command: Command = parseCommand(["init", ...words]);
  assert(command.name === "init", JSON.stringify(command));
  const { posture, presets, stdout, policy } = command;
  return [posture, presets.map(({ name }) => name), policy.allow, stdout];
}

Deno.test("initCommand() reads what is to be written", () => {
  assertEquals(init(), ["balanced", [], [], false]);
  assertEquals(init("--preset", "open", "--stdout"), ["open", [], [], true]);
  assertEquals(init("--preset=locked-down", "--allow", "a.test"), [
    "locked-down",
    [],
    ["a.test"],
    false,
  ]);
});

Deno.test("initCommand() takes presets in one word and in several, each once", () => {
  const expected = ["balanced", ["npm", "github:read", "pypi"], [], false];
  assertEquals(init("--add", "npm,github:read,pypi"), expected);
  assertEquals(init("--add", "npm", "--add", "github:read, pypi,npm"), expected);
});

Deno.test("presetsCommand() lists them, or shows one", () => {
  const common = {
    name: "presets",
    policy: { ...NO_FLAGS },
    quiet: false,
  } as const;
  assertEquals(parseCommand(["presets"]), { ...common, preset: null, json: false });
  assertEquals(parseCommand(["presets", "--json", "show", "npm"]), {
    ...common,
    preset: findPreset("npm"),
    json: true,
  });
});

/** Command lines that make no sense, and what is said of them. */
const USAGE: readonly (readonly [string, string])[] = [
  ["init --preset balance", 'Unknown preset "balance": did you mean "balanced"?'],
  ["init --preset strict", 'Unknown preset "strict": there are open, balanced, locked-down'],
  ["init --preset npm", 'Unknown preset "npm": did you mean "--add npm"?'],
  ["init --add npm,nmp", 'Cannot add it: unknown preset "nmp": did you mean "npm"?'],
  ["init --add npm,", 'Cannot add it: unknown preset "": "doorward presets" lists them'],
  ["init -c network.mode=full", '"doorward init" takes no -c: edit the file that it writes'],
  ["init --mode limited", '"doorward init" takes no --mode'],
  ["init npm", '"doorward init" takes no "npm"'],
  ["presets npm", 'Cannot do "npm" with presets: did you mean "doorward presets show npm"?'],
  ["presets list", 'Cannot do "list" with presets: there is show NAME'],
  ["presets show", '"doorward presets show" needs a name: doorward presets lists them'],
  ["presets show nmp", 'Cannot show it: unknown preset "nmp": did you mean "npm"?'],
  ["presets show npm pypi", '"doorward presets" takes no third "pypi"'],
];

for (const [line, message] of USAGE) {
  Deno.test(`parseCommand() refuses doorward ${line}`, () => {
    const words = line.split(" ");
    assertEquals(parseCommand(words), { name: "usage", message, of: words[0] } as Command);
  });
}
