import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { cli } from "../../../src/cli/cli.ts";
import type { Spawn } from "../../../src/cli/child.ts";
import { LOOK_MS } from "../../../src/config/watch_config.ts";
import { until } from "../../support/in_time.ts";
import { recordsOf, type Visit } from "../../support/learned.ts";
import { connectTo } from "../../support/policy.ts";
import { makeScratch, type Scratch } from "../../support/scratch.ts";
import { configFile } from "../config_files.ts";
import { type FakeOptions, type FakeSurroundings, fakeSurroundings } from "../fake_surroundings.ts";

const OPENING =
  "doorward: learning: every host that is not denied is let through, but for local and private addresses\n";

interface Learning {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly here: FakeSurroundings;
  readonly spawned: readonly (readonly string[])[];
}

/** Runs a command line whose child makes visits, and ends with `code`. */
async function learn(
  words: readonly string[],
  visits: readonly Visit[] = [],
  { code = 0, ...options }: FakeOptions & { readonly code?: number } = {},
): Promise<Learning> {
  const spawned: (readonly string[])[] = [];
  const spawn: Spawn = (child) => {
    spawned.push(child);
    const [sink] = here.proxies[0]!.options.audit.sinks;
    recordsOf(visits).forEach((record) => sink!.write(record));
    return { code: Promise.resolve(code), kill: () => {} };
  };
  const here = fakeSurroundings({ spawn, ...options });
  const ended = await cli(["learn", ...words], here);
  return { code: ended, ...here.printed(), here, spawned };
}

function isThere(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

const outIn = ({ folder }: Scratch): string => `${folder}/out.toml`;

Deno.test("learn runs a command as it is, and prints the policy behind it", async () => {
  const { code, out, err, spawned } = await learn(["--", "tool", "-x", "a b"], [
    { host: "a.test" },
  ], { code: 3 });
  assertEquals([code, out, spawned], [3, "", [["tool", "-x", "a b"]]]);
  assertEquals(err.startsWith(OPENING), true);
  assertStringIncludes(err, "doorward: 1 place in 1 request: the policy is below\n");
  assertMatch(err, /\n# The smallest policy under which tool [^]*\n {2}"a\.test:443",\n\]\n/);
  // What follows the name of the program may be a secret.
  assertEquals(err.includes("a b"), false);
});

Deno.test("learn lets everything through but what is local or denied, and asks nobody", async () => {
  const { here } = await learn(["--deny", "denied.test", "-c", "network.ask=true", "tool"]);
  const { policy, asking, decider } = here.proxies[0]!.options;
  const verdict = (place: string) => {
    const decision = policy.current.decide(connectTo(place));
    return decision.verdict === "deny" ? decision.reason : decision.verdict;
  };
  assertEquals(["a.test", "denied.test", "127.0.0.1"].map(verdict), [
    ...["allow", "denied", "not_allowed_local"],
  ]);
  assertEquals([asking.answerers().length, decider], [0, null]);
});

Deno.test("learn leaves no address of this machine out of the proxy", async () => {
  const child: Record<string, string>[] = [];
  const spawn: Spawn = (_, env) => {
    child.push(env);
    return { code: Promise.resolve(0), kill: () => {} };
  };
  await learn(["-c", "network.allow_local_binding=true", "tool"], [], { spawn });
  assertEquals(child[0]!["NO_PROXY"], "");
});

Deno.test("learn obeys requirements that change, and learns on", async () => {
  await using file = await configFile("");
  const ended = Promise.withResolvers<number>();
  const spawn: Spawn = () => ({ code: ended.promise, kill: () => {} });
  const here = fakeSurroundings({ spawn });
  const learning = cli(["learn", "--requirements", file.path, "tool"], here);
  // Both files of requirements are looked at.
  const looking = () => until(() => here.clock.sleeping === 2, "both files are looked at");
  await looking();
  await Deno.writeTextFile(
    file.path,
    '[experimental_network]\ndomains = { "bad.test" = "deny" }\n',
  );
  const verdict = (place: string) =>
    here.proxies[0]!.options.policy.current.decide(connectTo(place)).verdict;
  for (let look = 0; look < 2; look++) {
    here.clock.advance(LOOK_MS);
    await looking();
  }
  await until(() => verdict("bad.test") === "deny", "the new requirements hold");
  assertEquals(verdict("a.test"), "allow");
  ended.resolve(0);
  assertEquals(await learning, 0);
});

Deno.test("learn --out writes the policy, and says what to do next", async () => {
  await using scratch = await makeScratch();
  const out = outIn(scratch);
  const { code, err } = await learn(["--out", out, "tool"], [{ host: "a.test" }]);
  assertEquals(code, 0);
  assertStringIncludes(await Deno.readTextFile(out), '  "a.test:443",\n');
  assertStringIncludes(err, `doorward: read it, then: doorward run --config ${out} -- tool\n`);
  assertEquals(err.includes("allowed_domains"), false);
});

Deno.test("learn keeps the permission to write for its file alone", async () => {
  await using scratch = await makeScratch();
  const isGivenUp = async (...words: readonly string[]) => {
    let givenUp = false;
    await learn([...words, "tool"], [], { giveUpWriting: () => void (givenUp = true) });
    return givenUp;
  };
  assertEquals([await isGivenUp(), await isGivenUp("--out", outIn(scratch))], [true, false]);
});

Deno.test("learn holds its file from the start, so that no other takes it", async () => {
  await using scratch = await makeScratch();
  const out = outIn(scratch);
  let second: Learning | null = null;
  let meanwhile = "";
  const first = await learn(["--out", out, "tool"], [], {
    spawn: () => ({
      code: (async () => {
        meanwhile = await Deno.readTextFile(out);
        second = await learn(["--out", out, "tool"]);
        return 0;
      })(),
      kill: () => {},
    }),
  });
  assertEquals(first.code, 0);
  const { code, spawned, err } = second as unknown as Learning;
  assertEquals([code, spawned], [125, []]);
  assertStringIncludes(err, `doorward: ${out}: cannot write this file: it is there already`);
  assertMatch(meanwhile, /^# doorward learn writes the policy here .*\n\[network\]\n$/);
  assertStringIncludes(await Deno.readTextFile(out), "allowed_domains = []");
});

Deno.test("learn leaves no file behind where the command does not start", async () => {
  await using scratch = await makeScratch();
  const out = outIn(scratch);
  const spawn = () => {
    throw new Deno.errors.NotFound("x");
  };
  const { code, err } = await learn(["--out", out, "tool"], [], { spawn });
  assertEquals([code, err], [
    127,
    `${OPENING}doorward: Cannot run "tool": there is no such command\n`,
  ]);
  assertEquals(await isThere(out), false);
  const startProxy = () => {
    throw new Error("no more ports");
  };
  assertEquals((await learn(["--out", out, "tool"], [], { startProxy })).code, 125);
  assertEquals(await isThere(out), false);
});

Deno.test("learn prints the policy that it cannot write any more, and fails if nothing else did", async () => {
  await using scratch = await makeScratch();
  const folder = `${scratch.folder}/gone`;
  for (const [code, expected] of [[0, 125], [7, 7]]) {
    await Deno.mkdir(folder);
    const ended = await learn(["--out", `${folder}/out.toml`, "tool"], [], {
      spawn: () => {
        Deno.removeSync(folder, { recursive: true });
        return { code: Promise.resolve(code!), kill: () => {} };
      },
    });
    assertEquals(ended.code, expected);
    assertStringIncludes(ended.err, "out.toml: cannot write this file: its folder is not there\n");
    assertStringIncludes(ended.err, "\nallowed_domains = []\n");
  }
});

Deno.test("learn --json ends with one line of JSON on standard error", async () => {
  const { out, err } = await learn(["--json", "tool"], [{ host: "a.test" }], { code: 1 });
  const lines = err.trimEnd().split("\n");
  assertEquals([out, lines.length], ["", 2]);
  const { exit_code, file, hosts } = JSON.parse(lines[1]!);
  assertEquals([exit_code, file, hosts.length], [1, null, 1]);
});

Deno.test("learn --quiet prints nothing but the policy, and nothing where that is written", async () => {
  await using scratch = await makeScratch();
  assertEquals((await learn(["-q", "tool"])).err.startsWith("# The smallest policy"), true);
  assertEquals((await learn(["-q", "--out", outIn(scratch), "tool"])).err, "");
});

Deno.test("learn says nothing of the policy that it does not run under", async () => {
  await using file = await configFile("[network]\nallowed_domains = []\n");
  const { err } = await learn(["--config", file.path, "tool"]);
  assertEquals(err.includes("every request will be blocked"), false);
});

Deno.test("learn starts nothing where only what is required may be allowed", async () => {
  await using scratch = await makeScratch();
  await using file = await configFile(
    "[experimental_network]\nmanaged_allowed_domains_only = true\n" +
      'domains = { "managed.test" = "allow" }\n',
  );
  const words = ["--requirements", file.path, "--out", outIn(scratch), "tool"];
  const { code, err, spawned } = await learn(words);
  assertEquals([code, spawned, await isThere(outIn(scratch))], [125, [], false]);
  assertEquals(
    err,
    'doorward: Cannot learn what "tool" asks for: only the hosts that are required may be allowed ' +
      `(${file.path}:2:1)\n  to learn is to let every host pass once that is not denied\n`,
  );
});

Deno.test("learn runs nothing that run would not run", async () => {
  const off = await learn(["-c", "network.enabled=false", "tool"]);
  assertEquals([off.code, off.spawned], [125, []]);
  assertStringIncludes(off.err, "or for this once: doorward learn -c network.enabled=true …\n");
  const nested = await learn(["tool"], [], { env: { DOORWARD_ACTIVE: "1" } });
  assertEquals([nested.code, nested.spawned], [125, []]);
});
