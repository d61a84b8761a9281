// The manual page, as the programs read it that people read it with: groff on Linux, mandoc on macOS and the BSDs.
import { assertEquals, assertMatch } from "@std/assert";
import {
  COMMAND_NAMES,
  type CommandName,
  type CommandRow,
  COMMANDS,
} from "../../src/cli/argv/commands.ts";
import {
  GLOBAL_OPTIONS,
  type OptionName,
  type OptionRow,
  OPTIONS,
} from "../../src/cli/argv/options.ts";
import { type Needed, testClient } from "../support/client_world.ts";
import { doorward } from "../support/doorward_cli.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

/** Each with what it says of the page, which is nothing, and what it makes of it. */
const READERS: readonly Reader[] = [
  {
    name: "groff",
    lint: ["groff", "-ww", "-b", "-z", "-man", "-Tutf8"],
    complaints: "",
    // Two hundred columns: nothing is broken in two.
    render: ["groff", "-man", "-Tutf8", "-P-c", "-rLL=200n"],
  },
  {
    name: "mandoc",
    lint: ["mandoc", "-Tlint", "-Wwarning"],
    // A page of a version is the same whenever it is printed.
    complaints: 'mandoc: PAGE:1:16: WARNING: missing date, using "": TH\n',
    render: ["mandoc", "-Tutf8", "-Owidth=200"],
  },
];

interface Reader {
  readonly name: string;
  readonly lint: readonly string[];
  readonly complaints: string;
  readonly render: readonly string[];
}

for (const { name, lint, complaints, render } of READERS) {
  testClient(program(name), `${name} reads the manual page without a complaint`, async () => {
    await using scratch = await makeScratch();
    const page = await writePage(scratch);
    const { stdout, stderr } = await runProgram([...lint, page], scratch);
    assertEquals(`${stdout}${stderr}`.replaceAll(page, "PAGE"), complaints);
  });

  testClient(
    program(name),
    `${name} shows every command, its options and its examples`,
    async () => {
      await using scratch = await makeScratch();
      const page = await writePage(scratch);
      const { stdout } = await runProgram([...render, page], scratch);
      // Bold is a letter, back, and the same letter; italics are a line below it.
      const text = stdout.replaceAll(RegExp(".\b", "g"), "");
      const [, commands = ""] = text.split("\nCOMMANDS\n");
      const sections = commands.split("\nOPTIONS\n")[0]!.split(/^ {3}(?=\S)/m).slice(1);
      assertEquals(sections.map((section) => section.split("\n")[0]!), [...COMMAND_NAMES]);
      for (const [at, section] of sections.entries()) {
        const { options, examples }: CommandRow = COMMANDS[COMMAND_NAMES[at] as CommandName];
        assertEquals(optionsIn(section), options.map(written));
        for (const example of examples) assertMatch(section, lineOf(example));
      }
      const [, ours = ""] = text.split("\nOPTIONS\n");
      assertEquals(
        optionsIn(ours.split("\nEXIT STATUS\n")[0]!),
        [...GLOBAL_OPTIONS, "version" as const].map(written),
      );
      assertMatch(text, lineOf("ssh -o ProxyCommand='doorward connect %h %p' HOST"));
      assertMatch(text, lineOf(".doorward/config.toml"));
    },
  );
}

testClient(program("man"), "man shows the manual page from standard input", async () => {
  await using scratch = await makeScratch();
  const input = await Deno.readFile(await writePage(scratch));
  const env = { ...scratch.env, MANWIDTH: "80", LANG: "C.UTF-8" };
  const { code, stdout, stderr } = await runProgram(["man", "--warnings=w", "-l", "-"], {
    env,
    input,
  });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.includes("\u2010"), false);
  assertMatch(stdout, /^NAME\n {7}doorward +- +the +doorkeeper +for /m);
});

/** Writes what `doorward man` prints. Resolves to where it is. */
async function writePage(scratch: Scratch): Promise<string> {
  const { code, stdout, stderr } = await doorward(["man"], scratch);
  assertEquals([code, stderr], [0, ""]);
  return await scratch.write("doorward.1", stdout);
}

/** The options that have an entry of their own there. */
function optionsIn(section: string): readonly string[] {
  return [...section.matchAll(/^ {7}((?:-\w, )?--[a-z-]+(?: [A-Z=]+)?)(?: |$)/gm)]
    .map(([, option]) => option!);
}

function written(name: OptionName): string {
  const { short, value }: OptionRow = OPTIONS[name];
  const letter = short === undefined ? "" : `-${short}, `;
  return `${letter}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function lineOf(text: string): RegExp {
  return RegExp(`^ +${RegExp.escape(text)}$`, "m");
}

function program(name: string): Needed {
  return { name, program: whereIs(name), wanted: name === "man" ? "man-db" : name };
}
