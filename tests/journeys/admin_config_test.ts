// The configuration of a `doorward start` while it runs: what is written into it, and when it is read again.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readAdmin } from "../support/admin_calls.ts";
import { asked, ASKING, CURL, fetched, fetching, HOST, makeScene } from "../support/admin_scene.ts";
import { testClient } from "../support/client_world.ts";
import { doorward } from "../support/doorward_cli.ts";
import { EventReader } from "../support/event_reader.ts";
import { until } from "../support/in_time.ts";
import { NO_POSIX } from "../support/machine.ts";
import { makeScratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

testClient(
  CURL,
  "an approval for always is in the file, comments kept, and outlives Doorward",
  async () => {
    await using scratch = await makeScratch();
    await using origin = startWebOrigin(greet, { hostname: HOST });
    {
      await using scene = await makeScene(ASKING, { scratch, origin });
      await using curl = fetching(scene, "/one");
      await asked(scene);
      const { code, stdout } = await scene.cli("approve", HOST, "--for", "always");
      assertEquals(
        [code, stdout],
        [0, `approved q1, ${HOST}:${origin.port}, always: it is in ${scratch.configFile}\n`],
      );
      assertEquals((await curl.ended).stdout, "hello from the origin\n");
      const pattern = `${HOST}:${origin.port} over http`;
      assertEquals(
        await Deno.readTextFile(scratch.configFile),
        ASKING.replace('  "kept.test", # keep me\n', `  "kept.test", # keep me\n  "${pattern}",\n`),
      );
    }
    await using scene = await makeScene(null, { scratch, origin });
    assertEquals((await fetched(scene, "/two")).stdout, "hello from the origin\n");
    // By that protocol and port, and by no other.
    assertEquals((await readAdmin(scene.start, "/pending")).pending, []);
    const { rules } = await readAdmin(scene.start, "/patterns");
    assertEquals(
      rules.map(({ pattern, line, scope }: { pattern: string; line: number; scope: string }) => [
        pattern,
        line,
        scope,
      ]),
      [
        ["kept.test", 7, "always"],
        [`${HOST}:${origin.port} over http`, 8, "always"],
        ["denied.test", 10, "always"],
      ],
    );
  },
);

testClient(CURL, "violation_file takes the lines that standard error has else", async () => {
  await using scene = await makeScene(
    `${ASKING.replace("ask = true", "ask = false")}violation_file = "violations.log"\n`,
  );
  await fetched(scene, "/");
  const file = `${scene.scratch.home}/doorward/violations.log`;
  // Everything is in it when Doorward has ended.
  scene.start.kill("SIGTERM");
  await scene.start.ended;
  assertMatch(
    await Deno.readTextFile(file),
    /^CODEX_NETWORK_POLICY_VIOLATION \{.*"reason":"not_allowed".*\}\n$/,
  );
  assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  assert(!scene.start.stderr.text.includes("CODEX_"), scene.start.stderr.text);
});

Deno.test({
  name: `SIGHUP makes start read its configuration again${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scene = await makeScene(ASKING);
    const { start, scratch } = scene;
    await using events = await EventReader.open(start, "?types=reload");
    // No other than the one before: only the signal can be the reason.
    start.kill("SIGHUP");
    await events.until(({ data }) => data.ok, "the reload");
    await scratch.configure(ASKING.replace("kept.test", "other.test"));
    start.kill("SIGHUP");
    await until(
      () => events.events.some(({ data }) => data.changed.includes("allow +other.test")),
      "the change",
    );
    assertEquals((await readAdmin(start, "/patterns")).allowed, ["other.test"]);
  },
});

Deno.test("start notices by itself that its file has changed", async () => {
  await using scene = await makeScene(ASKING);
  const { start, scratch } = scene;
  await using events = await EventReader.open(start, "?types=reload");
  await scratch.configure(ASKING.replace("kept.test", "other.test"));
  const { data } = await events.until(() => true, "the reload");
  assertEquals(data.changed, ["allow +other.test", "allow -kept.test"]);
  await scratch.configure("nonsense");
  await events.until(({ data }) => !data.ok, "the fault");
  assertEquals((await readAdmin(start, "/patterns")).allowed, ["other.test"]);
  assertStringIncludes(start.stderr.text, "Cannot reload: generation 2 stays in force");
});

testClient(
  CURL,
  "where nobody answers, a request ends as one that a person may be asked about",
  async () => {
    await using scene = await makeScene(ASKING.replace("= 20", "= 1"));
    const { stdout } = await fetched(scene, "/");
    assertStringIncludes(stdout, '"decision":"ask"');
    const { counts } = await readAdmin(scene.start, "/blocked");
    assertEquals(counts, { not_allowed: 1 });
    assertMatch(scene.start.stderr.text, /"decision":"ask","source":"decider"/);
  },
);

testClient(CURL, "run without a terminal asks nobody", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(ASKING.replace("= 20", "= 600"));
  await using origin = startWebOrigin(greet, { hostname: HOST });
  // It would wait for ten minutes, and for longer than the test does.
  const { stdout } = await doorward(["run", "--", "curl", "-sS", `${origin.url}/`], scratch);
  assertStringIncludes(stdout, '"decision":"ask"');
  assertEquals(origin.requests, []);
});
