import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Keys, Typed } from "../../../src/cli/ask/keys.ts";
import { type PromptOptions, terminalPrompt } from "../../../src/cli/ask/terminal_prompt.ts";
import { makeTerminal } from "../../../src/cli/printed/terminal.ts";
import type { Answerer } from "../../../src/proxy/asking/question.ts";
import { unlessAborted } from "../../../src/net/time/unless_aborted.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemorySink, settle } from "../fake_surroundings.ts";
import { aQuestion } from "./a_question.ts";

const NEVER = new AbortController().signal;
const CHOICES = "  [o]nce  [t]en minutes  this [r]un  [a]lways  [d]eny  [D]eny always  [?] why";

/** A keyboard on which a test types. */
class FakeKeys implements Keys {
  isReady = true;
  #listening: PromiseWithResolvers<Typed> | null = null;

  get listened(): boolean {
    return this.#listening !== null;
  }

  ready(): Promise<boolean> {
    return Promise.resolve(this.isReady);
  }

  async line(signal: AbortSignal): Promise<Typed> {
    this.#listening = Promise.withResolvers<Typed>();
    try {
      return await unlessAborted(this.#listening.promise, signal);
    } finally {
      this.#listening = null;
    }
  }

  async brings(typed: Typed): Promise<void> {
    await settle();
    this.#listening!.resolve(typed);
    await settle();
  }

  type(text: string): Promise<void> {
    return this.brings({ kind: "line", text });
  }
}

interface Prompting {
  readonly keys: FakeKeys;
  readonly clock: FakeClock;
  readonly ask: Answerer;
  /** What was printed since this was asked last, without the empty lines. */
  printed(): Promise<string[]>;
}

function prompting(explain: PromptOptions["explain"] = () => Promise.resolve([])): Prompting {
  const keys = new FakeKeys();
  const clock = new FakeClock();
  const sink = new MemorySink();
  const terminal = makeTerminal(sink, sink, false, clock);
  return {
    keys,
    clock,
    ask: terminalPrompt({ terminal, keys, clock, explain }),
    async printed(): Promise<string[]> {
      await settle();
      await terminal.err.flush();
      const lines = sink.text.split("\n").filter((line) => line !== "");
      sink.text = "";
      return lines;
    },
  };
}

Deno.test("terminalPrompt() asks and takes a letter for the answer", async () => {
  const { keys, ask, printed } = prompting();
  const answer = ask(aQuestion(), NEVER);
  await keys.type("r");
  assertEquals(await answer, { decision: "approve", scope: { kind: "run" }, by: "terminal" });
  assertEquals(await printed(), [
    "doorward asks: may a program reach api.example.com:443 (https_connect, CONNECT)?",
    "  from     127.0.0.1:41230",
    "  address  a name, not looked up yet",
    "  rule     api.example.com:443 over https_connect",
    `${CHOICES}  (30 s, Enter: deny)`,
    "  allowed until Doorward ends",
  ]);
});

Deno.test("terminalPrompt() takes Enter alone for no", async () => {
  const { keys, ask } = prompting();
  const answer = ask(aQuestion(), NEVER);
  await keys.type("");
  assertEquals((await answer)?.decision, "deny");
});

Deno.test("terminalPrompt() says which letters there are, and asks again", async () => {
  const { keys, ask, printed } = prompting();
  const answer = ask(aQuestion(), NEVER);
  await keys.type("yes");
  const lines = await printed();
  assertStringIncludes(lines.at(-2)!, "none of the answers");
  assertEquals(lines.at(-1), `${CHOICES}  (30 s, Enter: deny)`);
  await keys.type("d");
  assertEquals((await answer)?.decision, "deny");
});

Deno.test("terminalPrompt() drops what was typed before, says so once, and listens on", async () => {
  const { keys, ask, printed } = prompting();
  const answer = ask(aQuestion(), NEVER);
  await printed();
  await keys.brings({ kind: "early" });
  await keys.brings({ kind: "early" });
  assertEquals(await printed(), ["  what was typed before the question does not count"]);
  await keys.type("o");
  assertEquals((await answer)?.decision, "approve");
});

Deno.test("terminalPrompt() shows one question after the other", async () => {
  const { keys, ask, printed } = prompting();
  const first = ask(aQuestion({ host: "one.test" }), NEVER);
  const second = ask(aQuestion({ host: "two.test" }), NEVER);
  assertEquals((await printed()).filter((line) => line.includes("two.test")), []);
  await keys.type("d");
  assertEquals((await first)?.decision, "deny");
  assertStringIncludes((await printed()).join("\n"), "reach two.test:443");
  await keys.type("o");
  assertEquals((await second)?.decision, "approve");
});

Deno.test("terminalPrompt() never shows a question that was settled before its turn", async () => {
  const { keys, ask, printed } = prompting();
  const settled = new AbortController();
  const first = ask(aQuestion({ host: "one.test" }), NEVER);
  const second = ask(aQuestion({ host: "two.test" }), settled.signal);
  settled.abort();
  assertEquals(await second, null);
  await keys.type("d");
  await first;
  assert((await printed()).every((line) => !line.includes("two.test")));
});

Deno.test("terminalPrompt() says that a question was settled elsewhere, and stops listening", async () => {
  const { keys, clock, ask, printed } = prompting();
  const settled = new AbortController();
  const answer = ask(aQuestion(), settled.signal);
  await settle();
  assertEquals(keys.listened, true);
  settled.abort();
  assertEquals(await answer, null);
  assertEquals((await printed()).at(-1), "  answered elsewhere, or no longer asked");
  assertEquals(keys.listened, false);
  assertEquals(clock.sleeping, 0);
});

Deno.test("terminalPrompt() says the time that is left at ten and at five seconds", async () => {
  const { keys, clock, ask, printed } = prompting();
  const answer = ask(aQuestion(), NEVER);
  await printed();
  clock.advance(19_999);
  assertEquals(await printed(), []);
  clock.advance(1);
  assertEquals(await printed(), [`${CHOICES}  (10 s, Enter: deny)`]);
  clock.advance(5000);
  assertEquals(await printed(), [`${CHOICES}  (5 s, Enter: deny)`]);
  await keys.type("");
  await answer;
  assertEquals(clock.sleeping, 0);
});

Deno.test("terminalPrompt() does not say what has passed when a question comes to its turn late", async () => {
  const { keys, clock, ask, printed } = prompting();
  clock.advance(23_000);
  const answer = ask(aQuestion(), NEVER);
  assertEquals((await printed()).at(-1), `${CHOICES}  (7 s, Enter: deny)`);
  clock.advance(1000);
  assertEquals(await printed(), []);
  clock.advance(1000);
  assertEquals(await printed(), [`${CHOICES}  (5 s, Enter: deny)`]);
  await keys.type("");
  await answer;
});

Deno.test("terminalPrompt() explains a question, and asks again", async () => {
  const { keys, ask, printed } = prompting((question) =>
    Promise.resolve([`why ${question.id}`, ...Array(50).fill("\x1b[2J")])
  );
  const answer = ask(aQuestion(), NEVER);
  await printed();
  await keys.type("?");
  const lines = await printed();
  assertEquals(lines.length, 42);
  assertEquals(lines.slice(0, 2), ["  why q1", "  \\u001b[2J"]);
  assertEquals(lines.slice(-2), ["  … and 11 more", `${CHOICES}  (30 s, Enter: deny)`]);
  await keys.type("d");
  await answer;
});

Deno.test("terminalPrompt() goes on asking when a question cannot be explained", async () => {
  const { keys, ask, printed } = prompting(() => Promise.reject(new Error("no policy")));
  const answer = ask(aQuestion(), NEVER);
  await keys.type("?");
  assertEquals((await printed()).at(-2), "  Cannot explain: no policy");
  await keys.type("o");
  assertEquals((await answer)?.decision, "approve");
});

Deno.test("terminalPrompt() prints nothing where the keyboard is somebody else's", async () => {
  const { keys, ask, printed } = prompting();
  keys.isReady = false;
  assertEquals(await ask(aQuestion(), NEVER), null);
  assertEquals(await printed(), []);
});

Deno.test("terminalPrompt() has no answer once the keyboard is gone", async () => {
  const { keys, ask, printed } = prompting();
  const answer = ask(aQuestion(), NEVER);
  await keys.brings({ kind: "gone" });
  assertEquals(await answer, null);
  assertEquals((await printed()).at(-1), "  this terminal cannot answer any more");
});

Deno.test("terminalPrompt() escapes what a client or a command chose", async () => {
  const { keys, ask, printed } = prompting();
  const answer = ask(aQuestion({ command: "a\x1b[2J\nb", method: "\u202eTEG" }), NEVER);
  await keys.type("");
  await answer;
  const text = (await printed()).join("\n");
  assertStringIncludes(text, "command a\\u001b[2J\\u000ab");
  assertStringIncludes(text, "\\u202eTEG");
});

Deno.test("terminalPrompt() rejects when asking fails", async () => {
  const { keys, ask } = prompting();
  keys.line = () => Promise.reject(new Error("broken"));
  await assertRejects(() => ask(aQuestion(), NEVER), Error, "broken");
});
