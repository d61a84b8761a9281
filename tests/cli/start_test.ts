import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { violationLine } from "../../src/audit/violation_line.ts";
import type { BlockedRecord } from "../../src/audit/blocked_record.ts";
import { makeTerminal } from "../../src/cli/printed/terminal.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { until } from "../support/in_time.ts";
import { NO_POSIX } from "../support/machine.ts";
import { connectTo } from "../support/policy.ts";
import { makeScratch } from "../support/scratch.ts";
import { configFile } from "./config_files.ts";
import {
  type FakeOptions,
  type FakeSurroundings,
  fakeSurroundings,
  FREE_PORT,
  MemorySink,
} from "./fake_surroundings.ts";

const BLOCKED: BlockedRecord = {
  host: "a.test",
  reason: "not_allowed",
  client: "127.0.0.1:5",
  method: "GET",
  mode: null,
  protocol: "http",
  decision: "deny",
  source: "baseline_policy",
  port: 80,
  timestamp: 1,
  generation: 1,
  listener: "127.0.0.1:3128",
};

interface Running {
  readonly here: FakeSurroundings;
  readonly code: Promise<number>;
}

/** Starts, and comes back once the proxy listens and signals are listened for. */
async function starting(
  argv: readonly string[],
  options: FakeOptions = {},
  more: Partial<FakeSurroundings> = {},
): Promise<Running> {
  const here = { ...fakeSurroundings(options), ...more };
  const listening = Promise.withResolvers<void>();
  const watched: FakeSurroundings = {
    ...here,
    signals: (names, on) => {
      listening.resolve();
      return here.signals(names, on);
    },
  };
  const code = cli(argv, watched);
  await Promise.race([listening.promise, code]);
  return { here, code };
}

Deno.test("start listens where the configuration says, and ends with a signal", async () => {
  const { here, code } = await starting(["start", "-c", "network.proxy_url=http://127.0.0.1:99"]);
  const [proxy] = here.proxies;
  assertEquals(proxy!.options.listen.port, 99);
  here.send("SIGTERM");
  proxy!.finish();
  assertEquals(await code, 0);
  assertEquals(proxy!.shutdowns[0], 5000);
  assertEquals(
    here.printed().err.trimEnd().split("\n").at(-1),
    "doorward: SIGTERM: closing 2 connections",
  );
});

Deno.test("start closes at once for who insists, and not for the echo of a key", async () => {
  const { here, code } = await starting([]);
  here.send("SIGINT");
  here.send("SIGINT");
  here.clock.advance(1000);
  assertEquals(here.proxies[0]!.shutdowns.includes(0), false);
  here.send("SIGINT");
  assertEquals(await code, 0);
  assertEquals(here.proxies[0]!.shutdowns.slice(0, 2), [5000, 0]);
});

Deno.test("start prints the banner once, then one line for each block", async () => {
  const { here, code } = await starting(["start"]);
  here.proxies[0]!.options.outside.record(BLOCKED, []);
  here.proxies[0]!.options.diagnose("Cannot accept: too many files");
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
  const { out, err } = here.printed();
  assertEquals(out, "");
  assertStringIncludes(err, "listening on http://127.0.0.1:3128");
  assertStringIncludes(
    err,
    `\n${violationLine(BLOCKED)}\ndoorward: Cannot accept: too many files\n`,
  );
});

Deno.test("start --quiet prints blocks only", async () => {
  const { here, code } = await starting(["-q"], { env: { HTTP_PROXY: "http://corp.test:1" } });
  here.proxies[0]!.options.outside.record(BLOCKED, []);
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
  assertEquals(here.printed().err, `${violationLine(BLOCKED)}\n`);
});

const UNSAID = ['CODEX_NETWORK_POLICY_DECISION {"decision":"deny"}', "It was blocked.", "Ask."];

Deno.test("start says what a client of SOCKS5 could not be told", async () => {
  const { here, code } = await starting(["start"]);
  here.proxies[0]!.options.outside.record(BLOCKED, UNSAID);
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
  assertStringIncludes(
    here.printed().err,
    `\n${violationLine(BLOCKED)}\n${UNSAID[0]}\ndoorward: It was blocked.\ndoorward: Ask.\n`,
  );
});

Deno.test("start --quiet keeps the lines for programs, and leaves the sentences out", async () => {
  const { here, code } = await starting(["-q"]);
  here.proxies[0]!.options.outside.record(BLOCKED, UNSAID);
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
  assertEquals(here.printed().err, `${violationLine(BLOCKED)}\n${UNSAID[0]}\n`);
});

/** Flags, where SOCKS5 is opened, and the line of the banner. */
const SOCKS: readonly (readonly [readonly string[], unknown, string | undefined])[] = [
  [[], 8081, "  socks   socks5h://127.0.0.1:8081"],
  [["network.socks_url=http://127.0.0.1:99"], 99, "  socks   socks5h://127.0.0.1:99"],
  [
    ["network.socks_url=http://127.0.0.1:3128"],
    "shared",
    "  socks   socks5h://127.0.0.1:3128",
  ],
  [["network.enable_socks5=false"], null, undefined],
];

for (const [flags, expected, line] of SOCKS) {
  Deno.test(`start with ${flags} opens SOCKS5 at ${expected}`, async () => {
    const { here, code } = await starting(["start", ...flags.flatMap((flag) => ["-c", flag])]);
    const { socks } = here.proxies[0]!.options;
    assertEquals(socks === null || socks === "shared" ? socks : socks.port, expected);
    here.send("SIGINT");
    here.proxies[0]!.finish();
    await code;
    const lines = here.printed().err.split("\n");
    assertEquals(lines.find((line) => line.startsWith("  socks")), line);
  });
}

Deno.test("start warns of what the configuration says, and of a proxy that cannot be used", async () => {
  await using file = await configFile("[network]\ndangerously_allow_all_domains = true\n");
  const env = { https_proxy: "socks4://corp.test:1" };
  const { here, code } = await starting(["start", "--config", file.path], { env });
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
  const warnings = here.printed().err.split("\n").filter((line) => line.includes("warning: "));
  assertStringIncludes(warnings[0]!, `${file.path}:2:1: `);
  assertStringIncludes(warnings[1]!, "https_proxy is not used: socks4 is not spoken");
});

/** Flags, and how the network is reached by an environment that names a proxy. */
const ROUTES: readonly (readonly [readonly string[], string | undefined])[] = [
  [[], "  leaves  through http://corp.test:1 (HTTP_PROXY); datagrams directly"],
  [
    ["-c", 'network.upstream_proxy="socks5://me:secret@corp.test"'],
    "  leaves  through socks5://corp.test:1080 (-c); datagrams directly",
  ],
  [["-c", "network.allow_upstream_proxy=false"], undefined],
];

for (const [flags, line] of ROUTES) {
  Deno.test(`start with ${flags[1] ?? "no flags"} says by which proxy it reaches the network`, async () => {
    const env = { HTTP_PROXY: "http://me:secret@corp.test:1" };
    const { here, code } = await starting(["start", ...flags], { env });
    here.send("SIGINT");
    here.proxies[0]!.finish();
    await code;
    const lines = here.printed().err.split("\n");
    assertEquals(lines.find((line) => line.startsWith("  leaves")), line);
    const { upstream } = here.proxies[0]!.options;
    assertEquals(upstream(connectTo("93.184.216.34"), []) !== null, line !== undefined);
  });
}

Deno.test("start refuses to be its own upstream proxy", async () => {
  for (const name of ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"]) {
    for (const port of [3128, 8081]) {
      const here = fakeSurroundings({ env: { [name]: `http://me:secret@localhost:${port}` } });
      assertEquals(await cli(["start"], here), 125);
      assertEquals(here.proxies.length, 0);
      assertEquals(
        here.printed().err,
        `doorward: ${name}: names Doorward itself (localhost:${port}): unset it, or name another proxy\n`,
      );
    }
  }
});

Deno.test("start names the command that prints the variables for this listener", async () => {
  const upstream = ["-c", "network.upstream_proxy=http://u:it's3cret@h.test:1"];
  const flags = ["-c", "network.proxy_url=http://127.0.0.1:99", ...upstream, "--allow", "*.a.test"];
  const { here, code } = await starting(["start", ...flags]);
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
  assertStringIncludes(
    here.printed().err,
    '  use it  eval "$(doorward env -c network.proxy_url=http://127.0.0.1:99)"\n',
  );
});

Deno.test("start with a port of the system's choice names the port it got", async () => {
  const { here, code } = await starting(["start", "-c", "network.proxy_url=http://127.0.0.1:0"]);
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
  assertStringIncludes(here.printed().err, "  use it  export http_proxy=http://127.0.0.1:40404 ");
});

Deno.test("start counts an unwritten switch as on", async () => {
  await using file = await configFile('[network]\nallowed_domains = ["a.test"]\n');
  const { here, code } = await starting(["start", "--config", file.path]);
  assertEquals(here.proxies[0]!.options.policy.current.document.enabled, true);
  here.send("SIGINT");
  here.proxies[0]!.finish();
  await code;
});

Deno.test("start does nothing where it is written that the proxy is off", async () => {
  await using file = await configFile("[network]\nenabled = false\n");
  const here = fakeSurroundings();
  assertEquals(await cli(["start", "--config", file.path], here), 0);
  assertEquals(here.proxies.length, 0);
  assertEquals(
    here.printed().err,
    `doorward: Nothing to start: network.enabled is false (${file.path}:2:1)\n`,
  );
});

Deno.test("start answers a port in use with 125 and how to choose another", async () => {
  const here = fakeSurroundings({
    startProxy: () => {
      throw new Deno.errors.AddrInUse("Address already in use");
    },
  });
  assertEquals(await cli([], here), 125);
  assertEquals(
    here.printed().err,
    "doorward: Cannot listen on 127.0.0.1:3128: the port is in use, perhaps by another doorward\n" +
      "  to take a free port, add:  -c network.proxy_url=http://127.0.0.1:0\n",
  );
});

/** Ends what was started. */
async function end({ here, code }: Running): Promise<void> {
  here.send("SIGTERM");
  here.proxies[0]!.finish();
  assertEquals(await code, 0);
}

Deno.test("start tells where the admin API listens, and writes no link down", async () => {
  const running = await starting(["start", "-c", "network.admin_url=http://127.0.0.1:0"]);
  await end(running);
  const { err } = running.here.printed();
  assertStringIncludes(
    err,
    `\n  admin   http://127.0.0.1:${FREE_PORT} (doorward dashboard prints a link that opens it)\n`,
  );
  assertEquals(err.includes("#code="), false);
});

/** Starts at a terminal, and resolves to what stands there. */
async function atTerminal(argv: readonly string[], options: FakeOptions = {}): Promise<string> {
  const sink = new MemorySink(true);
  const clock = new FakeClock();
  const terminal = makeTerminal(new MemorySink(), sink, false, clock, () => 80);
  await end(await starting(argv, options, { terminal, clock }));
  return sink.text;
}

const LINK = "http://127\\.0\\.0\\.1:8080/#code=[A-Za-z0-9_-]{43}";

Deno.test("start shows the link to who sits at the terminal", async () => {
  const text = await atTerminal(["start"]);
  assertMatch(text, RegExp(`\\n {2}admin {3}this link works once:\\n {4}${LINK}\\n`));
});

Deno.test("start welcomes who has written nothing, and can be asked", async () => {
  const text = await atTerminal(["start"], { stdinIsTerminal: true });
  assertMatch(text, /\nNothing is allowed yet\. /);
  assertMatch(text, /another terminal:\n {2}eval "\$\(doorward env\)"\n/);
  assertMatch(text, RegExp(`this link works once\\):\\n {2}${LINK}\\n`));
});

Deno.test("start names no command that a shell would not find, but where one is needed", async () => {
  await using scratch = await makeScratch();
  const options: FakeOptions = {
    env: { DOORWARD_HOME: `${scratch.home}/doorward` },
    program: () => ({ kind: "script", deno: "/bin/deno", main: "file:///main.ts" }),
  };
  const lineOf = async (...flags: readonly string[]) => {
    const running = await starting(["start", ...flags], options);
    await end(running);
    return running.here.printed().err.split("\n").find((line) => line.startsWith("  use it  "));
  };
  assertEquals(
    await lineOf(),
    "  use it  export http_proxy=http://127.0.0.1:3128 https_proxy=http://127.0.0.1:3128",
  );
  assertMatch(
    await lineOf("-c", "network.mitm=true") ?? "",
    /eval "\$\(\/bin\/deno run [^"]* file:\/\/\/main\.ts env -c network\.mitm=true\)"$/,
  );
});

Deno.test({
  name:
    `start names the file for that command so that it is found from every folder${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using file = await configFile("[network]\nenabled = true\n");
    const relative = `${"../".repeat(Deno.cwd().split("/").length)}${file.path.slice(1)}`;
    const running = await starting(["start", "--config", relative]);
    await end(running);
    assertStringIncludes(
      running.here.printed().err,
      `  use it  eval "$(doorward env --config ${Deno.cwd()}/${relative})"\n`,
    );
  },
});

Deno.test("start names that command by its path where its name would find another program", async () => {
  const lineOf = async (path: string, SHELL: string) => {
    const program = () => ({ kind: "compiled", path, isOnPath: false }) as const;
    const running = await starting(["start"], { program, env: { SHELL } });
    await end(running);
    return running.here.printed().err.split("\n").find((line) => line.startsWith("  use it  "));
  };
  assertEquals(await lineOf("/opt/it/doorward", "sh"), '  use it  eval "$(/opt/it/doorward env)"');
  assertEquals(
    await lineOf("/my tools/doorward", "fish"),
    "  use it  '/my tools/doorward' env | source",
  );
  assertEquals(
    await lineOf("C:\\Tools\\doorward.exe", "pwsh"),
    "  use it  & 'C:\\Tools\\doorward.exe' env | Out-String | Invoke-Expression",
  );
});

Deno.test("start warns where nobody can know the token, unless it is to be quiet", async () => {
  const warned = async (argv: readonly string[]) => {
    const running = await starting(argv);
    await end(running);
    return running.here.printed().err.includes(
      "warning: There is no home folder for the admin token",
    );
  };
  assertEquals([await warned(["start"]), await warned(["start", "-q"])], [true, false]);
});

Deno.test("start lets no client reach the admin API through the proxy", async () => {
  const running = await starting(["start", "-c", "network.admin_url=http://127.0.0.1:0"]);
  const { alsoOurs } = running.here.proxies[0]!.options;
  assertEquals(alsoOurs.map(formatSocketAddress), [`127.0.0.1:${FREE_PORT}`]);
  await end(running);
});

Deno.test("start begins nothing where the admin API cannot listen", async () => {
  const here = fakeSurroundings({
    serveAdmin: () => {
      throw new Deno.errors.AddrInUse("Address already in use");
    },
  });
  assertEquals(await cli(["start"], here), 125);
  assertEquals(here.proxies.length, 0);
  assertStringIncludes(here.printed().err, "Cannot listen on 127.0.0.1:8080 for the admin API");
});

Deno.test("start closes the admin API at its end, and when the proxy cannot listen", async () => {
  let closed = 0;
  const serveAdmin: FakeSurroundings["serveAdmin"] = (address) =>
    Promise.resolve({ address, close: () => Promise.resolve(void closed++) });
  const startProxy = () => {
    throw new Deno.errors.AddrInUse("Address already in use");
  };
  await cli(["start"], fakeSurroundings({ serveAdmin, startProxy }));
  assertEquals(closed, 1);
  const running = await starting(["start"], { serveAdmin });
  assertEquals(closed, 1);
  await end(running);
  assertEquals(closed, 2);
});

/** Why the file is read again: what is done once, and how much time passes until it is. */
const RELOADS: readonly (readonly [string, (here: FakeSurroundings) => void, number])[] = [
  // The watch looks at no file meanwhile: it would have it read once more, beyond the end of the test.
  ["on SIGHUP", (here) => here.send("SIGHUP"), 0],
  ["when the file changes", () => {}, 500],
];

for (const [when, ask, ms] of RELOADS) {
  Deno.test(`start reads its file again ${when}`, async () => {
    await using scratch = await makeScratch();
    await scratch.configure('[network]\nenabled = true\nallowed_domains = ["a.test"]\n');
    const running = await starting(["start"], {
      env: { DOORWARD_HOME: `${scratch.home}/doorward` },
    });
    const { here } = running;
    // The watch has seen the file as it is.
    await until(() => here.clock.sleeping > 0, "the file is watched");
    await scratch.configure(
      '[network]\nenabled = true\nallowed_domains = ["b.test"]\nask = true\n',
    );
    ask(here);
    await until(() => {
      here.clock.advance(ms);
      return here.printed().err.includes("doorward: reloaded, ");
    }, "it is read again");
    assertStringIncludes(here.printed().err, "ask true, allow +b.test, allow -a.test\n");
    const { current } = here.proxies[0]!.options.policy;
    assertEquals(current.decide(connectTo("a.test")).verdict, "ask");
    await end(running);
  });
}

Deno.test("start watches every file that it reads, but for those of the project", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nenabled = true\n");
  const text = (host: string) => `[network]\nallowed_domains = ["${host}"]\n`;
  const system = await scratch.write("etc/config.toml", text("a.test"));
  const project = await scratch.write("project/.doorward/config.toml", "[network]\nask = true\n");
  const running = await starting(["start", "--trust-project"], {
    env: { DOORWARD_HOME: `${scratch.home}/doorward` },
    systemFolder: `${scratch.folder}/etc`,
    cwd: () => `${scratch.folder}/project`,
  });
  const { here } = running;
  await until(() => here.clock.sleeping >= 2, "the files are watched");
  await Deno.writeTextFile(project, "[network]\nask = false\n");
  await Deno.writeTextFile(system, text("b.test"));
  await until(() => {
    here.clock.advance(500);
    return here.printed().err.includes("doorward: reloaded, ");
  }, "it is read again");
  assertStringIncludes(here.printed().err, "generation 2: allow +b.test, allow -a.test\n");
  await end(running);
});

Deno.test("start writes approvals for good into its own file, and none into another program's", async () => {
  await using scratch = await makeScratch();
  const home = `${scratch.home}/doorward`;
  const persist = async (env: Readonly<Record<string, string>>) => {
    const running = await starting(["start"], { env });
    const { asking } = running.here.proxies[0]!.options;
    const written = await asking.persist("allow", "a.test").then(
      () => "written",
      (error) => error.code,
    );
    await end(running);
    return written;
  };
  assertEquals(await persist({ CODEX_HOME: home }), "cannot_write");
  assertEquals(await Deno.stat(scratch.configFile).then(() => true, () => false), false);
  assertEquals(await persist({ DOORWARD_HOME: home }), "written");
  assertStringIncludes(await Deno.readTextFile(scratch.configFile), '["a.test"]');
});

Deno.test("start can be answered by the admin API, with or without a terminal", async () => {
  const running = await starting(["start", "-c", "network.ask_hold_seconds=7"]);
  const { asking, attribution } = running.here.proxies[0]!.options;
  assertEquals([asking.canBeAnswered, attribution.command, asking.holdMs()], [true, null, 7000]);
  assertEquals(asking.answerers().length, 0);
  await end(running);
});

Deno.test("start writes violation lines into the file that is named for them", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/violations.log`;
  const running = await starting(["start", "-c", `network.violation_file=${file}`]);
  running.here.proxies[0]!.options.outside.record(BLOCKED, []);
  await end(running);
  assertEquals(await Deno.readTextFile(file), `${violationLine(BLOCKED)}\n`);
  assertEquals(running.here.printed().err.includes(violationLine(BLOCKED)), false);
});
