import { assert, assertEquals } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { blockedRecord } from "../support/blocked.ts";
import { configFile } from "../cli/config_files.ts";
import { type FakeSurroundings, fakeSurroundings } from "../cli/fake_surroundings.ts";
import { type Random, seededRandom } from "../support/random.ts";

const PRINTABLE = String.fromCharCode(...Array.from({ length: 95 }, (_, code) => 0x20 + code));

/** Part of every password: whoever prints a piece of one prints this, sooner or later. */
const MARK = "s3cret";

const BLOCKED = blockedRecord({ timestamp: 1 });

const COMMANDS: readonly (readonly string[])[] = [
  ["start"],
  ["check"],
  ["check", "--json"],
  ["explain", "--no-lookup", "https://a.test/"],
  ["explain", "--no-lookup", "--json", "https://a.test/"],
  ["env"],
  ["env", "--json"],
];

function anyUrl(random: Random): string {
  const raw = `${random.text(PRINTABLE, 6)}${MARK}${random.text(PRINTABLE, 6)}`;
  const password = random.pick([raw, encodeURIComponent(raw)]);
  const scheme = random.pick(["http://", "http://", "https://", "socks5h://", "ftp://", ""]);
  const host = random.pick(["h.test:1", "h.test", "h.test:z", "h test", "[::1]:8", ""]);
  return `${scheme}${random.pick(["u", "us=er", ""])}:${password}@${host}`;
}

/** One command line, with one block while it listens; all that it prints. */
async function printed(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const end = (here: FakeSurroundings) => {
    here.proxies[0]?.options.outside.record(BLOCKED, []);
    here.send("SIGINT");
    here.proxies[0]?.finish();
  };
  const fake: FakeSurroundings = fakeSurroundings({
    env,
    spawn: () => {
      end(fake);
      return { code: Promise.resolve(0), kill: () => {} };
    },
  });
  const here: FakeSurroundings = {
    ...fake,
    signals: (names, on) => {
      const listening = fake.signals(names, on);
      if (argv[0] === "start") queueMicrotask(() => end(fake));
      return listening;
    },
  };
  await cli(argv, here);
  const { out, err } = fake.printed();
  return out + err;
}

/** Whether the proxy was started. */
async function assertSilent(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const run = ["run", ...flags, "--", "tool"];
  let hasStarted = false;
  for (const argv of [...COMMANDS.map((words) => [...words, ...flags]), run]) {
    const text = await printed(argv, env);
    assertEquals(text.includes(MARK), false, `${JSON.stringify({ argv, env })} prints\n${text}`);
    hasStarted ||= text.includes(" listening on ");
  }
  return hasStarted;
}

const KEYS = ["network.upstream_proxy", "network.upstreamProxy", "network.upstream_proxy.x"];

Deno.test("no command prints a password that is given with -c", async () => {
  const random = seededRandom(20);
  let started = 0;
  for (let round = 0; round < 200; round++) {
    const url = anyUrl(random);
    const value = random.pick([url, url, `"${url}"`, `'${url}'`, JSON.stringify(url)]);
    const key = random.pick([KEYS[0]!, ...KEYS]);
    const flag = random.pick([
      `${key}=${value}`,
      `${key}=${value}`,
      `network={upstream_proxy=${value}}`,
    ]);
    if (await assertSilent(["-c", flag])) started += 1;
  }
  assert(started > 20 && started < 180, `${started} were started`);
});

Deno.test("no command prints a password that stands in a file", async () => {
  const random = seededRandom(21);
  let started = 0;
  for (let round = 0; round < 200; round++) {
    const url = anyUrl(random);
    const value = random.pick([url, `"${url}"`, `'${url}'`, JSON.stringify(url)]);
    const flags = random.pick([[], [], [], ["-c", "network.upstream_proxy.x=1"]]);
    await using file = await configFile(`[network]\nupstream_proxy = ${value}\n`);
    if (await assertSilent(["--config", file.path, ...flags])) started += 1;
  }
  assert(started > 20 && started < 180, `${started} were started`);
});

Deno.test("no command prints a password that the environment holds", async () => {
  const random = seededRandom(22);
  for (let round = 0; round < 200; round++) {
    const names = ["HTTPS_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY"];
    const flag = "network.upstream_proxy=http://h.test:1";
    const env = { [random.pick(names)]: anyUrl(random), no_proxy: anyUrl(random) };
    assert(await assertSilent(random.pick([[], ["-c", flag]]), env));
  }
});

Deno.test("no command prints what may be the end of a password, where the host is missing", async () => {
  for (const url of [`http://u:a@${MARK}:x`, `http://u:${MARK}`, `http://u:a@${MARK} b`]) {
    for (const key of KEYS) await assertSilent(["-c", `${key}=${url}`]);
    await assertSilent(["-c", `network={upstream_proxy="${url}"}`]);
    for (const value of [url, `"${url}"`]) {
      await using file = await configFile(`[network]\nupstream_proxy = ${value}\n`);
      await assertSilent(["--config", file.path]);
      await assertSilent(["--config", file.path, "-c", "network.upstream_proxy.x=1"]);
    }
    await assertSilent([], { HTTPS_PROXY: url });
    // Without an at sign it is a name with a port, and a slip worth showing.
    const flags = ["-c", "network.upstream_proxy=http://h.test:1"];
    await assertSilent(flags, { NO_PROXY: `${url}@h` });
  }
});
