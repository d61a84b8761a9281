import { assertEquals, assertRejects } from "@std/assert";
import { ttyKeys } from "../../../src/cli/ask/tty_keys.ts";
import { CHECK_WORDS, READ_WORDS } from "../../../src/cli/ask/tty_script.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { turn } from "../../support/in_time.ts";
import { fakeHelpers } from "./fake_helper.ts";

const NEVER = new AbortController().signal;

Deno.test("ready() asks a helper, whose exit code tells", async () => {
  for (const [code, expected] of [[0, true], [1, false], [127, false]] as const) {
    const start = fakeHelpers(code);
    const keys = ttyKeys({ start, clock: new FakeClock(), os: "linux" });
    assertEquals(await keys.ready(NEVER), expected);
    assertEquals(start.started.map(({ words }) => words), [CHECK_WORDS]);
  }
});

Deno.test("ready() is false without a shell, and on Windows, where nothing is started", async () => {
  const start = () => {
    throw new Deno.errors.NotFound("No such file or directory");
  };
  assertEquals(await ttyKeys({ start, clock: new FakeClock(), os: "linux" }).ready(NEVER), false);
  const helpers = fakeHelpers();
  const keys = ttyKeys({ start: helpers, clock: new FakeClock(), os: "windows" });
  assertEquals(await keys.ready(NEVER), false);
  assertEquals(helpers.started, []);
});

/** What a helper says once it listens and time has passed, and what came of it. */
const SAID: readonly (readonly [readonly (string | null)[], unknown])[] = [
  [["o\n"], { kind: "line", text: "o" }],
  [["o", "nce\n"], { kind: "line", text: "once" }],
  [["\n"], { kind: "line", text: "" }],
  [[`${"x".repeat(1025)}\n`], { kind: "line", text: "x".repeat(1024) }],
  [["a", null], { kind: "gone" }],
  [[null], { kind: "gone" }],
  [["x".repeat(5000)], { kind: "gone" }],
];

for (const [said, expected] of SAID) {
  const name = JSON.stringify(said).slice(0, 40);
  Deno.test(`line() makes ${JSON.stringify(expected).slice(0, 40)} of ${name}`, async () => {
    const start = fakeHelpers();
    const clock = new FakeClock();
    const line = ttyKeys({ start, clock, os: "linux" }).line(NEVER);
    const [helper] = start.started;
    assertEquals(helper!.words, READ_WORDS);
    helper!.say("listening\n");
    await turn();
    clock.advance(400);
    said.forEach((text) => helper!.say(text));
    assertEquals(await line, expected);
    assertEquals(helper!.killed, true);
  });
}

Deno.test("line() drops a line that was typed before the helper listened", async () => {
  const start = fakeHelpers();
  const clock = new FakeClock();
  const line = ttyKeys({ start, clock, os: "linux" }).line(NEVER);
  clock.advance(10_000);
  start.started[0]!.say("listening\na\n");
  assertEquals(await line, { kind: "early" });
});

Deno.test("line() counts from when the helper has said all that it says before it listens", async () => {
  const start = fakeHelpers();
  const clock = new FakeClock();
  const line = ttyKeys({ start, clock, os: "linux" }).line(NEVER);
  start.started[0]!.say("listen");
  await turn();
  clock.advance(400);
  start.started[0]!.say("ing\na\n");
  assertEquals(await line, { kind: "early" });
});

Deno.test("line() takes nothing for an answer from a helper that does not listen", async () => {
  const start = fakeHelpers();
  const clock = new FakeClock();
  const line = ttyKeys({ start, clock, os: "linux" }).line(NEVER);
  clock.advance(10_000);
  start.started[0]!.say("a\n");
  start.started[0]!.say(null);
  assertEquals(await line, { kind: "gone" });
});

Deno.test("line() ends its helper with the question", async () => {
  const start = fakeHelpers();
  const settled = new AbortController();
  const line = ttyKeys({ start, clock: new FakeClock(), os: "linux" }).line(settled.signal);
  start.started[0]!.say("listening\n");
  settled.abort(new Error("settled"));
  await assertRejects(() => line, Error, "settled");
  assertEquals(start.started[0]!.killed, true);
});
