// `doorward connect` as its own process, by itself and as the ProxyCommand of a real ssh and a real git.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gitSshCommand } from "../../src/library/env/git_ssh_command.ts";
import { shellQuote } from "../../src/library/env/shell_quote.ts";
import { testClient } from "../support/client_world.ts";
import { doorward, doorwardWords, spawnDoorward, startDoorward } from "../support/doorward_cli.ts";
import { makeRepository } from "../support/git_server.ts";
import { inTime } from "../support/in_time.ts";
import { type Origin, type Script, startOrigin } from "../support/origin.ts";
import { type Ended, runProgram, whereIs } from "../support/programs.ts";
import { seededRandom } from "../support/random.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { SSH, type SshServer, startSshServer } from "../support/ssh_server.ts";

/** Not 127.0.0.1, which says nothing about where a connection went. */
const ALLOWED = "127.0.0.2";
const DENIED = "127.0.0.3";

/** Deno, which Doorward is run by, would look for a newer one of itself now and then: through the proxy. */
const NO_UPDATES = { DENO_NO_UPDATE_CHECK: "1" };

/** More than every buffer on the way holds, and every byte in it. */
const MUCH = 4 * 1024 * 1024;

Deno.test("connect carries bytes both ways, passes the end of its input on, and ends with 0", async () => {
  await using scratch = await makeScratch();
  await using origin = startOrigin(sayBackAtTheEnd);
  await using start = await startDoorward(["--allow", "127.0.0.1"], scratch);
  const input = someBytes(MUCH);
  const ended = await connectTo(origin, ["--proxy", start.url], scratch, input);
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assert(equal(ended.bytes, input), `${ended.bytes.length} of ${input.length} bytes came back`);
});

Deno.test("connect finds the proxy that the configuration names", async () => {
  await using scratch = await makeScratch();
  await using origin = startOrigin(sayBackAtTheEnd);
  await using start = await startDoorward(["--allow", "127.0.0.1"], scratch);
  await scratch.configure(`[network]\nenabled = true\nproxy_url = "${start.url}"\n`);
  const ended = await connectTo(origin, [], scratch, someBytes(1));
  assertEquals([ended.code, ended.bytes, ended.stderr], [0, someBytes(1), ""]);
});

Deno.test("connect finds the proxy that it runs behind", async () => {
  await using scratch = await makeScratch();
  await using origin = startOrigin(sayBackAtTheEnd);
  const words = doorwardWords("doorward", ["connect", `127.0.0.1:${origin.address.port}`]);
  const ended = await doorward(["run", "--allow", "127.0.0.1", "--", ...words], scratch, {
    input: someBytes(1000),
    env: NO_UPDATES,
  });
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assertEquals(ended.bytes, someBytes(1000));
});

Deno.test("connect ends when the server does, though its input goes on", async () => {
  await using scratch = await makeScratch();
  await using origin = startOrigin(async (wire) => {
    await wire.send("bye");
    await wire.closeWrite();
  });
  await using start = await startDoorward(["--allow", "127.0.0.1"], scratch);
  const words = ["connect", "--proxy", start.url, "127.0.0.1", String(origin.address.port)];
  await using program = spawnDoorward(words, scratch);
  const { code, stdout } = await inTime(program.ended, "the end of connect");
  assertEquals([code, stdout], [0, "bye"]);
});

Deno.test("connect says why it was refused, on standard error alone, and ends with 1", async () => {
  await using scratch = await makeScratch();
  await using start = await startDoorward(["--deny", "denied.test"], scratch);
  const words = ["connect", "--proxy", `http://codex-net-attempt-a7@127.0.0.1:${start.port}`];
  const { code, stdout, stderr } = await doorward([...words, "denied.test", "22"], scratch);
  assertEquals([code, stdout], [1, ""]);
  assertEquals(
    stderr.split("\n")[0],
    "doorward: Doorward blocked this request: denied.test: a deny rule names this host.",
  );
  assertEquals(stderr.includes("CODEX_"), false, stderr);
  const [, json] = await start.stderr.until(/CODEX_NETWORK_POLICY_VIOLATION (.*)\n/);
  const { host, port, reason, attempt_id } = JSON.parse(json!);
  assertEquals([host, port, reason, attempt_id], ["denied.test", 22, "denied", "a7"]);
});

Deno.test("connect ends with 125 and a way out where there is no proxy", async () => {
  await using scratch = await makeScratch();
  const url = `http://127.0.0.1:${freePort()}`;
  const words = ["connect", "--proxy", url, "one.test", "22"];
  const { code, stdout, stderr } = await doorward(words, scratch);
  assertEquals([code, stdout], [125, ""]);
  assertMatch(
    stderr,
    /^doorward: Cannot reach the proxy at 127\.0\.0\.1:\d+: it refused the connection\n/,
  );
  assertStringIncludes(stderr, "doorward start");
});

Deno.test("connect ends with 2 for a target that makes no sense", async () => {
  await using scratch = await makeScratch();
  const { code, stdout, stderr } = await doorward(["connect", "one.test"], scratch);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, 'Cannot connect to "one.test": the port is missing');
});

testClient(SSH, "run lets ssh through connect reach a server", async (ssh) => {
  await using world = await makeWorld();
  const input = someBytes(MUCH);
  const words = sshWords(ssh, ALLOWED, "", world);
  const ended = await doorward(["run", ...RULES, "--", ...words, "cat"], world.scratch, { input });
  assertEquals([ended.code, ended.stderr], [0, ""]);
  assert(equal(ended.bytes, input), `${ended.bytes.length} of ${input.length} bytes came back`);
  assertEquals(world.server.connections(), 1);
});

testClient(SSH, "run keeps ssh through connect from a denied server, and says why", async (ssh) => {
  await using world = await makeWorld();
  const words = sshWords(ssh, DENIED, "", world);
  const { code, stdout, stderr } = await doorward(["run", ...RULES, "--", ...words], world.scratch);
  assertEquals([code, stdout, world.server.connections()], [255, "", 0]);
  assertStringIncludes(stderr, DENIAL);
  assertStringIncludes(
    stderr,
    `\ndoorward: blocked ${DENIED}:${world.server.port} (a deny rule names it) — `,
  );
});

testClient(SSH, "start lets ssh through connect reach a server, and no other", async (ssh) => {
  await using world = await makeWorld();
  const { scratch, server } = world;
  await using start = await startDoorward(RULES, scratch);
  const through = (host: string) => sshWords(ssh, host, ` --proxy ${start.url}`, world);
  const allowed = await runProgram([...through(ALLOWED), "echo", "hello"], scratch);
  assertEquals([allowed.code, allowed.stdout, allowed.stderr], [0, "hello\n", ""]);
  assertEquals(server.connections(), 1);

  const denied = await runProgram([...through(DENIED), "echo", "hello"], scratch);
  assertEquals([denied.code, denied.stdout, server.connections()], [255, "", 1]);
  assertStringIncludes(denied.stderr, DENIAL);
  await start.stderr.until(/"host":"127\.0\.0\.3","reason":"denied"/);
});

testClient(
  SSH,
  "what run gives git leads to Doorward, whatever its path is made of",
  async (ssh) => {
    await using scratch = await makeScratch();
    const script = '#!/bin/sh\nprintf "%s|" "$@" > "${0%/*}/words"\n';
    const program = await scratch.write("it's 100%h of $HOME/doorward", script);
    await Deno.chmod(program, 0o755);
    const env = { GIT_SSH_COMMAND: `${ssh} -F none -o BatchMode=yes` };
    const command = gitSshCommand(env, [program, "connect", "--proxy", "http://127.0.0.1:1"]);
    // As git calls it: a line of shell, with its own words behind.
    const words = ["sh", "-c", `${command} "$@"`, "git", "-p", "2222", "git@one.test", "true"];
    const { code, stderr } = await runProgram(words, scratch);
    assertEquals(code, 255, stderr);
    assertEquals(
      await Deno.readTextFile(program.replace(/doorward$/, "words")),
      "connect|--proxy|http://127.0.0.1:1|--|one.test|2222|",
    );
  },
);

const GIT = {
  name: "git over ssh",
  program: SSH.program === null ? null : whereIs("git"),
  wanted: `git, ${SSH.wanted}`,
};

testClient(GIT, "run lets git clone and push over ssh, whatever else leads there", async (git) => {
  await using world = await makeWorld();
  const { scratch, server } = world;
  const repository = await makeRepository(scratch);
  const clone = `${scratch.folder}/clone`;
  const cloned = await gitBehindRun(
    [git, "clone", "-q", url(ALLOWED, repository, world), clone],
    world,
  );
  assertEquals([cloned.code, cloned.stderr], [0, ""]);
  assertEquals(await Deno.readTextFile(`${clone}/hello.txt`), "hello from the origin\n");
  assertEquals(server.connections(), 1);

  const who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@test.invalid"];
  const commit = [git, ...who, "-C", clone, "commit", "-q", "--allow-empty", "-m", "second"];
  assertEquals((await runProgram(commit, scratch)).code, 0);
  const pushed = await gitBehindRun([git, "-C", clone, "push", "-q", "origin", "main"], world);
  assertEquals([pushed.code, pushed.stderr], [0, ""]);
  assertEquals(server.connections(), 2);
  const log = await runProgram([git, "-C", repository, "log", "--format=%s", "main"], scratch);
  assertEquals(log.stdout, "second\nfirst\n");
  // Of two ProxyCommands ssh takes the first: that of the environment was there, and not used.
  assertEquals(await isThere(`${scratch.folder}/bypassed`), false);
});

testClient(GIT, "run keeps git over ssh from a denied server, and says why", async (git) => {
  await using world = await makeWorld();
  const { scratch, server } = world;
  const repository = await makeRepository(scratch);
  const words = [git, "clone", "-q", url(DENIED, repository, world), `${scratch.folder}/clone`];
  const { code, stderr } = await gitBehindRun(words, world);
  assertEquals([code, server.connections()], [128, 0]);
  assertStringIncludes(stderr, DENIAL);
  assertStringIncludes(stderr, "fatal: Could not read from remote repository.");
  assertMatch(stderr, /\ndoorward: blocked 127\.0\.0\.3:\d+ \(a deny rule names it\) — see why: /);
  assertEquals(await isThere(`${scratch.folder}/bypassed`), false);
});

const RULES = ["--allow", ALLOWED, "--deny", DENIED];
const DENIAL = `doorward: Doorward blocked this request: ${DENIED}: a deny rule names this host.\n`;

interface World extends AsyncDisposable {
  readonly scratch: Scratch;
  /** At both addresses. */
  readonly server: SshServer;
}

async function makeWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const server = stack.use(await startSshServer(scratch, [ALLOWED, DENIED]));
  const owned = stack.move();
  return { scratch, server, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** `ssh` to a host through `doorward connect` with flags. */
function sshWords(
  ssh: string,
  host: string,
  flags: string,
  { server: { options, port, user } }: World,
): string[] {
  const connect = doorwardWords("doorward", ["connect"]).map((word) => shellQuote(word, "sh"));
  const command = `env DENO_NO_UPDATE_CHECK=1 ${connect.join(" ")}${flags} %h %p`;
  return [ssh, ...options, "-o", `ProxyCommand=${command}`, "-p", `${port}`, `${user}@${host}`];
}

function url(host: string, repository: string, { server: { port, user } }: World): string {
  return `ssh://${user}@${host}:${port}${repository}`;
}

/** Runs git with an ssh of the environment's that would go directly, and leave a mark. */
async function gitBehindRun(
  words: readonly string[],
  { scratch, server }: World,
): Promise<Ended> {
  const bypass = `ProxyCommand=touch ${scratch.folder}/bypassed; exec nc %h %p`;
  const ssh = ["ssh", ...server.options, "-o", bypass].map((word) => shellQuote(word, "sh"));
  const env = { GIT_SSH_COMMAND: ssh.join(" ") };
  return await doorward(["run", ...RULES, "--", ...words], scratch, { env });
}

async function connectTo(
  { address }: Origin,
  flags: readonly string[],
  scratch: Scratch,
  input: Uint8Array,
): Promise<Ended> {
  const words = ["connect", ...flags, "127.0.0.1", String(address.port)];
  return await doorward(words, scratch, { input });
}

/** A server that listens to the end before it answers. */
const sayBackAtTheEnd: Script = async (wire) => {
  await wire.send(await wire.readAll());
  await wire.closeWrite();
};

/** Bytes of every value, in no order. */
function someBytes(length: number): Uint8Array {
  const random = seededRandom(length);
  return Uint8Array.from({ length }, () => random.below(256));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** A port that was free just now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
