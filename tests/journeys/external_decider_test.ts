// A decider of the configuration, as it is: a program that is started, and a server that is called.
import { assertEquals } from "@std/assert";
import { loadConfig } from "../../src/config/config.ts";
import {
  BEGINNING,
  pythonHelper,
  realDecider,
  startedHelpers,
  untilNoHelperRuns,
} from "../support/decider_programs.ts";
import { makeScratch } from "../support/scratch.ts";
import { blocksOf } from "../support/markdown.ts";
import { startOrigin } from "../support/origin.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";

const ALLOW = { decision: "allow" } as const;

Deno.test("a configured command decides about many requests with one process", async () => {
  await using scratch = await makeScratch();
  await scratch.write(
    "bin/decide.py",
    `#!/usr/bin/env python3${BEGINNING}
while True:
    question = ask()
    if question["host"].endswith(".good.test"): say(question)
    else: say(question, "ask", reason="who is " + question["host"] + "?")
`,
  );
  await Deno.chmod(`${scratch.folder}/bin/decide.py`, 0o700);
  const homeFile = await scratch.write(
    "config.toml",
    '[network.decider]\ncommand = ["bin/decide.py"]\ntimeout_seconds = 9\n',
  );
  const config = await loadConfig({ homeFile, overrides: [], allow: [], deny: [] });
  assertEquals([config.asksDecider, config.decider?.timeoutMs], [true, 9000]);
  const { asks } = config.decider!;
  const decider = realDecider(asks, scratch.env);
  const hosts = Array.from({ length: 40 }, (_, at) => `h${at}.${at % 2 ? "good" : "bad"}.test`);
  const answers = await Promise.all(hosts.map((host) => decider.ask({ host })));
  assertEquals<unknown>(
    answers,
    hosts.map((host) =>
      host.includes("good") ? ALLOW : { decision: "ask", reason: `who is ${host}?` }
    ),
  );
  assertEquals((await startedHelpers(scratch.folder)).length, 1);
  await decider.close();
  await untilNoHelperRuns(scratch);
  assertEquals(decider.told, []);
});

Deno.test("a command gets the environment of Doorward without its secrets, and its folder", async () => {
  await using scratch = await makeScratch();
  const asks = await pythonHelper(
    scratch,
    `${BEGINNING}
names = ["DOORWARD_ADMIN_TOKEN", "DOORWARD_DECIDER", "MARK"]
say(ask(), "deny", reason=" ".join([os.environ.get(name, "none") for name in names] + [os.getcwd()]))
ask()
`,
  );
  const env = { ...scratch.env, DOORWARD_ADMIN_TOKEN: "s3cret", MARK: "here" };
  await using decider = realDecider(asks, env);
  assertEquals(await decider.ask(), {
    decision: "deny",
    reason: `none 1 here ${scratch.folder}`,
  });
});

Deno.test("a command that ended is started again, and its last words are told", async () => {
  await using scratch = await makeScratch();
  const asks = await pythonHelper(
    scratch,
    `${BEGINNING}
say(ask())
ask()
raise Exception("this is why")
`,
  );
  await using decider = realDecider(asks, scratch.env);
  assertEquals(await decider.ask(), ALLOW);
  assertEquals((await decider.ask()).decision, "deny");
  assertEquals(await decider.ask(), ALLOW);
  assertEquals((await startedHelpers(scratch.folder)).length, 2);
  assertEquals(decider.told.slice(-2), [
    "The decider says: Exception: this is why",
    "The decider ended with exit code 1",
  ]);
});

Deno.test("a server decides, and is told who asks by the user in its URL", async () => {
  await using origin = startOrigin(async (wire) => {
    const { body } = await wire.readMessage();
    const { host } = JSON.parse(body);
    const answer = JSON.stringify({ decision: "deny", reason: `not ${host}` });
    await wire.send(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`);
    wire.close();
  });
  const url = new URL(`http://me:pw@${formatSocketAddress(origin.address)}/decide`);
  await using decider = realDecider({ kind: "url", url }, {});
  const answers = await Promise.all([decider.ask({ host: "b.test" }), decider.ask()]);
  assertEquals<unknown>(answers, [
    { decision: "deny", reason: "not b.test" },
    { decision: "deny", reason: "not a.test" },
  ]);
  assertEquals(origin.received.includes("\r\nAuthorization: Basic bWU6cHc=\r\n"), true);
});

Deno.test("a server that redirects, errs or is not there is a denial", async () => {
  await using origin = startOrigin(async (wire) => {
    await wire.readMessage();
    const location = `Location: http://${formatSocketAddress(origin.address)}/other`;
    await wire.send(`HTTP/1.1 307 Temporary Redirect\r\n${location}\r\nContent-Length: 0\r\n\r\n`);
    wire.close();
  });
  const url = new URL(`http://${formatSocketAddress(origin.address)}/decide`);
  await using decider = realDecider({ kind: "url", url }, {});
  assertEquals(await decider.ask(), {
    decision: "deny",
    reason: "decider_failed: it answered 307",
  });
  assertEquals(origin.received.includes("/other"), false);
});

Deno.test("the helper that docs/deciders.md shows decides as the page says", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/deciders.md", import.meta.url));
  const [source] = blocksOf(page).filter(({ language }) => language === "python");
  await using scratch = await makeScratch();
  const asks = await pythonHelper(scratch, source!.text);
  await using decider = realDecider(asks, scratch.env);
  assertEquals(await decider.ask({ host: "docs.example.com", method: "GET" }), ALLOW);
  assertEquals(await decider.ask({ host: "docs.example.com", method: "POST" }), {
    decision: "ask",
    reason: "it writes to docs.example.com",
  });
  assertEquals(await decider.ask({ host: "example.com.evil.test" }), {
    decision: "deny",
    reason: "example.com.evil.test is none of ours",
  });
  assertEquals(decider.told, []);
});
