// `doorward start` as its own process: what it says, how it begins and how it ends.
import { assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { doorward, FREE_PORTS, spawnDoorward, startDoorward } from "../support/doorward_cli.ts";
import { inTime } from "../support/in_time.ts";
import { NO_POSIX } from "../support/machine.ts";
import { type Origin, type Script, startOrigin } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { makeScratch } from "../support/scratch.ts";
import { Wire } from "../support/wire.ts";

/** Where there is no file, what no rule names is asked about: for these tests, nobody is. */
const ASKING_NOBODY = ["-c", "network.ask_hold_seconds=0"];

/** What open connections get to finish (`src/cli/start.ts`). */
const GRACE_MS = 5000;
/** A second signal within it is an echo of the first (`src/cli/signals/end_signal.ts`). */
const ECHO_MS = 500;

Deno.test("start says where it listens, by which policy, and how to use and to widen it", async () => {
  await using scratch = await makeScratch();
  await using start = await startDoorward([], scratch);
  await start.stderr.until(/config\.toml\n/);
  const text = start.stderr.text
    .replaceAll(String(start.port), "PORT")
    .replaceAll(String(start.socksPort), "SOCKS")
    .replaceAll(String(start.adminPort), "ADMIN");
  assertEquals(text.split("\n"), [
    "doorward 0.1.0 listening on http://127.0.0.1:PORT, mode full",
    "  socks   socks5h://127.0.0.1:SOCKS",
    "  admin   http://127.0.0.1:ADMIN (doorward dashboard prints a link that opens it)",
    "  policy  built-in and the command line: 0 allow rules, 0 deny rules, asks about what is not listed",
    "  use it  export http_proxy=http://127.0.0.1:PORT https_proxy=http://127.0.0.1:PORT",
    "  nothing is allowed yet; to allow a host: doorward start --allow HOST",
    `      or  allowed_domains = ["HOST"] under [network] in ${scratch.configFile}`,
    "",
  ]);
  assertEquals(start.stdout.text, "");
});

Deno.test("start is what Doorward does without a command", async () => {
  await using scratch = await makeScratch();
  await using program = spawnDoorward(FREE_PORTS, scratch);
  await program.stderr.until(/^doorward 0\.1\.0 listening on http:\/\/127\.0\.0\.1:\d+, mode full/);
});

Deno.test("start prints one line for each request it blocks", async () => {
  await using scratch = await makeScratch();
  const flags = ["--deny", "denied.test", "--mode", "limited", ...ASKING_NOBODY];
  await using start = await startDoorward(flags, scratch);
  await say(start, "GET http://one.test/secret?token=1 HTTP/1.1\r\nHost: one.test\r\n\r\n");
  await say(start, "CONNECT denied.test:443 HTTP/1.1\r\nHost: denied.test:443\r\n\r\n");
  await start.stderr.until(/denied\.test.*\n/);
  const lines = start.stderr.text.split("\n").filter((line) => line.startsWith("CODEX_"));
  assertEquals(
    lines.map((line) =>
      line.replace(/"client":"127\.0\.0\.1:\d+"/, '"client":"CLIENT"').replace(
        /:\d{10},/,
        ":SECONDS,",
      )
        .replace(/"listener":"127\.0\.0\.1:\d+"/, '"listener":"LISTENER"')
    ),
    [
      'CODEX_NETWORK_POLICY_VIOLATION {"host":"one.test","reason":"not_allowed",' +
      '"client":"CLIENT","method":"GET","mode":null,"protocol":"http","decision":"ask",' +
      '"source":"decider","port":80,"timestamp":SECONDS,"generation":1,"listener":"LISTENER"}',
      'CODEX_NETWORK_POLICY_VIOLATION {"host":"denied.test","reason":"denied",' +
      '"client":"CLIENT","method":"CONNECT","mode":null,"protocol":"http-connect",' +
      '"decision":"deny","source":"baseline_policy","port":443,"timestamp":SECONDS,"generation":1,' +
      '"listener":"LISTENER"}',
    ],
  );
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name:
      `start lets a tunnel finish after ${signal}, takes nothing new, and ends with 0${NO_POSIX.why}`,
    ignore: NO_POSIX.ignore,
    async fn(): Promise<void> {
      await using scratch = await makeScratch();
      await using origin = startOrigin(echo);
      await using start = await startDoorward(["--allow", "127.0.0.1"], scratch);
      await using tunnel = await openTunnel(start, origin);

      const asked = performance.now();
      start.kill(signal);
      await start.stderr.until(RegExp(`doorward: ${signal}: closing 1 connection\n`));
      await untilNobodyListens(start);
      await tunnel.send("still here?");
      assertEquals(await tunnel.readExactly(11), "still here?");

      await tunnel.closeWrite();
      await tunnel.readEnd();
      const { code, stdout } = await start.ended;
      assertEquals([code, stdout], [0, ""]);
      assertLess(performance.now() - asked, GRACE_MS, "it waited although there was nothing left");
    },
  });
}

Deno.test({
  name: `start does not wait for a tunnel when it is told twice to end${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    await using origin = startOrigin(echo);
    await using start = await startDoorward(["--allow", "127.0.0.1"], scratch);
    await using tunnel = await openTunnel(start, origin);

    const asked = performance.now();
    start.kill("SIGTERM");
    // A second signal that follows at once would count as an echo of the first.
    while (performance.now() - asked < 2 * ECHO_MS) await roundTrip(tunnel);
    start.kill("SIGTERM");
    await tunnel.readEnd();
    assertEquals((await start.ended).code, 0);
    assertLess(performance.now() - asked, GRACE_MS);
  },
});

Deno.test("start fails with 125 when its port is in use, and tells a way out", async () => {
  await using scratch = await makeScratch();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${taken.addr.port}`;
  const { code, stderr } = await doorward(["start", "-c", `network.proxy_url=${url}`], scratch);
  assertEquals(
    stderr,
    `doorward: Cannot listen on 127.0.0.1:${taken.addr.port}: the port is in use, perhaps by another doorward\n` +
      "  to take a free port, add:  -c network.proxy_url=http://127.0.0.1:0\n",
  );
  assertEquals(code, 125);
});

Deno.test("start fails with 125 when the port for SOCKS5 is in use, and tells two ways out", async () => {
  await using scratch = await makeScratch();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const flag = `network.socks_url=socks5h://127.0.0.1:${taken.addr.port}`;
  const { code, stderr } = await doorward(["start", ...FREE_PORTS, "-c", flag], scratch);
  assertEquals(
    stderr,
    `doorward: Cannot listen on 127.0.0.1:${taken.addr.port} for SOCKS5 (network.socks_url): ` +
      "the port is in use, perhaps by another doorward\n" +
      "  to take a free port, add:  -c network.socks_url=http://127.0.0.1:0\n" +
      "  to do without it, add:     -c network.enable_socks5=false\n",
  );
  assertEquals(code, 125);
});

Deno.test("start without SOCKS5 does not need its port", async () => {
  await using scratch = await makeScratch();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const flags = [
    `network.socks_url=socks5h://127.0.0.1:${taken.addr.port}`,
    "network.enable_socks5=false",
  ].flatMap((flag) => ["-c", flag]);
  await using program = spawnDoorward(["start", ...FREE_PORTS, ...flags], scratch);
  await program.stderr.until(/\n {2}use it/);
  assertEquals(program.stderr.text.includes("socks"), false, program.stderr.text);
});

/** Configurations that nobody can start with, and what is said about them. */
const BROKEN: readonly (readonly [name: string, toml: string, says: RegExp])[] = [
  ["is no TOML", "[network]\nmode = \n", /^doorward: FILE:2:8: .*/],
  ["has a wrong value", '[network]\nmode = "open"\n', /^doorward: FILE:2:8: .*limited/],
  [
    "allows everything by a star",
    '[network]\nallowed_domains = ["ok.test", "*"]\n',
    /^doorward: FILE:2:31: .*"\*"/,
  ],
];

for (const [name, toml, says] of BROKEN) {
  Deno.test(`start fails with 125 when the configuration ${name}, and tells the place`, async () => {
    await using scratch = await makeScratch();
    const file = await scratch.configure(toml);
    const { code, stderr } = await doorward(["start"], scratch);
    assertMatch(stderr.replaceAll(file, "FILE"), says);
    assertEquals(code, 125);
  });
}

Deno.test("start fails with 125 when the configuration cannot be read", async () => {
  await using scratch = await makeScratch();
  for (const path of [`${scratch.folder}/nowhere.toml`, scratch.folder]) {
    const { code, stderr } = await doorward(["start", "--config", path], scratch);
    assertStringIncludes(stderr, path);
    assertEquals(code, 125, stderr);
  }
});

Deno.test("start does nothing, and says so, where the configuration says that it is off", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.configure("[network]\nenabled = false\n");
  const { code, stderr } = await doorward(["start"], scratch);
  assertEquals(
    stderr,
    `doorward: Nothing to start: network.enabled is false (${file}:2:1)\n`,
  );
  assertEquals(code, 0);
});

Deno.test("start --quiet prints nothing but what was blocked", async () => {
  await using scratch = await makeScratch();
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const places = ["proxy", "socks"].flatMap((name) => ["-c", `network.${name}_url=${url}`]);
  const admin = ["-c", "network.admin_url=http://127.0.0.1:0"];
  await using program = spawnDoorward(
    ["start", "--quiet", ...places, ...admin, ...ASKING_NOBODY],
    scratch,
  );
  await untilSomebodyListens(port);
  await say({ port }, "GET http://one.test/ HTTP/1.1\r\nHost: one.test\r\n\r\n");
  await program.stderr.until(/\n/);
  program.kill("SIGTERM");
  const { stdout, stderr } = await program.ended;
  assertMatch(stderr, /^CODEX_NETWORK_POLICY_VIOLATION \{.*\}\n$/);
  assertEquals(stdout, "");
});

/** Says back what it is told, and ends when its client does. */
const echo: Script = async (wire) => {
  try {
    for (let said = 0;; said++) {
      await wire.readExactly(1);
      await wire.send(wire.received.slice(said, said + 1));
    }
  } catch {
    // Its client has gone.
    wire.close();
  }
};

async function roundTrip(tunnel: Wire): Promise<void> {
  await tunnel.send(".");
  await tunnel.readExactly(1);
}

/** Where a Doorward listens on 127.0.0.1. */
interface Door {
  readonly port: number;
}

async function connect({ port }: Door): Promise<Wire> {
  return new Wire(
    await tcpDialer({ ip: ip("127.0.0.1"), port }, new AbortController().signal),
  );
}

/** Sends one request and takes the answer. */
async function say(door: Door, request: string): Promise<void> {
  await using wire = await connect(door);
  await wire.send(request);
  await wire.readMessage();
}

async function openTunnel(door: Door, origin: Origin): Promise<Wire> {
  const wire = await connect(door);
  const authority = `127.0.0.1:${origin.address.port}`;
  await wire.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  await wire.readHead();
  return wire;
}

/** Waits until connections are refused. Whoever is still let in meanwhile gets no answer. */
async function untilNobodyListens(door: Door): Promise<void> {
  while (true) {
    await using wire = await connect(door).catch(() => null);
    if (wire === null) return;
    await wire.send("GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").catch(() => {
      // It was dropped already.
    });
    assertEquals(await wire.readAll(), "");
  }
}

async function untilSomebodyListens(port: number): Promise<void> {
  let listens = false;
  await inTime(
    (async () => {
      while (!listens) {
        await using wire = await connect({ port }).catch(() => null);
        listens = wire !== null;
      }
    })(),
    `somebody to listen on ${port}`,
  ).finally(() => {
    listens = true;
  });
}

/** A port that was free just now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
