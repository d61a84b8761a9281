// `doorward run` as its own process: the command must not notice it, but for the network.
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { connectWords, type Program } from "../../src/cli/program.ts";
import { childEnv } from "../../src/library/env/child_env.ts";
import { shellQuote } from "../../src/library/env/shell_quote.ts";
import { testClient } from "../support/client_world.ts";
import { curl } from "../support/clients.ts";
import { doorward, doorwardWords, spawnDoorward } from "../support/doorward_cli.ts";
import { NO_POSIX, NO_SCRIPT } from "../support/machine.ts";
import { ip } from "../support/policy.ts";
import { runProgram, startProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { until } from "../support/in_time.ts";
import { greet, startWebOrigin } from "../support/web_origin.ts";

const text = new TextEncoder();

/** Registers a test that needs a POSIX shell. */
function testPosix(name: string, fn: (scratch: Scratch) => Promise<void>): void {
  Deno.test({
    name: name + NO_POSIX.why,
    ignore: NO_POSIX.ignore,
    async fn(): Promise<void> {
      await using scratch = await makeScratch();
      await fn(scratch);
    },
  });
}

/** Registers a test with curl, and perhaps a server on 127.0.0.2. */
function testCurl(name: string, fn: (scratch: Scratch) => Promise<void>): void {
  testClient(curl, name, async () => {
    await using scratch = await makeScratch();
    await fn(scratch);
  });
}

const ENDS: readonly (readonly [script: string, code: number])[] = [
  ["exit 0", 0],
  ["exit 7", 7],
  ["kill -TERM $$", 143],
  ["kill -KILL $$", 137],
];

for (const [script, code] of ENDS) {
  testPosix(`run ends with ${code} when its command does '${script}'`, async (scratch) => {
    const ended = await doorward(["run", "--", "sh", "-c", script], scratch);
    assertEquals([ended.code, ended.stdout, ended.stderr], [code, "", ""]);
  });
}

Deno.test("run ends with 127 when there is no such command", async () => {
  await using scratch = await makeScratch();
  const { code, stdout, stderr } = await doorward(["run", "no-such-command", "-x"], scratch);
  assertEquals(stderr, 'doorward: Cannot run "no-such-command": there is no such command\n');
  assertEquals([code, stdout], [127, ""]);
});

testPosix("run ends with 126 when its command cannot be executed", async (scratch) => {
  const file = await scratch.write("notes.txt", "no program\n");
  const { code, stderr } = await doorward(["run", "--", file], scratch);
  assertEquals(
    stderr,
    `doorward: Cannot run "${file}": it is not an executable file, or not for us\n`,
  );
  assertEquals(code, 126);
});

testPosix(
  "run ends with 125 and starts nothing when the configuration is broken",
  async (scratch) => {
    const file = await scratch.configure("[network]\nallowed_domain = []\n");
    const { code, stdout, stderr } = await doorward(["run", "--", "echo", "started"], scratch);
    assertMatch(stderr.replace(file, "FILE"), /^doorward: FILE:2:1: .*allowed_domains/);
    assertEquals([code, stdout], [125, ""]);
  },
);

testPosix("run ends with 125 and starts nothing when Doorward is off", async (scratch) => {
  const file = await scratch.configure("[network]\nenabled = false\n");
  const { code, stdout, stderr } = await doorward(["run", "--", "echo", "started"], scratch);
  assertEquals(
    stderr,
    'doorward: Cannot run "echo" without a policy\n' +
      `  network.enabled is false (${file}:2:1)\n` +
      "  remove that, or for this once: doorward run -c network.enabled=true …\n",
  );
  assertEquals([code, stdout], [125, ""]);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1"] as const) {
  testPosix(`run hands ${signal} on to its command`, async (scratch) => {
    await using run = spawnDoorward(["run", "--", ...waitFor(signal)], scratch);
    await run.stdout.until(/ready\n/);
    run.kill(signal);
    const { code, stdout, stderr } = await run.ended;
    assertEquals([code, stdout, stderr], [5, `ready\ngot ${signal}\n`, ""]);
  });
}

Deno.test({
  name: `run leaves Ctrl-C on a terminal to its command, and tells how that ended${NO_SCRIPT.why}`,
  ignore: NO_SCRIPT.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const log = `${scratch.folder}/log`;
    const words = doorwardWords("doorward", ["run", "--", ...waitFor("SIGINT", log)]);
    const command = `exec ${words.map((word) => shellQuote(word, "sh")).join(" ")}`;
    // `script` gives its command a terminal of its own, and types into it what it reads.
    await using terminal = startProgram(
      ["script", "--quiet", "--return", "--command", command, "/dev/null"],
      scratch,
    );
    await terminal.stdout.until(/ready/);
    await terminal.stdin.write(text.encode("\x03"));
    const { code, stdout } = await terminal.ended;
    assertEquals([code, await Deno.readTextFile(log)], [5, "got SIGINT\n"], stdout);
  },
});

/** A command that waits for a signal, notes it, and ends with 5. (A shell may miss one just before `wait`.) */
function waitFor(signal: Deno.Signal, log = "/dev/stdout"): string[] {
  const script = `
    Deno.addSignalListener("${signal}", () => {
      Deno.writeTextFileSync("${log}", "got ${signal}\\n", { append: true });
      Deno.exit(5);
    });
    setInterval(() => {}, 1000);
    console.log("ready");`;
  return [Deno.execPath(), "eval", "--quiet", script];
}

testPosix("run leaves standard input and output as they are, byte for byte", async (scratch) => {
  const input = new Uint8Array(1024 * 1024).map((_, at) => (at * at) >> 3);
  const { code, bytes, stderr } = await doorward(["run", "--", "cat"], scratch, { input });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(bytes.length, input.length);
  assertEquals(bytes.every((byte, at) => byte === input[at]), true);
});

testPosix("run leaves standard error to its command", async (scratch) => {
  const input = text.encode("\x1b[31mred\x07\n\0");
  const { stderr } = await doorward(["run", "--", "sh", "-c", "cat >&2"], scratch, { input });
  assertEquals(stderr, "\x1b[31mred\x07\n\0");
});

testPosix("run leaves the arguments of its command as they are", async (scratch) => {
  const args = [
    "",
    "a b",
    "*",
    "$HOME",
    "'\"\\",
    "é\n",
    "--allow",
    "x",
    "--",
    "-c",
    "--help",
    "-q",
  ];
  const script = 'printf "%s\\0" "$@"';
  const { stdout } = await doorward(
    ["run", "-q", "--", "sh", "-c", script, "sh", ...args],
    scratch,
  );
  assertEquals(stdout.split("\0").slice(0, -1), args);
});

testPosix("run starts its command where it was started itself", async (scratch) => {
  await scratch.write("elsewhere/file", "");
  const cwd = `${scratch.folder}/elsewhere`;
  const { stdout } = await doorward(["run", "--", "pwd"], scratch, { cwd });
  assertEquals(stdout, `${cwd}\n`);
});

/** Prints the environment in which it runs. */
const PRINT_ENV = [
  Deno.execPath(),
  "eval",
  "console.log(JSON.stringify(Deno.env.toObject()))",
] as const;

/** What Doorward is when it is run from its sources. */
const DOORWARD: Program = {
  kind: "script",
  deno: Deno.execPath(),
  main: new URL("../../main.ts", import.meta.url).href,
};

testPosix(
  "run gives its command its own environment, and what leads to the proxy",
  async (scratch) => {
    const inherited = { ...scratch.env, GREETING: "hello" };
    const options = { env: inherited };
    const { stdout, stderr } = await doorward(["run", "--", ...PRINT_ENV], scratch, options);
    const { __CF_USER_TEXT_ENCODING: _, ...env } = JSON.parse(stdout); // macOS adds that to all
    const port = Number(new URL(env["HTTP_PROXY"]).port);
    const ours = childEnv(inherited, {
      listener: { ip: ip("127.0.0.1"), port },
      allProxy: null,
      allowLocalBinding: true,
      secretVariables: [],
      connect: connectWords(DOORWARD, `127.0.0.1:${port}`, Deno.build.os),
    });
    assertEquals(env, { ...inherited, ...ours });
    assertEquals(stderr, "");
  },
);

testPosix(
  "run overwrites every other proxy, in any case: that is Doorward's own way out",
  async (scratch) => {
    const other = "http://corporate.test:8080";
    const env = {
      HTTP_PROXY: other,
      Https_Proxy: other,
      NPM_CONFIG_PROXY: other,
      NO_PROXY: "*",
      JAVA_TOOL_OPTIONS: "-Xmx1g",
    };
    const { stdout, stderr } = await doorward(["run", "--", ...PRINT_ENV], scratch, { env });
    const { HTTP_PROXY: ours, ...seen } = JSON.parse(stdout);
    assertMatch(ours, /^http:\/\/127\.0\.0\.1:\d+$/);
    assertEquals(
      [seen["Https_Proxy"], seen["NPM_CONFIG_PROXY"], seen["NO_PROXY"]],
      [ours, ours, "localhost,127.0.0.1,::1"],
    );
    assertMatch(seen["JAVA_TOOL_OPTIONS"], /^-Xmx1g -Dhttp\.proxyHost=127\.0\.0\.1 /);
    assertEquals(stderr, "");
  },
);

testPosix("run listens no longer than its command lives", async (scratch) => {
  const { stdout } = await doorward(["run", "--", "sh", "-c", "echo $HTTP_PROXY"], scratch);
  const port = Number(new URL(stdout.trim()).port);
  await assertRejects(
    () => Deno.connect({ hostname: "127.0.0.1", port }),
    Deno.errors.ConnectionRefused,
  );
});

testCurl(
  "run tells at its end what it blocked, each once, with what would allow it",
  async (scratch) => {
    await scratch.configure(
      '[network]\nenabled = true\nmode = "limited"\nallowed_domains = ["ok.test"]\ndenied_domains = ["evil.test"]\n',
    );
    const script = `
    curl -s http://one.test/ http://one.test/again >answers
    curl -s http://one.test:8080/ >>answers
    curl -s https://ok.test/
    curl -s -d x http://ok.test/ >>answers
    curl -s http://evil.test/ >>answers
    curl -s http://169.254.169.254/ >>answers
    exit 3`;
    const { code, stdout, stderr } = await doorward(["run", "--", "sh", "-c", script], scratch);
    assertEquals(stderr.split("\n"), [
      "doorward: blocked one.test:80 (not in the allowlist, 2 times) — allow it: doorward run --allow one.test -- sh …",
      "doorward: blocked one.test:8080 (not in the allowlist) — allow it: doorward run --allow one.test:8080 -- sh …",
      "doorward: blocked ok.test:443 (the tunnel cannot be looked into) — look into it: doorward run -c network.mitm=true -- sh …",
      "doorward: blocked ok.test:80 (limited mode only reads) — allow it: doorward run --mode full -- sh …",
      "doorward: blocked evil.test:80 (a deny rule names it) — see why: doorward explain evil.test:80",
      "doorward: blocked 169.254.169.254:80 (a local, private or special address) — allow it: doorward run --allow 169.254.169.254 -- sh …",
      "doorward: to allow every missing host: doorward run --allow one.test --allow one.test:8080 -- sh …",
      "",
    ]);
    assertEquals([code, stdout], [3, ""]);
  },
);

testCurl("run --quiet tells nothing of what it blocked", async (scratch) => {
  const words = ["run", "--quiet", "--", "curl", "-sS", "https://one.test/"];
  const { code, stderr } = await doorward(words, scratch);
  assertEquals(stderr, "curl: (56) CONNECT tunnel failed, response 403\n");
  assertEquals(code, 56);
});

testCurl("run gives advice that works when it is pasted", async (scratch) => {
  await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
  const program = doorwardWords("doorward", []).map((word) => `'${word}'`).join(" ");
  const shim = await scratch.write("bin/doorward", `#!/bin/sh\nexec ${program} "$@"\n`);
  await Deno.chmod(shim, 0o755);
  const env = { ...scratch.env, PATH: `${scratch.folder}/bin:${scratch.env["PATH"]}` };
  const paste = async (line: string) =>
    await runProgram(["sh", "-c", line], { env, cwd: scratch.folder });

  const first = await paste(`doorward run -- curl -s '${origin.url}/a?b&c' -H 'X: it'\\''s'`);
  const [, advice = "nothing"] = first.stderr.split(" — allow it: ");
  const second = await paste(advice);
  assertEquals([second.stdout, second.stderr], ["hello from the origin\n", ""]);
  assertEquals(origin.requests, ["GET /a?b&c via doorward"]);
});

testCurl("run does not stop a command that does not use the proxy", async (scratch) => {
  await using origin = startWebOrigin(greet, { hostname: "127.0.0.2" });
  const words = ["curl", "-s", "--noproxy", "*", `${origin.url}/hello`];
  const { code, stdout, stderr } = await doorward(["run", "--", ...words], scratch);
  assertEquals([code, stdout, stderr], [0, "hello from the origin\n", ""]);
  assertEquals(origin.requests, ["GET /hello"]);
});

testCurl("run ends with its command, whatever that left running", async (scratch) => {
  await using origin = startWebOrigin(endless, { hostname: "127.0.0.2" });
  const script = `curl -sN ${origin.url}/endless >/dev/null & read line; exit 4`;
  const words = ["run", "--allow", "127.0.0.2", "--", "sh", "-c", script];
  await using run = spawnDoorward(words, scratch);
  await until(() => origin.requests.length > 0, "the command's request arrives");
  await run.stdin.write(text.encode("go\n"));
  const { code } = await run.ended;
  assertEquals([code, origin.requests], [4, ["GET /endless via doorward"]]);
});

/** An answer that never ends by itself. */
function endless(): Response {
  return new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(text.encode("for ever\n")),
    }),
  );
}
