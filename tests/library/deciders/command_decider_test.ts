import { assertEquals } from "@std/assert";
import { CommandDecider } from "../../../src/library/deciders/command_decider.ts";
import { DeciderFailure } from "../../../src/library/deciders/decider_failure.ts";
import {
  deciderRequest,
  type FakeHelper,
  fakeHelper,
  type FakeHelperOptions,
  PATIENT,
  untilAsked,
} from "../../support/decider.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, rejection, turn, until } from "../../support/in_time.ts";

const ALLOW = { decision: "allow" } as const;

/** A decider whose programs are fakes; `failing` of them cannot be started. */
function make(options: FakeHelperOptions & { readonly failing?: Error } = {}) {
  const clock = new FakeClock();
  const told: string[] = [];
  const started: FakeHelper[] = [];
  let tries = 0;
  let count = 0;
  const decider = new CommandDecider({
    clock,
    tell: (line) => told.push(line),
    newId: () => `id${++count}`,
    hungMs: 10_000,
    start: () => {
      tries += 1;
      if (options.failing !== undefined) throw options.failing;
      const fake = fakeHelper(options);
      started.push(fake);
      return fake.process;
    },
  });
  return {
    clock,
    told,
    started,
    get tries(): number {
      return tries;
    },
    ask: (signal = PATIENT) => decider.ask(deciderRequest(), signal),
    close: () => inTime(decider.close(), "the close"),
    [Symbol.asyncDispose]: () => decider.close(),
  };
}

async function faultOf(question: Promise<unknown>): Promise<string> {
  const error = await rejection(question, "a question");
  return error instanceof DeciderFailure ? `${error.fault}: ${error.message}` : String(error);
}

const NOT_YET = "not_started: it ended, and is not started again yet";

/** Has the program that runs, or is started, end without an answer. */
async function endInVain(made: ReturnType<typeof make>): Promise<void> {
  const count = made.started.length;
  const question = faultOf(made.ask());
  await until(() => made.started.length > count, "it is started");
  made.started.at(-1)!.exits("with exit code 1");
  assertEquals(await question, "ended: it ended before it answered");
}

Deno.test("ask() starts the program for the first question, and once", async () => {
  await using made = make();
  assertEquals(made.tries, 0);
  const questions = [made.ask(), made.ask()];
  await until(() => made.started[0]?.asked.length === 2, "both were asked");
  made.started[0]!.answers(0, ALLOW);
  made.started[0]!.answers(1, ALLOW);
  assertEquals(await inTime(Promise.all(questions), "answers"), [ALLOW, ALLOW]);
  assertEquals(made.tries, 1);
});

Deno.test("ask() starts it again at once after a life with answers", async () => {
  await using made = make();
  for (let life = 0; life < 3; life++) {
    const question = made.ask();
    await until(() => made.started.length === life + 1, "it is started");
    await untilAsked(made.started[life]!, 1);
    made.started[life]!.answers(0, ALLOW);
    assertEquals(await inTime(question, "the answer"), ALLOW);
    made.started[life]!.exits("with exit code 0");
    await until(() => made.told.length === life + 1, "its end is told");
  }
});

Deno.test("ask() waits longer after each life without an answer, and eight seconds at most", async () => {
  await using made = make();
  for (const pause of [250, 500, 1000, 2000, 4000, 8000, 8000]) {
    await endInVain(made);
    assertEquals(await faultOf(made.ask()), NOT_YET);
    made.clock.advance(pause - 1);
    assertEquals(await faultOf(made.ask()), NOT_YET);
    made.clock.advance(1);
  }
});

Deno.test("ask() waits for the end of one before it starts another", async () => {
  await using made = make({ heeds: ["SIGKILL"] });
  const first = made.ask();
  await until(() => made.started[0]?.asked.length === 1, "it was asked");
  made.started[0]!.answers(0, ALLOW);
  assertEquals(await inTime(first, "the first"), ALLOW);
  made.started[0]!.says("{}\n".repeat(4));
  await until(() => made.started[0]!.signals.includes("SIGTERM"), "it was told to end");
  const [second, third] = [made.ask(), made.ask()];
  await turn();
  assertEquals(made.tries, 1);
  await until(() => made.clock.sleeping === 1, "it waits");
  made.clock.advance(1000);
  await until(() => made.started[1]?.asked.length === 2, "another was asked");
  made.started[1]!.answers(0, ALLOW);
  made.started[1]!.answers(1, ALLOW);
  assertEquals(await inTime(Promise.all([second, third]), "answers"), [ALLOW, ALLOW]);
  assertEquals(made.tries, 2);
  made.started[1]!.exits("with exit code 0");
});

Deno.test("ask() ends one that hangs, and asks another", async () => {
  await using made = make();
  const hung = faultOf(made.ask());
  await until(() => made.started[0]?.asked.length === 1, "it was asked");
  made.clock.advance(10_000);
  assertEquals(await faultOf(made.ask()), NOT_YET);
  assertEquals(await hung, "ended: it ended before it answered");
  made.clock.advance(250);
  const next = made.ask();
  await until(() => made.started[1]?.asked.length === 1, "another was asked");
  made.started[1]!.answers(0, ALLOW);
  assertEquals(await inTime(next, "the answer"), ALLOW);
});

/** What keeps a program from being started, and what is said of it. */
const STARTS: readonly (readonly [Error, string])[] = [
  [new Deno.errors.NotFound("x"), "there is no such program, or folder"],
  [new Deno.errors.PermissionDenied("x"), "it is not executable"],
  [new Deno.errors.NotCapable("x"), "Doorward was started without --allow-run"],
  [new Error("Too many open files"), "Too many open files"],
];

for (const [failing, why] of STARTS) {
  Deno.test(`ask() says why it cannot start: ${failing.name}`, async () => {
    await using made = make({ failing });
    assertEquals(await faultOf(made.ask()), "not_started: it cannot be started");
    assertEquals(made.told, [`Cannot start the decider: ${why}`]);
    assertEquals(await faultOf(made.ask()), NOT_YET);
    made.clock.advance(250);
    assertEquals(await faultOf(made.ask()), "not_started: it cannot be started");
    assertEquals(made.tries, 2);
  });
}

Deno.test("close() ends it, fails what is open, and starts none again", async () => {
  const made = make();
  const open = faultOf(made.ask());
  await until(() => made.started[0]?.asked.length === 1, "it was asked");
  await made.close();
  assertEquals(await open, "ended: it ended before it answered");
  assertEquals(made.started[0]!.signals, ["closed", "SIGTERM", "SIGKILL", "released"]);
  assertEquals(await faultOf(made.ask()), "ended: Doorward ends");
  assertEquals([made.tries, made.told], [1, []]);
  await make().close();
});
