import { assertEquals, assertStringIncludes } from "@std/assert";
import { CHECK_WORDS, READ_WORDS } from "../../../src/cli/ask/tty_script.ts";
import { type RunningProgram, runProgram, startProgram, whereIs } from "../../support/programs.ts";
import { makeScratch } from "../../support/scratch.ts";

const DRIVER = `${Deno.execPath()} run -A --no-check --quiet ${import.meta.dirname}/tty_driver.ts`;
/** `script` of util-linux gives a program a terminal of its own. */
const ignore = Deno.build.os !== "linux" || whereIs("script") === null;

/** A shell command that has a terminal, and somebody who sits at it. */
interface Sitting {
  readonly folder: string;
  readonly said: RunningProgram["stdout"];
  readonly type: (text: string) => Promise<void>;
}

/** Runs a shell command on a terminal. Resolves to what it said. */
async function onTerminal(
  command: string,
  sit: (sitting: Sitting) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  await using scratch = await makeScratch();
  const options = { env: scratch.env, cwd: scratch.folder };
  await using terminal = startProgram(["script", "-qec", command, "/dev/null"], options);
  const type = (text: string) => terminal.stdin.write(new TextEncoder().encode(text));
  await sit({ folder: scratch.folder, said: terminal.stdout, type });
  return (await terminal.ended).stdout;
}

/** Shell commands, and whether a question may be asked there. */
const PLACES: readonly (readonly [string, boolean])[] = [
  [`${DRIVER} ready`, true],
  [`${DRIVER} ready </dev/null 2>/dev/null`, true],
  [`stty -icanon; ${DRIVER} ready`, false],
  [`stty -echo; ${DRIVER} ready`, false],
  [`setsid --wait ${DRIVER} ready`, false],
  [`set -m; ${DRIVER} ready & wait`, false],
];

for (const [command, expected] of PLACES) {
  const name = `CHECK_WORDS say ${expected} in: ${command.replace(DRIVER, "…")}`;
  Deno.test({ name, ignore }, async () => {
    assertStringIncludes(await onTerminal(command), `<ready ${expected}>`);
  });
}

Deno.test(
  { name: "READ_WORDS read one line, and leave the next to the child", ignore },
  async () => {
    const said = await onTerminal(`${DRIVER} line read`, async ({ said, type }) => {
      await said.until(/<listening true>/);
      await type("o\n");
      await said.until(/<reading true>/);
      await type("mine\n");
    });
    assertStringIncludes(said, '<line {"kind":"line","text":"o"}>');
    assertStringIncludes(said, '<read "mine\\n">');
  },
);

Deno.test(
  { name: "READ_WORDS bring at once what was typed before, which is too early", ignore },
  async () => {
    const said = await onTerminal(`${DRIVER} ready early`, ({ type }) => type("a\n"));
    assertStringIncludes(said, '<line {"kind":"early"}>');
  },
);

Deno.test({ name: "READ_WORDS take nothing once the question is settled", ignore }, async () => {
  const said = await onTerminal(`${DRIVER} abort read`, async ({ said, type }) => {
    await said.until(/<reading true>/);
    await type("mine\n");
  });
  assertStringIncludes(said, '<abort "aborted">');
  assertStringIncludes(said, '<read "mine\\n">');
});

Deno.test(
  { name: "READ_WORDS give up when a program begins to take single keys", ignore },
  async () => {
    const command = `${DRIVER} line & until [ -e go ]; do sleep 0.1; done; stty -icanon; wait`;
    const said = await onTerminal(command, async ({ folder, said }) => {
      await said.until(/<listening true>/);
      await Deno.writeTextFile(`${folder}/go`, "");
    });
    assertStringIncludes(said, '<line {"kind":"gone"}>');
  },
);

Deno.test({ name: "both fail, and say nothing, without a terminal", ignore }, async () => {
  await using scratch = await makeScratch();
  for (const words of [CHECK_WORDS, READ_WORDS]) {
    const { code, stdout } = await runProgram(["setsid", "--wait", ...words], scratch);
    assertEquals([code === 0, stdout], [false, ""]);
  }
});
