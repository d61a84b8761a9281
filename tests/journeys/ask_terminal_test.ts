// Questions at a terminal: the real program on a real one, curl that waits, and somebody who types.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorward } from "../support/doorward_cli.ts";
import {
  asking,
  type DoorwardStartTerminal,
  isAlive,
  runAtTerminal,
  startAtTerminal,
} from "../support/doorward_terminal.ts";
import { until } from "../support/in_time.ts";
import { NO_SCRIPT } from "../support/machine.ts";
import { type RunningProgram, startProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { greet, startWebOrigin, type WebOrigin } from "../support/web_origin.ts";

/** A configuration that asks, and a server that no rule names. */
interface World {
  readonly scratch: Scratch;
  readonly origin: WebOrigin;
  /** As questions name it. */
  readonly place: string;
}

/** Registers a test with a terminal and curl. */
function testTerminal(name: string, test: (world: World) => Promise<void>): void {
  if (NO_SCRIPT.ignore) return Deno.test({ name: name + NO_SCRIPT.why, ignore: true, fn() {} });
  testClient(curl, name, async () => {
    await using scratch = await makeScratch();
    await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
    await scratch.configure(asking());
    await test({ scratch, origin, place: `127.0.0.2:${origin.port}` });
  });
}

/** Curl on its way through the proxy. */
function fetching(start: DoorwardStartTerminal, url: string, scratch: Scratch): RunningProgram {
  return startProgram([...CURL, "-x", start.url, url], { env: scratch.env });
}

const CURL = [curl.program ?? "curl", "-sS", "-i", "--noproxy", ""];

/** What curl says of a request that somebody denied, or that nobody answered. */
function assertBlocked(answer: string, decision: "deny" | "ask"): void {
  assertMatch(answer, /^HTTP\/1\.1 403 /);
  assertMatch(answer, new RegExp(`"decision": ?"${decision}"`));
}

testTerminal("a question says what is asked, by whom, and for how long", async (world) => {
  const { scratch, origin, place } = world;
  await using start = await startAtTerminal(scratch);
  await using client = fetching(start, `${origin.url}/secret?token=1`, scratch);
  await start.asked(place);
  const [question = ""] = await start.screen.until(/doorward asks[^]*11 s[^\n]*\n/);
  assertEquals(question.replace(/127\.0\.0\.1:\d+/, "CLIENT").split("\r\n"), [
    `doorward asks: may a program reach ${place} (http, GET)?`,
    "  from     CLIENT",
    "  address  a loopback address",
    `  rule     ${place} over http`,
    "  [o]nce  [t]en minutes  this [r]un  [a]lways  [d]eny  [D]eny always  [?] why  (11 s, Enter: deny)",
    "",
  ]);
  await start.type("o\n");
  assertStringIncludes((await client.ended).stdout, "hello from the origin");
});

testTerminal("once is for the requests that wait, and no other", async (world) => {
  const { scratch, origin, place } = world;
  await using start = await startAtTerminal(scratch);
  await using first = fetching(start, origin.url, scratch);
  await start.answer(place, "o");
  assertStringIncludes((await first.ended).stdout, "hello from the origin");
  await using second = fetching(start, origin.url, scratch);
  await start.answer(place, "", 2);
  assertBlocked((await second.ended).stdout, "deny");
  assertEquals(origin.requests.length, 1);
});

testTerminal("d denies, and nothing reaches the server", async ({ scratch, origin, place }) => {
  await using start = await startAtTerminal(scratch);
  await using client = fetching(start, origin.url, scratch);
  await start.answer(place, "d");
  assertBlocked((await client.ended).stdout, "deny");
  assertEquals(origin.requests, []);
});

for (const [letter, scope] of [["r", "run"], ["t", "minutes"]] as const) {
  testTerminal(
    `${letter} makes a rule with scope ${scope}, and nobody is asked again`,
    async (world) => {
      const { scratch, origin, place } = world;
      await using start = await startAtTerminal(scratch);
      await using first = fetching(start, origin.url, scratch);
      await start.answer(place, letter);
      await first.ended;
      await using second = fetching(start, origin.url, scratch);
      assertStringIncludes((await second.ended).stdout, "hello from the origin");
      const rules = await runtimeRules(start);
      assertEquals(rules, [{ list: "allow", pattern: `${place} over http`, scope }]);
      assertEquals(await Deno.readTextFile(scratch.configFile), asking());
    },
  );
}

testTerminal(
  "a and D write the rule into the file, and nothing else of it changes",
  async (world) => {
    const { scratch, origin, place } = world;
    await using start = await startAtTerminal(scratch);
    await using first = fetching(start, origin.url, scratch);
    await start.answer(place, "a");
    assertStringIncludes((await first.ended).stdout, "hello from the origin");
    const allowed = asking().replace("# keep me\n", `# keep me\n  "${place} over http",\n`);
    assertEquals(await Deno.readTextFile(scratch.configFile), allowed);

    await using second = fetching(start, `https://127.0.0.2:${origin.port}`, scratch);
    await start.answer(place, "D", 2);
    assertStringIncludes((await second.ended).stderr, "403");
    const denied = allowed + 'denied_domains = ["127.0.0.2"]\n';
    assertEquals(await Deno.readTextFile(scratch.configFile), denied);
  },
);

testTerminal(
  "questions come one after the other, and say how many requests wait",
  async (world) => {
    const { scratch, origin, place } = world;
    await using start = await startAtTerminal(scratch);
    await using first = fetching(start, "http://first.test/", scratch);
    await start.screen.until(/may a program reach first\.test:80 /);
    await using second = fetching(start, origin.url, scratch);
    await using third = fetching(start, origin.url, scratch);
    await untilWaiting(start, place, 2);
    await start.answer("first.test:80", "d");
    await start.screen.until(/ {2}from {5}127\.0\.0\.1:\d+, 2 requests wait\r\n/);
    await start.answer(place, "o");
    for (const client of [second, third]) {
      assertStringIncludes((await client.ended).stdout, "hello from the origin");
    }
    await first.ended;
  },
);

testTerminal("what was typed before a question approves nothing", async (world) => {
  const { scratch, origin, place } = world;
  await using start = await startAtTerminal(scratch);
  await start.type("a\no\nr");
  await start.screen.until(/a\r\no\r\nr/);
  await using client = fetching(start, origin.url, scratch);
  await start.screen.until(/what was typed before the question does not count/);
  // The half line before it does not make a rule of Enter either.
  await start.answer(place, "");
  assertBlocked((await client.ended).stdout, "deny");
  assertEquals(await runtimeRules(start), []);
  assertEquals(await Deno.readTextFile(scratch.configFile), asking());
});

testTerminal("no host fills the screen, or hides what it ends with", async ({ scratch }) => {
  await using start = await startAtTerminal(scratch);
  const host = `${"paypal-com.".repeat(20)}xn--e1awd7f.test`;
  const words = [...CURL, "-X", "M".repeat(64), "-x", start.url, `http://${host}/`];
  await using client = startProgram(words, { env: scratch.env });
  const [asked] = await start.screen.until(/doorward asks[^]*Enter: deny/);
  assertStringIncludes(asked, "paypal-com.paypal-com.");
  assertStringIncludes(asked, ".xn--e1awd7f.test:80 (http, ");
  assertStringIncludes(asked, "warning  this name is an encoding of other letters (xn--)");
  assertEquals(asked.split("\r\n").filter((line) => line.length > 200), []);
  assertEquals(asked.match(/[^\P{Cc}\r\n]|\p{Cf}/gu), null);
  client.kill("SIGTERM");
  await client.ended;
});

testTerminal("a question that is answered elsewhere is taken back", async (world) => {
  const { scratch, origin, place } = world;
  await using start = await startAtTerminal(scratch);
  await using client = fetching(start, origin.url, scratch);
  await start.asked(place);
  const approved = await doorward(["approve", place, ...start.admin], scratch);
  assertEquals([approved.code, approved.stderr], [0, ""]);
  await start.screen.until(/answered elsewhere, or no longer asked/);
  assertStringIncludes((await client.ended).stdout, "hello from the origin");
});

testTerminal("a question that nobody answers runs out", async ({ scratch, origin }) => {
  await scratch.configure(asking().replace(/ask_hold_seconds = \d+/, "ask_hold_seconds = 2"));
  await using start = await startAtTerminal(scratch);
  await using client = fetching(start, origin.url, scratch);
  assertBlocked((await client.ended).stdout, "ask");
  await start.screen.until(/Enter: deny[^]*no longer asked/);
});

testTerminal(
  "in the background it is not stopped, and can be answered from elsewhere",
  async (world) => {
    const { scratch, origin, place } = world;
    await using start = await startAtTerminal(
      scratch,
      (line) => `set -m; ${line} & echo $! >pid; wait`,
    );
    await using client = fetching(start, origin.url, scratch);
    await untilWaiting(start, place, 1);
    await start.type("o\n");
    const approved = await doorward(["approve", place, ...start.admin], scratch);
    assertEquals(approved.stderr, "");
    assertStringIncludes((await client.ended).stdout, "hello from the origin");
    assert(!start.screen.text.includes("doorward asks"), start.screen.text);
    Deno.kill(start.pid, "SIGTERM");
    await start.ended;
  },
);

testTerminal("a closed terminal ends start, which reloads on SIGHUP until then", async (world) => {
  const { scratch, origin } = world;
  await using start = await startAtTerminal(scratch);
  // The file is watched as well; but that tells of changes alone.
  Deno.kill(start.pid, "SIGHUP");
  await start.screen.until(/doorward: reloaded, [^\n]*no change/);
  await scratch.configure(asking().replace("kept.test", "127.0.0.2"));
  Deno.kill(start.pid, "SIGHUP");
  await start.screen.until(/doorward: reloaded, [^\n]*127\.0\.0\.2/);
  await using client = fetching(start, origin.url, scratch);
  assertStringIncludes((await client.ended).stdout, "hello from the origin");
  start.hangUp();
  await until(() => !isAlive(start.pid), "start has ended");
});

testTerminal("run asks, and its command reads the rest of what is typed", async (world) => {
  const { scratch, origin, place } = world;
  const script = `curl -sS --noproxy '' ${origin.url}; read line; echo "child read <$line>"`;
  await using session = runAtTerminal(["--", "sh", "-c", script], scratch);
  await session.answer(place, "o");
  await session.screen.until(/hello from the origin/);
  await session.type("mine\n");
  await session.screen.until(/child read <mine>/);
  assertEquals((await session.ended).code, 0);
});

testTerminal("run says which command asks, and that steers no terminal", async (world) => {
  const { scratch, origin, place } = world;
  const script = `: \x1b[2J\u202e; curl -sS --noproxy '' ${origin.url}`;
  await using session = runAtTerminal(["--", "sh", "-c", script], scratch);
  await session.answer(place, "d");
  await session.screen.until(/, command sh -c : \\u001b\[2J\\u202e; curl/);
  await session.ended;
});

testTerminal("run leaves a command alone that reads single keys", async ({ scratch, origin }) => {
  const script = "stty raw -echo; echo raw; " +
    `curl -sS -i --noproxy '' ${origin.url}; dd bs=1 count=3 2>/dev/null; stty sane`;
  await using session = runAtTerminal(["--", "sh", "-c", script], scratch);
  await session.screen.until(/raw[^]*HTTP\/1\.1 403 [^]*"decision": ?"ask"/);
  await session.type("o\ry");
  const { stdout } = await session.ended;
  assert(!stdout.includes("doorward asks"), stdout);
  assertStringIncludes(stdout, "o\ry");
});

testTerminal("run asks nobody where there is no terminal, and does not wait", async (world) => {
  const { scratch, origin } = world;
  const words = ["run", "--", ...CURL, origin.url];
  const { stdout } = await doorward(words, scratch);
  assertBlocked(stdout, "ask");
});

/** The rules that the file does not have. */
async function runtimeRules({ adminUrl }: DoorwardStartTerminal): Promise<readonly unknown[]> {
  const answer = await fetch(`${adminUrl}/patterns`);
  const { rules } = await answer.json() as { rules: Readonly<Record<string, unknown>>[] };
  return rules.filter(({ id }) => id !== null)
    .map(({ list, pattern, scope }) => ({ list, pattern, scope }));
}

/** Resolves once so many requests wait for an answer about `place`. */
async function untilWaiting(
  { adminUrl }: DoorwardStartTerminal,
  place: string,
  count: number,
): Promise<void> {
  const isWaiting = async (): Promise<boolean> => {
    const answer = await fetch(`${adminUrl}/pending`);
    const { pending } = await answer.json() as { pending: Question[] };
    return pending.some(({ host, port, waiting }) =>
      `${host}:${port}` === place && waiting === count
    );
  };
  while (!await isWaiting());
}

interface Question {
  readonly host: string;
  readonly port: number;
  readonly waiting: number;
}
