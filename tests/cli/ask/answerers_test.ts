import { assertEquals, assertStringIncludes } from "@std/assert";
import { answerersOfRun, answerersOfStart } from "../../../src/cli/ask/answerers.ts";
import { CHECK_WORDS } from "../../../src/cli/ask/tty_script.ts";
import { makeTerminal } from "../../../src/cli/printed/terminal.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { ConnectError } from "../../../src/net/errors.ts";
import { turn } from "../../support/in_time.ts";
import { ip } from "../../support/policy.ts";
import { type FakeSurroundings, fakeSurroundings, MemorySink } from "../fake_surroundings.ts";
import { aQuestion } from "./a_question.ts";
import { fakeHelpers } from "./fake_helper.ts";

const NEVER = new AbortController().signal;
const WEBHOOK = "network.ask_webhook=http://127.0.0.1:9/hook";

interface Options extends Partial<FakeSurroundings> {
  /** Whether standard error is a terminal. */
  readonly errIsTerminal?: boolean;
}

/** A machine with somebody at it, or not, and what is printed there. */
function machine({ errIsTerminal = true, ...parts }: Options = {}) {
  const plain = fakeSurroundings();
  const err = new MemorySink(errIsTerminal);
  const terminal = makeTerminal(new MemorySink(), err, false, plain.clock);
  const here: FakeSurroundings = { ...plain, stdinIsTerminal: true, ...parts, terminal };
  return { here, err };
}

async function configOf(...overrides: readonly string[]) {
  return await loadConfig({ overrides, allow: [], deny: [] });
}

/** Where a terminal is, whether there is a webhook, and how many are asked by `start` and by `run`. */
const COUNTS: readonly (readonly [boolean, boolean, readonly string[], number, number])[] = [
  [true, true, [], 1, 1],
  [true, true, [WEBHOOK], 2, 2],
  [true, false, [WEBHOOK], 1, 1],
  [true, false, [], 0, 0],
  // The child may read what is not ours.
  [false, true, [], 0, 1],
  [false, false, [], 0, 0],
];

for (const [stdinIsTerminal, errIsTerminal, flags, ofStart, ofRun] of COUNTS) {
  const where = `stdin ${stdinIsTerminal}, stderr ${errIsTerminal} and ${flags.length} webhooks`;
  Deno.test(`answerersOfStart() with ${where} asks ${ofStart}`, async () => {
    const { here } = machine({ stdinIsTerminal, errIsTerminal });
    assertEquals(answerersOfStart(await configOf(...flags), here)().length, ofStart);
  });
  Deno.test(`answerersOfRun() with ${where} asks ${ofRun}`, async () => {
    const { here } = machine({ stdinIsTerminal, errIsTerminal });
    assertEquals(answerersOfRun(await configOf(...flags), here)().length, ofRun);
  });
}

Deno.test("answerersOfStart() asks nobody while it is in the background", async () => {
  const startHelper = fakeHelpers();
  const { here, err } = machine({ startHelper });
  const [ask] = answerersOfStart(await configOf(), here)();
  const answer = ask!(aQuestion(), NEVER);
  await turn();
  const [ps] = startHelper.started;
  assertEquals(ps!.words, ["ps", "-o", "stat=", "-p", "4711"]);
  ps!.say("Sl\n");
  ps!.say(null);
  assertEquals([await answer, err.text], [null, ""]);
});

Deno.test("answerersOfStart() asks at the keyboard, and looks a name up for who wants to know", async () => {
  const startHelper = fakeHelpers();
  const lines: PromiseWithResolvers<string>[] = [];
  const lookups: string[] = [];
  const read = async (into: Uint8Array) => {
    const line = Promise.withResolvers<string>();
    lines.push(line);
    return new TextEncoder().encodeInto(await line.promise, into).written;
  };
  const { here, err } = machine({
    startHelper,
    stdin: { read },
    resolve: (name) => {
      lookups.push(name);
      return Promise.resolve([ip("10.0.0.1")]);
    },
  });
  const type = async (text: string) => {
    await turn();
    here.clock.advance(1000);
    lines.at(-1)!.resolve(text);
    await turn();
  };
  const [ask] = answerersOfStart(await configOf(), here)();
  const answer = ask!(aQuestion(), NEVER);
  await turn();
  startHelper.started[0]!.say("Sl+\n");
  startHelper.started[0]!.say(null);
  await turn();
  assertEquals(lookups, []);
  await type("?\n");
  assertEquals(lookups, ["api.example.com"]);
  await here.terminal.err.flush();
  assertStringIncludes(err.text, "it resolves to 10.0.0.1, a private address");
  await type("d\n");
  assertEquals(await answer, { decision: "deny", scope: { kind: "once" }, by: "terminal" });
});

Deno.test("answerersOfRun() asks the terminal behind the child's standard input", async () => {
  const startHelper = fakeHelpers(1);
  const { here } = machine({ startHelper, stdinIsTerminal: false });
  const [ask] = answerersOfRun(await configOf(), here)();
  assertEquals(await ask!(aQuestion(), NEVER), null);
  assertEquals(startHelper.started.map(({ words }) => words), [CHECK_WORDS]);
});

Deno.test("answerersOfRun() asks the webhook straight, by the ways out of this machine", async () => {
  const dialled: number[] = [];
  const { here } = machine({
    errIsTerminal: false,
    dial: ({ port }) => {
      dialled.push(port);
      return Promise.reject(new ConnectError("connection_refused", "Cannot connect"));
    },
  });
  const [ask] = answerersOfRun(await configOf(WEBHOOK), here)();
  const failure = await ask!(aQuestion(), NEVER).catch((error: Error) => error.message);
  assertStringIncludes(String(failure), "Cannot ask the webhook at http://127.0.0.1:9: ");
  assertEquals(dialled, [9]);
});
