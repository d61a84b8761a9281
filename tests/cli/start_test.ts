import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { violationLine } from "../../src/audit/violation_line.ts";
import type { BlockedRecord } from "../../src/audit/blocked_record.ts";
import { connectTo } from "../support/policy.ts";
import { configFile } from "./config_files.ts";
import { type FakeOptions, type FakeSurroundings, fakeSurroundings } from "./fake_surroundings.ts";

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
};

interface Running {
  readonly here: FakeSurroundings;
  readonly code: Promise<number>;
}

/** Starts, and comes back once the proxy listens and signals are listened for. */
async function starting(argv: readonly string[], options: FakeOptions = {}): Promise<Running> {
  const here = fakeSurroundings(options);
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
