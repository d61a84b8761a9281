// What Tab does in real shells, with the script that doorward prints for each.
import { assertEquals } from "@std/assert";
import { configKeys } from "../../src/cli/completions/config_keys.ts";
import { grammar } from "../../src/cli/completions/grammar.ts";
import { type Needed, needing, testClient } from "../support/client_world.ts";
import {
  BASH_COMPLETION,
  COMPINIT,
  COMPLETING_SHELLS,
  completingBash,
  type CompletingShell,
  completingZsh,
} from "../support/completing_shell.ts";
import { doorward } from "../support/doorward_cli.ts";
import { fileAt, runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const SCRIPT = program("script");
const BASH = needing(program("bash"), SCRIPT);
const SHELLS = Object.entries(COMPLETING_SHELLS).map(([name, open]) => ({
  name,
  needed: name === "fish" ? program("fish") : needing(program(name), SCRIPT),
  open,
  // What the name of a preset becomes in a list: fish does not tell of the blank that it may add.
  after: { bash: "pypi", zsh: "pypi,", fish: "pypi " }[name],
}));

/** Lines with one way to go on, and the last word then. Where more may follow in it no blank is added. */
const LINES: readonly (readonly [line: string, word: string])[] = [
  ["doorward expl", "explain "],
  ["doorward -q --config x.toml expl", "explain "],
  ["doorward --allow a.test:443 -qc network.via=true expl", "explain "],
  ["doorward start --trust", "--trust-project "],
  ["doorward ca path --js", "--json "],
  ["doorward ca --json pa", "path "],
  ["doorward config sc", "schema "],
  ["doorward mode l", "limited "],
  ["doorward help expl", "explain "],
  ["doorward completions po", "powershell "],
  ["doorward presets show github:r", "github:read "],
  ["doorward ca inst", "install-hint "],
  ["doorward explain a.test --no-l", "--no-lookup "],
  // Values, in every way to write them.
  ["doorward init --preset lo", "locked-down "],
  ["doorward --mode f", "full "],
  ["doorward start --mode=f", "--mode=full "],
  ["doorward explain --method OP", "OPTIONS "],
  ["doorward explain -X OP", "OPTIONS "],
  ["doorward explain -XOP", "-XOPTIONS "],
  ["doorward explain -qXOP", "-qXOPTIONS "],
  ["doorward allow a.test --for al", "always "],
  ["doorward audit verify a.jsonl --format=m", "--format=markdown "],
  ["doorward --profile wo", "work "],
  // Settings: a key, then its value.
  ["doorward -c network.mo", "network.mode="],
  ["doorward -c network.mode=f", "network.mode=full "],
  ["doorward -cnetwork.mode=l", "-cnetwork.mode=limited "],
  ["doorward start --set=network.all_proxy=s", "--set=network.all_proxy=socks5h "],
  // Files.
  ["doorward --config od", "odd\\ name.toml "],
  ["doorward --config=od", "--config=odd\\ name.toml "],
  ["doorward check od", "odd\\ name.toml "],
  ["doorward audit verify od", "odd\\ name.toml "],
  ["doorward audit summary x od", "odd\\ name.toml "],
  // The words of a command are that command's.
  ["doorward run only-h", "only-here "],
  ["doorward run -- only-h", "only-here "],
  ["doorward run --mode=full --allow a.test:443 -- only-h", "only-here "],
  ["doorward run -q only-here od", "odd\\ name.toml "],
];

/** Lines that nobody can know how to go on with. */
const UNKNOWN: readonly string[] = [
  "doorward explain od",
  "doorward --allow od",
  "doorward start od",
  "doorward nonsense od",
  "doorward ca path pa",
  "doorward run only-here --mo",
];

for (const { name, needed, open, after } of SHELLS) {
  testClient(needed, `${name} completes lines`, async () => {
    await using scratch = await makeWorkshop();
    await using shell = await open(scratch);
    assertEquals(await completed(LINES.map(([line]) => line), shell), expected(name, LINES));
    assertEquals(await completed(UNKNOWN, shell), UNKNOWN);
  });

  testClient(
    needed,
    `${name} offers every command, its options and its words, and no other`,
    async () => {
      await using scratch = await makeWorkshop();
      await using shell = await open(scratch);
      const { before, commands } = grammar(configKeys());
      const names = commands.map(({ name }) => name);
      assertEquals(await shell.offers("doorward "), names.toSorted());
      assertEquals(await shell.offers("doorward --"), longNames(before));
      for (const command of commands) {
        const line = `doorward ${command.name}`;
        assertEquals(await shell.offers(`${line} --`), longNames(command.options), line);
        const [first] = command.words;
        if (first?.kind === "words") {
          assertEquals(await shell.offers(`${line} `), first.words.toSorted(), line);
        }
      }
    },
  );

  testClient(needed, `${name} offers names of presets after each comma`, async () => {
    await using scratch = await makeWorkshop();
    await using shell = await open(scratch);
    assertEquals(await shell.offers("doorward init --add npm,githu"), [
      "npm,github",
      // In zsh a comma stands after the last one, ready for the next name.
      name === "zsh" ? "npm,github:read," : "npm,github:read",
    ]);
    // Another comma, and a name after it, may follow.
    assertEquals(
      await shell.tab("doorward init --add=npm,pyp"),
      `doorward init --add=npm,${after}`,
    );
  });
}

testClient(BASH, "bash puts the value into the quotes in which it was begun", async () => {
  await using scratch = await makeWorkshop();
  await using shell = await completingBash(scratch);
  const lines = ['doorward --mode "f', "doorward start --mode='f", 'doorward "expl'];
  assertEquals(await completed(lines, shell), [
    'doorward --mode "full" ',
    "doorward start --mode='full' ",
    'doorward "explain" ',
  ]);
});

testClient(BASH, "bash without compopt, as 3.2 has none, completes the same lines", async () => {
  await using scratch = await makeWorkshop();
  await using shell = await completingBash(
    scratch,
    (script) => `enable -n compopt; source '${script}'`,
  );
  // After a file it leaves the blank to whoever types.
  const known = LINES.filter(([line]) => !/[ =]od$/.test(line));
  assertEquals(await completed(known.map(([line]) => line), shell), expected("bash", known));
});

testClient(BASH, "bash that cuts words at blanks alone completes the same lines", async () => {
  await using scratch = await makeWorkshop();
  await using shell = await completingBash(
    scratch,
    (script) => `source '${script}'; COMP_WORDBREAKS=\${COMP_WORDBREAKS//[=:]/}`,
  );
  // Of files that stand behind an option it knows nothing then.
  const known = LINES.filter(([line]) => !line.endsWith("--config=od"));
  assertEquals(await completed(known.map(([line]) => line), shell), expected("bash", known));
});

testClient(
  needing(BASH, {
    name: "bash-completion",
    program: fileAt(BASH_COMPLETION),
    wanted: "bash-completion",
  }),
  "bash with bash-completion completes the words of a command as that command's",
  async () => {
    await using scratch = await makeWorkshop();
    await using shell = await completingBash(
      scratch,
      (script) =>
        `source ${BASH_COMPLETION}; source '${script}'; complete -W "alpha beta" only-here`,
    );
    assertEquals(await completed(INNER, shell), INNER.map((line) => `${line}pha `));
    assertEquals(await completed(LINES.map(([line]) => line), shell), expected("bash", LINES));
  },
);

testClient(
  needing(program("zsh"), SCRIPT),
  "zsh completes the words of a command as that command's",
  async () => {
    await using scratch = await makeWorkshop();
    await using shell = await completingZsh(
      scratch,
      (script) =>
        `${COMPINIT}
       source '${script}'
       _only_here() { _arguments '*:word:(alpha beta)' }
       compdef _only_here only-here`,
    );
    assertEquals(await completed(INNER, shell), INNER.map((line) => `${line}pha `));
  },
);

testClient(
  program("zsh"),
  "zsh that has not started its completion says what is missing",
  async () => {
    await using scratch = await makeScratch();
    const { stdout } = await doorward(["completions", "zsh"], scratch);
    const script = await scratch.write("script.zsh", stdout);
    const { stderr } = await runProgram(["zsh", "-f", "-c", `source '${script}'`], scratch);
    assertEquals(
      stderr,
      "doorward: Cannot complete before this: autoload -Uz compinit && compinit\n",
    );
  },
);

testClient(program("fish"), "fish completes the words of a command as that command's", async () => {
  await using scratch = await makeWorkshop();
  await using shell = await COMPLETING_SHELLS.fish(
    scratch,
    (script) => `source '${script}'; complete -c only-here -fa "alpha beta"`,
  );
  assertEquals(await completed(INNER, shell), INNER.map((line) => `${line}pha `));
});

/** Lines whose last word is one of `only-here`. */
const INNER = [
  "doorward run only-here al",
  "doorward run -- only-here beta al",
  "doorward -q run --allow a.test:443 --set=network.via=true -- only-here al",
];

/** A folder with a file, a profile, and a command that there is nowhere else. */
async function makeWorkshop(): Promise<Scratch> {
  const scratch = await makeScratch();
  await scratch.write("odd name.toml", "");
  await scratch.write("home/doorward/work.config.toml", "");
  const command = await scratch.write("bin/only-here", "#!/bin/sh\n");
  await Deno.chmod(command, 0o755);
  const PATH = `${scratch.folder}/bin:${scratch.env["PATH"]}`;
  return { ...scratch, env: { ...scratch.env, PATH } };
}

async function completed(lines: readonly string[], shell: CompletingShell): Promise<string[]> {
  const after: string[] = [];
  for (const line of lines) after.push(await shell.tab(line));
  return after;
}

/** The lines with their last word completed. */
function expected(shell: string, lines: typeof LINES): readonly string[] {
  return lines.map(([line, word]) => {
    const whole = `${line.slice(0, line.lastIndexOf(" ") + 1)}${word}`;
    // Of the blank after it fish tells nothing.
    return shell === "fish" ? `${whole.trimEnd()} ` : whole;
  });
}

function longNames(options: readonly { readonly long: string }[]): readonly string[] {
  return options.map(({ long }) => long).sort();
}

function program(name: string): Needed {
  return { name, program: whereIs(name), wanted: name };
}
