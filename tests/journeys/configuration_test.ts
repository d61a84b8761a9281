// Files, profiles and flags as the command line reads them, and the policy that comes of it.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { doorward, startDoorward } from "../support/doorward_cli.ts";
import { whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

const PROFILE = `default_permissions = "workspace"

[permissions.base.network]
enabled = true
domains = { "denied.test" = "deny" }

[permissions.workspace]
extends = "base"
[permissions.workspace.network]
domains = { "allowed.test" = "allow" }
`;

/** What `explain` says of a request, in one word. */
async function verdict(scratch: Scratch, url: string, ...words: readonly string[]) {
  const { stdout, stderr } = await doorward(
    ["explain", "--no-lookup", "--json", url, ...words],
    scratch,
  );
  assert(stdout !== "", stderr);
  const { verdict, reason } = JSON.parse(stdout);
  return reason ?? verdict;
}

Deno.test("a permission profile is the policy of every command", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(PROFILE);
  assertEquals(await verdict(scratch, "http://allowed.test/"), "allow");
  assertEquals(await verdict(scratch, "http://denied.test/"), "denied");
  assertEquals(await verdict(scratch, "http://other.test/"), "not_allowed");
  assertEquals(await verdict(scratch, "http://other.test/", "--allow", "other.test"), "allow");
});

Deno.test("a file of --profile is laid over that of the home folder", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(PROFILE);
  await scratch.write(
    "home/doorward/strict.config.toml",
    '[permissions.workspace.network.domains]\n"ALLOWED.test" = "deny"\n',
  );
  assertEquals(await verdict(scratch, "http://allowed.test/", "--profile", "strict"), "denied");
  const { code, stderr } = await doorward(["check", "--profile", "none"], scratch);
  assertEquals(code, 1);
  assertMatch(stderr, /none\.config\.toml: cannot read this file: it does not exist/);
});

Deno.test("a project counts for who trusts it, and is read once", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nenabled = true\nallowed_domains = []\n");
  const file = await scratch.write(
    "project/.doorward/config.toml",
    '[network]\nallowed_domains = ["project.test"]\n',
  );
  await Deno.mkdir(`${scratch.folder}/project/deep`, { recursive: true });
  await Deno.mkdir(`${scratch.folder}/project/.git`);
  const cwd = `${scratch.folder}/project/deep`;
  const ask = async (...words: readonly string[]) => {
    const { stdout } = await doorward(["config", "show", ...words], scratch, { cwd });
    return stdout;
  };
  assertStringIncludes(await ask(), `${file} (disabled: the project is not trusted`);
  assertMatch(await ask("--trust-project"), /"project\.test"\s+.*\.doorward\/config\.toml:2:20/);

  // Whatever runs in the project may write there: what it writes does not count.
  await using start = await startDoorward(["--trust-project"], scratch, { cwd });
  await Deno.writeTextFile(file, '[network]\nallowed_domains = ["**.test"]\n');
  const admin = ["--admin", `http://127.0.0.1:${start.adminPort}`];
  const reloaded = await doorward(["reload", ...admin], scratch);
  assertEquals(reloaded.code, 0, reloaded.stderr);
  const response = await fetch(`http://127.0.0.1:${start.adminPort}/config`);
  assertEquals((await response.json()).network.allowed_domains, ["project.test"]);
});

Deno.test("who has no network has nothing to run in, and is told why", async () => {
  await using scratch = await makeScratch();
  await scratch.configure('default_permissions = ":workspace"\n[permissions.x]\n');
  const { code, stderr } = await doorward(["run", "true"], scratch);
  assertEquals(code, 125);
  assertStringIncludes(stderr, "permissions.:workspace.network.enabled is not true");
  const start = await doorward(["start"], scratch);
  assertEquals(start.code, 0);
  assertStringIncludes(start.stderr, "Nothing to start: ");
});

Deno.test("the switch of the feature is obeyed where it is written", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(`${PROFILE}[features]\nnetwork_proxy = false\n`);
  const off = await doorward(["run", "true"], scratch);
  assertEquals(off.code, 125);
  assertMatch(off.stderr, /features\.network_proxy is false \(.*config\.toml:12:17\)/);
  const on = await doorward(["run", "-c", "features.network_proxy=true", "true"], scratch);
  assertEquals(on.code, 0, on.stderr);
});

Deno.test("a command behind a profile reaches what it allows, and nothing else", async () => {
  const curl = whereIs("curl");
  if (curl === null) return;
  await using scratch = await makeScratch();
  await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
  await scratch.configure(
    PROFILE.replace('"allowed.test"', '"127.0.0.2"'),
  );
  const fetched = await doorward(["run", curl, "-sS", origin.url], scratch);
  assertEquals([fetched.code, fetched.stdout], [0, "hello from the origin\n"], fetched.stderr);
  const blocked = await doorward(
    ["run", curl, "-sS", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.3:9/"],
    scratch,
  );
  assertEquals(blocked.stdout, "403");
});

Deno.test("a rule for good is not written into a profile", async () => {
  await using scratch = await makeScratch();
  await scratch.configure(PROFILE);
  await using start = await startDoorward([], scratch);
  const admin = ["--admin", `http://127.0.0.1:${start.adminPort}`];
  const { code, stderr } = await doorward(
    ["allow", "new.test", "--for", "always", ...admin],
    scratch,
  );
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, "[permissions.workspace.network]: write the rule there");
});
