// Programs that decide and mean no good, or do it badly. Whatever they do, it is a denial, and nothing is left of them.
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { DeciderAnswer } from "../../src/proxy/asking/decider.ts";
import {
  BEGINNING,
  pythonHelper,
  type RealDecider,
  realDecider,
  runningHelpers,
  startedHelpers,
  untilNoHelperRuns,
} from "../support/decider_programs.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { startOrigin } from "../support/origin.ts";
import { until } from "../support/in_time.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

const ALLOW = { decision: "allow" } as const;

/** Has a program decide, and looks whether anything of it is left. */
async function against(
  source: string,
  use: (decider: RealDecider, scratch: Scratch) => Promise<void>,
  timeoutMs = 5000,
): Promise<void> {
  await using scratch = await makeScratch();
  const asks = await pythonHelper(scratch, `${BEGINNING}${source}`);
  const decider = realDecider(asks, scratch.env, { timeoutMs });
  try {
    await use(decider, scratch);
  } finally {
    await decider.close();
  }
  await untilNoHelperRuns(scratch);
  assert((await startedHelpers(scratch.folder)).length > 0);
}

function assertFailed(
  answer: DeciderAnswer,
  why = /^decider_failed: it ended before it answered$/,
) {
  assertEquals(answer.decision, "deny");
  assertMatch(answer.decision === "allow" ? "" : answer.reason, why);
}

/** Programs that end, or have to be ended, with what is said of them. */
const ENDED: readonly (readonly [string, string, RegExp])[] = [
  ["exits at once", "sys.exit(7)", /^The decider ended with exit code 7$/],
  ["exits amid questions", "ask(); os._exit(0)", /^The decider ended with exit code 0$/],
  ["is killed", "ask(); os.kill(os.getpid(), 9)", /^The decider ended by SIGKILL$/],
  [
    "prints garbage",
    'ask()\nwhile True: print("garbage")',
    /^The decider was ended: it wrote lines that are no answers$/,
  ],
  [
    "prints bytes that are no text",
    'ask()\nwhile True: sys.stdout.buffer.write(bytes(range(128, 256)) + b"\\n")',
    /^The decider was ended: it wrote lines that are no answers$/,
  ],
  [
    "answers for a question that nobody asked",
    'q = ask(); say({"id": "d2-" + q["id"][3:]}); say(q); time.sleep(600)',
    /^The decider was ended: it answered what it was not asked, or answered twice$/,
  ],
  [
    "writes a huge line",
    'q = ask(); say(q, reason="x" * 10_000_000); time.sleep(600)',
    /^The decider was ended: it wrote a line of more than 16384 bytes$/,
  ],
  [
    "writes without end and without a line end",
    'ask()\nwhile True: sys.stdout.write("x" * 65536)',
    /^The decider was ended: it wrote a line of more than 16384 bytes$/,
  ],
  [
    "closes its output",
    "ask(); os.close(1); time.sleep(600)",
    /^The decider ended by SIGTERM$/,
  ],
];

for (const [what, source, said] of ENDED) {
  Deno.test(`a decider that ${what} denies`, async () => {
    await against(source, async (decider) => {
      const open = await Promise.all([decider.ask(), decider.ask(), decider.ask()]);
      for (const answer of open) assertFailed(answer, /^decider_failed: it (ended|is not|cannot)/);
      await until(() => decider.told.some((line) => said.test(line)), "why is told");
    });
  });
}

Deno.test("a decider that hangs denies in time, and is ended when it has hung for long", async () => {
  await against(
    "ask(); time.sleep(600)",
    async (decider, scratch) => {
      const late = /^decider_failed: it did not answer within a second$/;
      for (const answer of await Promise.all([decider.ask(), decider.ask()])) {
        assertFailed(answer, late);
      }
      assertFailed(await decider.ask(), late);
      assertFailed(await decider.ask(), /it ended, and is not started again yet$/);
      await until(() => decider.told.length === 1, "why is told");
      assertEquals(decider.told, ["The decider was ended: it has left a question unanswered"]);
      await untilNoHelperRuns(scratch);
    },
    1000,
  );
});

Deno.test("a second answer does not undo the first, and ends the decider", async () => {
  await against(
    'q = ask(); say(q, "deny", reason="no"); say(q); time.sleep(600)',
    async (decider) => {
      assertEquals(await decider.ask(), { decision: "deny", reason: "no" });
      await until(() => decider.told.length === 1, "why is told");
      assertMatch(decider.told[0]!, /answered twice$/);
    },
  );
});

Deno.test("an answer that comes too late does not count for the next question", async () => {
  const source = `
late = ask()
question = ask()
say(late)
say(question, "deny", reason="no")
ask()
`;
  await against(source, async (decider) => {
    assertFailed(await decider.ask(), /it did not answer within a second$/);
    assertEquals(await decider.ask(), { decision: "deny", reason: "no" });
    assertEquals(decider.told, []);
  }, 1000);
});

Deno.test("an answer goes to its own question, whatever the order", async () => {
  const source = `
questions = [ask() for _ in range(3)]
for question in reversed(questions):
    say(question, "allow" if question["host"] == "b.test" else "deny", reason=question["host"])
ask()
`;
  await against(source, async (decider) => {
    const hosts = ["a.test", "b.test", "c.test"];
    assertEquals<unknown>(await Promise.all(hosts.map((host) => decider.ask({ host }))), [
      { decision: "deny", reason: "a.test" },
      ALLOW,
      { decision: "deny", reason: "c.test" },
    ]);
  });
});

Deno.test("a command line that a careless decider prints cannot answer for it", async () => {
  const source = `
while True:
    question = ask()
    print("deciding about", question["command"])
    say(question, "deny", reason="no")
`;
  await against(source, async (decider) => {
    const command = 'curl\n{"id":"d1","decision":"allow"}\n{"id":"d2","decision":"allow"}\n';
    for (const answer of await Promise.all([decider.ask({ command }), decider.ask({ command })])) {
      assertEquals(answer.decision, "deny");
    }
  });
});

Deno.test("a decider that closes its input is ended", async () => {
  const source = `
question = ask()
os.close(0)
say(question)
time.sleep(600)
`;
  await against(source, async (decider) => {
    assertEquals(await decider.ask(), ALLOW);
    assertFailed(await decider.ask());
    await until(() => decider.told.length === 1, "why is told");
    assertEquals(decider.told, ["The decider was ended: it reads no more questions"]);
  });
});

Deno.test("a decider that ignores SIGTERM, and has children, is killed with them", async () => {
  const source = `
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child == 0: time.sleep(600)
open("pids", "a").write(str(child) + "\\n")
while True:
    try: say(ask())
    except SystemExit: time.sleep(600)
`;
  await against(source, async (decider, scratch) => {
    assertEquals(await decider.ask(), ALLOW);
    assertEquals((await runningHelpers(scratch)).length, 2);
  });
});

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const YES = '{"decision":"allow"}';

/** What servers say, and why that is no answer. */
const SERVERS: readonly (readonly [string, string, RegExp])[] = [
  ["hangs up", "", /not proper HTTP|broke off/],
  ["speaks something else", "SSH-2.0-OpenSSH\r\n", /not proper HTTP/],
  ["is cut short", `${HEAD}Content-Length: 100\r\n\r\n${YES}`, /not proper HTTP|broke off/],
  ["says two lengths", `${HEAD}Content-Length: 20\r\nContent-Length: 2\r\n\r\n${YES}`, /HTTP/],
  ["says two things", `${HEAD}\r\n${YES}${YES}`, /not a JSON object/],
  ["goes on", `${HEAD}\r\n${YES}${" ".repeat(8192)}`, /longer than 8192 bytes/],
  ["answers 403", `HTTP/1.1 403 Forbidden\r\nContent-Length: 20\r\n\r\n${YES}`, /answered 403/],
];

for (const [what, bytes, why] of SERVERS) {
  Deno.test(`a deciding server that ${what} denies`, async () => {
    await using origin = startOrigin(async (wire) => {
      await wire.readMessage();
      await wire.send(bytes);
      wire.close();
    });
    const url = new URL(`http://${formatSocketAddress(origin.address)}/`);
    await using decider = realDecider({ kind: "url", url }, {});
    assertFailed(await decider.ask(), why);
  });
}

Deno.test("a deciding server that hangs denies in time, and its connection is dropped", async () => {
  await using origin = startOrigin(() => Promise.resolve());
  const url = new URL(`http://${formatSocketAddress(origin.address)}/`);
  await using decider = realDecider({ kind: "url", url }, {}, { timeoutMs: 1000 });
  assertFailed(await decider.ask(), /it did not answer within a second$/);
  const wire = await origin.connection();
  await wire.readAll();
});

Deno.test("a decider that fails again and again is left alone, and not started for each request", async () => {
  await against("sys.exit(1)", async (decider, scratch) => {
    for (let at = 0; at < 200; at++) assertEquals((await decider.ask()).decision, "deny");
    assert((await startedHelpers(scratch.folder)).length <= 5);
    assertEquals(decider.told.filter((line) => /5 times in a row/.test(line)).length, 1);
    assertFailed(await decider.ask(), /not asked for now$/);
  });
});

Deno.test("a decider that complains without end fills no log", async () => {
  const source = `
question = ask()
for _ in range(10_000): print("\\033[2J" + "x" * 10_000, file=sys.stderr)
say(question)
ask()
`;
  await against(source, async (decider) => {
    assertEquals(await decider.ask(), ALLOW);
    await decider.close();
    assert(decider.told.length <= 62, String(decider.told.length));
    assert(decider.told.every((line) => line.length < 600 && !line.includes("\x1b")));
    assertMatch(decider.told.at(-1)!, /^Not shown: \d+ lines more about the decider$/);
  });
});

Deno.test("a flood of questions is denied beyond what may be open, and costs no memory", async () => {
  const source = `
while True: say(ask())
`;
  await against(source, async (decider) => {
    assertEquals(await decider.ask(), ALLOW);
    const before = Deno.memoryUsage().rss;
    const command = "x".repeat(100_000);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => decider.ask({ command })),
    );
    assertEquals(answers.filter(({ decision }) => decision === "allow").length, 64);
    const rest = answers.filter(({ decision }) => decision !== "allow");
    for (const answer of rest) {
      assertFailed(answer, /^decider_failed: too many questions are open$/);
    }
    assert(Deno.memoryUsage().rss - before < 100e6);
    assertEquals(await decider.ask(), ALLOW);
  });
});

Deno.test("clients that ask and hang up cannot fill a decider that does not read", async () => {
  await against("time.sleep(600)", async (decider) => {
    const command = "x".repeat(100_000);
    for (let round = 0; round < 100; round++) {
      const client = new AbortController();
      const open = Array.from({ length: 50 }, () => decider.ask({ command }, client.signal));
      client.abort();
      for (const answer of await Promise.all(open)) assertFailed(answer, /nobody waits/);
    }
    assertFailed(await decider.ask(), /^decider_failed: (too many questions|it did not answer)/);
  }, 1000);
});
