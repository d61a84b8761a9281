// What is printed for people on a real terminal of forty columns: nothing is cut but what is to be copied whole.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorwardLine } from "../support/doorward_terminal.ts";
import { startDoorward } from "../support/doorward_cli.ts";
import { NO_SCRIPT } from "../support/machine.ts";
import { runProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { onTerminal } from "../support/terminal_session.ts";

const COLUMNS = 40;
const ESCAPE = "\x1b";
const COLOURS = new RegExp(`${ESCAPE}\\[\\d+m`, "g");
/** How what is to be copied is set off. */
const COPIED = `${ESCAPE}[1m`;

const CONFIGURATION = `[network]
enabled = true
allowed_domains = ["api.github.com", "registry.npmjs.org"]
denied_domains = ["gist.github.com"]
`;

/** Runs a command line there, in colour. Resolves to the lines of the screen. */
async function onNarrow(args: readonly string[], scratch: Scratch): Promise<readonly string[]> {
  const { NO_COLOR: _, ...env } = scratch.env;
  const line = `stty cols ${COLUMNS}; exec ${doorwardLine("doorward", args)}`;
  const session = onTerminal(line, { env: { ...env, TERM: "xterm" }, cwd: scratch.folder });
  await using _session = session;
  return (await session.ended).stdout.split("\r\n");
}

/** The lines of several words that a terminal goes on with in the next row. */
function cutLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) =>
    line.replaceAll(COLOURS, "").length > COLUMNS && !line.includes(COPIED) && /\S +\S/.test(line)
  );
}

/** Command lines, and something that they print. */
const PRINTED: readonly (readonly [readonly string[], string])[] = [
  [["explain", "https://gist.github.com"], "only removing it"],
  [["explain", "https://example.org"], "to allow it once:"],
  [["check"], "2 allow rules"],
  [["check", "--profile", "none"], "none.config.toml"],
  [["config", "show"], "Settings of [network]"],
  [["presets"], "packages of Node"],
  [["presets", "show", "npm"], "registry.npmjs.org"],
  [["ca", "install-hint"], "and to undo it:"],
  [["init", "--config", "new.toml"], "next:"],
  [["run", "--help"], "Exit codes:"],
  [["pending"], "No Doorward answers"],
  [["doctor"], "confinement"],
  [["frob"], "frob"],
];

function testNarrow(name: string, test: (scratch: Scratch) => Promise<void>): void {
  if (NO_SCRIPT.ignore) return Deno.test({ name: name + NO_SCRIPT.why, ignore: true, fn() {} });
  testClient(curl, name, async () => {
    await using scratch = await makeScratch();
    await scratch.configure(CONFIGURATION);
    await test(scratch);
  });
}

for (const [args, prints] of PRINTED) {
  testNarrow(`doorward ${args.join(" ")} cuts no word on forty columns`, async (scratch) => {
    const lines = await onNarrow(args, scratch);
    const text = lines.join(" ").replaceAll(COLOURS, "").replaceAll(/ +/g, " ");
    assertStringIncludes(text, prints);
    assertEquals(cutLines(lines), []);
  });
}

testNarrow("the lists of a proxy that runs cut no word on forty columns", async (scratch) => {
  await using start = await startDoorward([], scratch);
  await runProgram(["curl", "-s", "-x", start.url, "http://a-long-name.example.org"], scratch);
  const admin = ["--admin", `http://127.0.0.1:${start.adminPort}`];
  const blocked = await onNarrow(["blocked", ...admin], scratch);
  assertEquals(
    blocked.map((line) =>
      line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME").replace(/:\d+$/, ":PORT")
    ),
    [
      "1  TIME",
      "   a-long-name.example.org:80  http  GET",
      "   not in the allowlist  127.0.0.1:PORT",
      "",
    ],
  );
  assertEquals(cutLines(blocked), []);
});
