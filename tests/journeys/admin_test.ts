// The commands of Doorward that talk to a `doorward start`, from outside: two processes, and curl between them.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { callAdmin, readAdmin, untilAdmin } from "../support/admin_calls.ts";
import { asked, ASKING, CURL, fetched, fetching, HOST, makeScene } from "../support/admin_scene.ts";
import { testClient } from "../support/client_world.ts";
import { doorward, startDoorward } from "../support/doorward_cli.ts";
import { runProgram } from "../support/programs.ts";
import { makeScratch } from "../support/scratch.ts";

/** What the admin API was first known by. */
const FIRST_CALLS = `curl -sS http://127.0.0.1:8080/health
curl -sS http://127.0.0.1:8080/config
curl -sS http://127.0.0.1:8080/patterns
curl -sS http://127.0.0.1:8080/blocked
curl -sS -X POST http://127.0.0.1:8080/mode -d '{"mode":"full"}'
curl -sS -X POST http://127.0.0.1:8080/reload
`;

testClient(CURL, "the calls that the documentation prints work as they stand", async () => {
  const page = await Deno.readTextFile(`${import.meta.dirname}/../../docs/admin.md`);
  assertStringIncludes(page, FIRST_CALLS);
  await using scratch = await makeScratch();
  const port = isFree(8080) ? 8080 : 0;
  const flag = `network.admin_url=http://127.0.0.1:${port}`;
  await using start = await startDoorward(["--allow", "a.test", "-c", flag], scratch);
  const { adminPort } = start;
  const replies = [];
  for (const line of FIRST_CALLS.trimEnd().split("\n")) {
    const words = ["sh", "-c", line.replace("8080", String(adminPort))];
    const { code, stdout, stderr } = await runProgram(words, { env: scratch.env });
    assertEquals([code, stderr], [0, ""], line);
    replies.push(JSON.parse(stdout));
  }
  const [health, config, patterns, blocked, mode, reload] = replies;
  assertEquals([health.status, health.mode], ["ok", "full"]);
  assertEquals(config.network.allowed_domains, ["a.test"]);
  assertEquals(patterns.allowed, ["a.test"]);
  assertEquals(blocked.blocked, []);
  assertEquals([mode.status, mode.mode], ["ok", "full"]);
  assertEquals([reload.status, reload.changed], ["reloaded", []]);
});

testClient(CURL, "doorward approve lets the request through that waits, and no other", async () => {
  await using scene = await makeScene(ASKING);
  const { origin } = scene;
  await using curl = fetching(scene, "/one");
  await asked(scene);
  const list = await scene.cli("pending");
  assertMatch(
    list.stdout,
    RegExp(`^ID +HOST .*\nq1 +${HOST}:${origin.port} +http +GET +1 +\\d+s +127\\.0\\.0\\.1:\\d+ `),
  );
  const { code, stdout } = await scene.cli("approve", HOST);
  assertEquals(
    [code, stdout],
    [0, `approved q1, ${HOST}:${origin.port}, for the requests that wait\n`],
  );
  assertEquals((await curl.ended).stdout, "hello from the origin\n");
  assertEquals(origin.requests, ["GET /one via doorward"]);
  await using again = fetching(scene, "/two");
  await asked(scene);
  assertEquals((await scene.cli("deny", "q2")).code, 0);
  assertStringIncludes((await again.ended).stdout, '"decision":"deny"');
  assertEquals((await scene.cli("approve", "q2")).code, 1);
  assertEquals(origin.requests.length, 1);
});

testClient(CURL, "doorward allow and deny make rules, and take them back", async () => {
  await using scene = await makeScene(ASKING.replace("ask = true", "ask = false"));
  const { cli, scratch } = scene;
  const isAllowed = async () => (await fetched(scene, "/")).stdout === "hello from the origin\n";
  assertEquals(await isAllowed(), false);
  assertEquals(
    (await cli("allow", HOST)).stdout,
    `allow rule "${HOST}", until the proxy ends\n`,
  );
  assertEquals(await isAllowed(), true);
  assertMatch(
    (await cli("allow", "t.test", "--for", "10m")).stdout,
    /^allow rule "t.test", until /,
  );
  assertEquals((await cli("deny", HOST)).stdout, `deny rule "${HOST}", until the proxy ends\n`);
  assertEquals(await isAllowed(), false);
  assertEquals((await cli("deny", "--remove", HOST)).stdout, `removed deny rule "${HOST}"\n`);
  assertEquals(await isAllowed(), true);
  assertEquals((await cli("allow", "--remove", HOST)).stdout, `removed allow rule "${HOST}"\n`);
  assertEquals(await isAllowed(), false);
  // None of that was written; what was is taken back only as it was given.
  assertEquals(
    await Deno.readTextFile(scratch.configFile),
    ASKING.replace("= true\nask_", "= false\nask_"),
  );
  assertEquals((await cli("allow", "--remove", "kept.test")).code, 1);
  assertEquals((await cli("allow", "--remove", "kept.test", "--for", "always")).code, 0);
  assert(!(await Deno.readTextFile(scratch.configFile)).includes("kept.test"));
});

Deno.test("what the command line loosens takes the token of the home folder", async () => {
  await using scene = await makeScene(ASKING);
  await using stranger = await makeScratch();
  const admin = ["--admin", `http://127.0.0.1:${scene.start.adminPort}`];
  for (
    const words of [["allow", "x.test"], ["deny", "--remove", "denied.test"], ["dashboard"], [
      "deny",
      "x.test",
      "--for",
      "always",
    ]]
  ) {
    const { code, stdout, stderr } = await doorward([...words, ...admin], stranger);
    assertEquals([code, stdout], [1, ""], words.join(" "));
    assertMatch(stderr, /admin\.token|run this command as the user who started Doorward/);
  }
  // To tighten is everybody's right.
  assertEquals((await doorward(["deny", "x.test", ...admin], stranger)).code, 0);
  assertEquals((await doorward(["mode", "limited", ...admin], stranger)).code, 0);
});

testClient(CURL, "doorward blocked, connections, mode and reload tell what there is", async () => {
  await using scene = await makeScene(ASKING.replace("ask = true", "ask = false"));
  const { cli, start, origin, scratch } = scene;
  await fetched(scene, "/");
  assertMatch(
    (await cli("blocked")).stdout,
    RegExp(`^1 +\\S+ \\S+ +${HOST}:${origin.port} +http +GET +not in the allowlist +127\\.`),
  );
  assertEquals((await cli("mode")).stdout, "full\n");
  assertEquals((await cli("mode", "limited")).stdout, "limited\n");
  assertEquals((await readAdmin(start, "/health")).mode, "limited");
  assertEquals((await cli("mode", "full")).stdout, "full\n");
  await scratch.configure(
    ASKING.replace("kept.test", "other.test").replace("= true\nask_", "= false\nask_"),
  );
  // It may have noticed by itself: then there is nothing left to tell.
  assertMatch(
    (await cli("reload")).stdout,
    /^reloaded: (generation \d+\n {2}allow|nothing changed)/,
  );
  assertEquals((await readAdmin(start, "/patterns")).allowed, ["other.test"]);
  await scratch.configure("[network]\nenabled = 7\nmode = 8\n");
  const faulty = await cli("reload");
  assertEquals([faulty.code, faulty.stdout], [1, ""]);
  assertStringIncludes(faulty.stderr, "config.toml:2:11: ");
  assertStringIncludes(faulty.stderr, "config.toml:3:8: ");
  assertEquals((await readAdmin(start, "/health")).status, "degraded");
  await untilAdmin(start, "/connections", ({ total }) => total === 0);
  assertEquals((await cli("connections")).stderr, "doorward: No connection is open\n");
});

testClient(CURL, "doorward connections --close ends a tunnel", async () => {
  await using scene = await makeScene(`${ASKING}allow_local_binding = true\n`);
  await using tunnel = fetching(scene, "/", ["--proxytunnel"]);
  await asked(scene);
  assertEquals((await scene.cli("approve", "q1", "--for", "run")).code, 0);
  await tunnel.ended;
  await untilAdmin(scene.start, "/connections", ({ connections }) => connections.length === 0);
  await using held = fetching(scene, "/hold", ["--proxytunnel"]);
  const { connections } = await untilAdmin(
    scene.start,
    "/connections",
    ({ connections: [newest] }) => newest?.kind === "tunnel",
  );
  const close = () => scene.cli("connections", "--close", String(connections[0].id));
  assertEquals((await close()).stdout, `closed ${connections[0].id}\n`);
  assert((await held.ended).code !== 0);
  assertEquals((await close()).code, 1);
});

testClient(CURL, "doorward dashboard prints a link that works once", async () => {
  await using scene = await makeScene(ASKING);
  const { stdout } = await scene.cli("dashboard");
  const { adminPort } = scene.start;
  const [, code] = RegExp(`^http://127\\.0\\.0\\.1:${adminPort}/#code=([\\w-]{43})\n$`).exec(
    stdout,
  )!;
  const trade = () => callAdmin(scene.start, "POST", "/session", { body: { code } });
  const { status, json } = await trade();
  assertEquals(status, 200);
  assertEquals((await trade()).status, 403);
  const body = { host: "x.test" };
  assertEquals(
    (await callAdmin(scene.start, "POST", "/allow", { body, token: json.token })).status,
    200,
  );
});

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}
