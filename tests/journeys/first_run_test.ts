// The first run of somebody who has written nothing: a real terminal, an empty home, and the shells that people use.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { screenOf, textOf } from "../screenshots/screen.ts";
import { type Needed, needing, testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorwardLine } from "../support/doorward_terminal.ts";
import { NO_SCRIPT } from "../support/machine.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { shortPorts } from "../support/short_ports.ts";
import { onTerminal, type TerminalSession } from "../support/terminal_session.ts";

const ROWS_MAX = 12;
const CTRL_C = "\x03";

/** A person with an empty home, in front of a terminal. */
interface Newcomer {
  readonly scratch: Scratch;
  /** What Doorward is to be told so that it takes ports of this test. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Makes one, whose shell this is. */
async function makeNewcomer(shell: string): Promise<Newcomer & AsyncDisposable> {
  const scratch = await makeScratch();
  const { DOORWARD_HOME: _, ...env } = scratch.env;
  const urls = ["network.proxy_url", "network.socks_url", "network.admin_url"];
  const ports = shortPorts(urls.length);
  return {
    scratch,
    flags: urls.flatMap((key, at) => ["-c", `${key}=http://127.0.0.1:${ports[at]}`]),
    env: { ...env, SHELL: shell, TERM: "xterm" },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}

/** Starts Doorward as its task does. */
function start({ flags, env, scratch }: Newcomer, columns: number): TerminalSession {
  const line = doorwardLine("start", [...flags, "-c", "network.ask_hold_seconds=0"]);
  return onTerminal(`stty cols ${columns}; exec ${line}`, { env, cwd: scratch.folder });
}

/** Ends it as a person does. */
async function stop(session: TerminalSession): Promise<void> {
  await session.type(CTRL_C);
  assertEquals((await session.ended).code, 0);
}

/** What is to be pasted into the other terminal. */
function pasted(screen: string): string {
  const [, lines] = /another terminal:\r\n([^]*?)(?:\r\n)+The dashboard/.exec(screen)!;
  return lines!.replaceAll("\r\n", "\n");
}

/** Registers a test with a terminal. */
function testTerminal(needed: Needed, name: string, test: () => Promise<void>): void {
  if (NO_SCRIPT.ignore) return Deno.test({ name: name + NO_SCRIPT.why, ignore: true, fn() {} });
  testClient(needed, name, test);
}

for (const columns of [40, 60, 80, 120]) {
  testTerminal(
    curl,
    `the first run takes twelve rows of ${columns} columns, and cuts no word`,
    async () => {
      await using newcomer = await makeNewcomer("/bin/bash");
      await using session = start(newcomer, columns);
      await session.screen.until(/--allow HOST\r\n/);
      const { text } = session.screen;
      const rows = screenOf(text.trimEnd(), columns).map(textOf);
      assert(rows.length <= ROWS_MAX, text);
      const lines = text.trimEnd().split("\r\n");
      // Only the link is longer than some terminals.
      assertEquals(
        lines.filter((line) => line.length > columns && !/^\S+#code=\S+$/.test(line)),
        [],
      );
      assertMatch(text, /Nothing is allowed yet\./);
      await stop(session);
    },
  );
}

/** The shells that are on many machines; sh is bash, dash or another. */
const SHELLS = ["bash", "zsh", "fish", "sh"];

for (const name of SHELLS) {
  const shell: Needed = { name, program: whereIs(name), wanted: name };
  for (const columns of [40, 80]) {
    const what = `what the first run says on ${columns} columns, pasted into ${name}`;
    testTerminal(needing(shell, curl), `${what}, points its curl at the proxy`, async () => {
      await using newcomer = await makeNewcomer(shell.program!);
      await using session = start(newcomer, columns);
      await session.screen.until(/--allow HOST\r\n/);
      const typed = [
        pasted(session.screen.text),
        "curl -sS http://first.test",
        "curl -sS https://second.test",
      ];
      const { stdout, stderr } = await runProgram([shell.program!], {
        env: newcomer.env,
        cwd: newcomer.scratch.folder,
        input: new TextEncoder().encode(`${typed.join("\n")}\n`),
      });
      assertMatch(stdout, /^\{"status":"blocked","host":"first\.test",/);
      assertMatch(stderr, /CONNECT tunnel failed, response 403/);
      await session.screen.until(/"host":"second\.test"[^\n]*\n/);
      await stop(session);
    });
  }
}

testTerminal(curl, "who starts a second time is told what that takes, and it does", async () => {
  await using newcomer = await makeNewcomer("/bin/bash");
  await using first = start(newcomer, 80);
  await first.screen.until(/--allow HOST\r\n/);
  await using second = start(newcomer, 80);
  const { code, stdout } = await second.ended;
  assertEquals(code, 125);
  assertMatch(stdout, /the port is in use, perhaps by another\s+doorward\r\n/);
  const [, flags] = /to run two, add:\r\n *(-c .*)\r\n/.exec(stdout)!;
  await using third = start({ ...newcomer, flags: flags!.split(" ") }, 80);
  await third.screen.until(/--allow HOST\r\n/);
  await stop(third);
  await stop(first);
});

testTerminal(
  curl,
  "a question, and what was blocked, are broken between words on a narrow terminal",
  async () => {
    await using newcomer = await makeNewcomer("/bin/bash");
    const words = ["curl", "-sS", "http://a-name.test/some/path"];
    const line = doorwardLine("doorward", ["run", "-c", "network.ask_hold_seconds=2", ...words]);
    const { env, scratch } = newcomer;
    await using session = onTerminal(`stty cols 40; exec ${line}`, { env, cwd: scratch.folder });
    const { stdout } = await session.ended;
    const [question = ""] = /doorward asks:[^]*?Enter: deny\)/.exec(stdout) ?? [];
    assertEquals(question.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:41230").split("\r\n"), [
      "doorward asks: may a program reach",
      "  a-name.test:80 (http, GET)?",
      "  from     127.0.0.1:41230, command curl",
      "           -sS",
      "           http://a-name.test/some/path",
      "  address  a name, not looked up yet",
      "  rule     a-name.test:80 over http",
      "  [o]nce  [t]en minutes  this [r]un",
      "    [a]lways  [d]eny  [D]eny always",
      "    [?] why  (2 s, Enter: deny)",
    ]);
    assertEquals(stdout.split("\r\n").slice(-4), [
      "doorward: blocked a-name.test:80 (not in",
      "  the allowlist) — allow it:",
      "  doorward run -c network.ask_hold_seconds=2 --allow a-name.test -- " + words.join(" "),
      "",
    ]);
  },
);
