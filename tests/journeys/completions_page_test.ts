// Somebody who does what docs/completions.md says has completions in the next shell, and a manual page.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Needed, needing, testClient } from "../support/client_world.ts";
import {
  BASH_COMPLETION,
  completingBash,
  completingFish,
  type CompletingShell,
  completingZsh,
} from "../support/completing_shell.ts";
import { doorwardLine } from "../support/doorward_terminal.ts";
import { type Block, blocksOf } from "../support/markdown.ts";
import { fileAt, runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const page = await Deno.readTextFile(`${import.meta.dirname}/../../docs/completions.md`);

const SCRIPT = program("script");
const BASH = needing(program("bash"), SCRIPT);
const PACKAGE = {
  name: "bash-completion",
  program: fileAt(BASH_COMPLETION),
  wanted: "bash-completion",
};

testClient(
  needing(BASH, PACKAGE),
  "docs/completions.md: the package finds the file for bash",
  async () => {
    await using reader = await makeReader();
    await follow(reader, "bash", 0);
    await using shell = await completingBash(reader, () => `source ${BASH_COMPLETION}`);
    await assertCompletes(shell);
  },
);

testClient(BASH, "docs/completions.md: bash without the package reads the file", async () => {
  await using reader = await makeReader();
  await follow(reader, "bash", 1);
  await using shell = await completingBash(reader, () => "source ~/.bashrc");
  await assertCompletes(shell);
});

testClient(needing(program("zsh"), SCRIPT), "docs/completions.md: zsh finds the file", async () => {
  await using reader = await makeReader();
  await follow(reader, "zsh", 0);
  const { language, text } = blocksIn("zsh")[1]!;
  assertEquals(language, "zsh");
  // Whoever runs the tests may own nothing of what zsh brings with it.
  await using shell = await completingZsh(reader, () => text.replace(/compinit$/m, "compinit -u"));
  await assertCompletes(shell);
});

testClient(program("fish"), "docs/completions.md: fish finds the file", async () => {
  await using reader = await makeReader();
  await follow(reader, "fish", 0);
  await using shell = await completingFish(reader, () => "");
  await assertCompletes(shell);
});

testClient(program("man"), "docs/completions.md: man finds the page", async () => {
  await using reader = await makeReader();
  await follow(reader, "The manual page", 0);
  const { code, stdout } = await runProgram(["man", "doorward"], reader);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "DOORWARD(1)");
});

/** Somebody with an empty home, in which `doorward` is on the PATH. */
async function makeReader(): Promise<Scratch> {
  const scratch = await makeScratch();
  const command = await scratch.write(
    "home/.local/bin/doorward",
    `#!/bin/sh\nexec ${doorwardLine("doorward", [])} "$@"\n`,
  );
  await Deno.chmod(command, 0o755);
  const PATH = `${scratch.home}/.local/bin:${scratch.env["PATH"]}`;
  return { ...scratch, env: { ...scratch.env, PATH } };
}

/** Types the block of that number below a heading. */
async function follow(reader: Scratch, heading: string, at: number): Promise<void> {
  const { language, text } = blocksIn(heading)[at]!;
  assertEquals(language, "sh");
  const { code, stdout, stderr } = await runProgram(["sh", "-ec", text], reader);
  assertEquals([code, stdout, stderr], [0, "", ""]);
}

function blocksIn(heading: string): readonly Block[] {
  return blocksOf(page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!);
}

async function assertCompletes(shell: CompletingShell): Promise<void> {
  assertEquals(await shell.tab("doorward expl"), "doorward explain ");
  assertEquals(await shell.tab("doorward start --mode=l"), "doorward start --mode=limited ");
}

function program(name: string): Needed {
  return { name, program: whereIs(name), wanted: name === "man" ? "man-db" : name };
}
