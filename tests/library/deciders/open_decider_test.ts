import { assertEquals } from "@std/assert";
import {
  type DeciderPorts,
  type DeciderSettings,
  openDecider,
} from "../../../src/library/deciders/open_decider.ts";
import type { HelperCommand } from "../../../src/library/deciders/helper_process.ts";
import { callNetwork } from "../../support/call_network.ts";
import { deciderRequest, type FakeHelper, fakeHelper, PATIENT } from "../../support/decider.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, until } from "../../support/in_time.ts";
import { answering, startOrigin } from "../../support/origin.ts";

const LIMITS = { timeoutMs: 5000, concurrency: 64 };
const COMMAND = { kind: "command", words: ["decide", "-v"], folder: "/etc" } as const;

function open(asks: DeciderSettings["asks"], over: Partial<DeciderPorts> = {}) {
  const told: string[] = [];
  const commands: HelperCommand[] = [];
  const helpers: FakeHelper[] = [];
  const refuse = () => Promise.reject(new Error("nothing is called"));
  const decider = openDecider({ asks, ...LIMITS }, {
    clock: new FakeClock(),
    diagnose: (line) => told.push(line),
    env: { PATH: "/bin:.", TOKEN: "s3cret" },
    secretVariables: ["TOKEN"],
    resolve: refuse,
    dial: refuse,
    startTls: refuse,
    startHelper: (command) => {
      commands.push(command);
      const helper = fakeHelper();
      helpers.push(helper);
      return helper.process;
    },
    ...over,
  });
  return {
    told,
    commands,
    helpers,
    ask: (signal = PATIENT) => inTime(decider.decide(deciderRequest(), signal), "an answer"),
    close: () => inTime(decider.close(), "the close"),
  };
}

Deno.test("openDecider() starts the command with its environment, for the first question", async () => {
  const decider = open(COMMAND);
  assertEquals(decider.commands, []);
  const question = decider.ask();
  await until(() => decider.helpers[0]?.asked.length === 1, "it was asked");
  assertEquals(decider.commands, [{
    words: ["decide", "-v"],
    folder: "/etc",
    env: { PATH: "/bin", DOORWARD_DECIDER: "1" },
  }]);
  decider.helpers[0]!.answers(0, { decision: "allow" });
  assertEquals(await question, { decision: "allow" });
  await decider.close();
  assertEquals(decider.helpers[0]!.signals.at(-1), "released");
});

Deno.test("openDecider() asks with ids that nobody could guess", async () => {
  const decider = open(COMMAND);
  const questions = [decider.ask(), decider.ask()];
  await until(() => decider.helpers[0]?.asked.length === 2, "both were asked");
  const ids = decider.helpers[0]!.asked.map(({ id }) => id);
  assertEquals(ids.map((id) => /^d[12]-[0-9a-f-]{36}$/.test(id)), [true, true]);
  assertEquals(new Set(ids.map((id) => id.slice(3))).size, 2);
  await decider.close();
  await Promise.all(questions);
});

Deno.test("openDecider() posts to a URL", async () => {
  const body = '{"decision":"deny","reason":"no"}';
  const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  await using origin = startOrigin(answering(reply));
  const url = new URL("http://127.0.0.1:4000/decide");
  const decider = open({ kind: "url", url }, callNetwork(origin));
  assertEquals(await decider.ask(), { decision: "deny", reason: "no" });
  assertEquals(origin.received.startsWith("POST /decide HTTP/1.1\r\n"), true);
  await decider.close();
});

Deno.test("openDecider() asks a function", async () => {
  const decider = open({ kind: "function", decide: () => Promise.resolve({ decision: "allow" }) });
  assertEquals(await decider.ask(), { decision: "allow" });
  await decider.close();
});

Deno.test("close() denies what is open, and what comes after it", async () => {
  const decider = open({ kind: "function", decide: () => new Promise(() => {}) });
  const question = decider.ask();
  await decider.close();
  const denied = { decision: "deny", reason: "decider_failed: nobody waits for the answer" };
  assertEquals<unknown>([await question, await decider.ask()], [denied, denied]);
});

Deno.test("decide() denies where the client has gone", async () => {
  const client = new AbortController();
  const decider = open({ kind: "function", decide: () => new Promise(() => {}) });
  const question = decider.ask(client.signal);
  client.abort();
  assertEquals((await question).decision, "deny");
  await decider.close();
});

Deno.test("what a helper says is told in printable lines", async () => {
  const decider = open(COMMAND);
  const question = decider.ask();
  await until(() => decider.helpers[0]?.asked.length === 1, "it was asked");
  decider.helpers[0]!.complains("a\x1b[2Jb\n");
  await until(() => decider.told.length === 1, "it is told");
  assertEquals(decider.told, ["The decider says: a\\u001b[2Jb"]);
  await decider.close();
  await question;
});
