// A server on a unix socket, behind a running `doorward start`: what a container engine is used for.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { curl } from "../support/clients.ts";
import { type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { turn } from "../support/in_time.ts";
import { ip } from "../support/policy.ts";
import { type Ended, runProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import {
  attaching,
  blob,
  type EngineServer,
  sha256,
  startEngine,
  startUnixServer,
} from "../support/unix_server.ts";
import { statusOf, Wire } from "../support/wire.ts";

const ignore = Deno.build.os === "windows" || curl.program === null;
const NEVER = new AbortController().signal;
const BIG_BYTES = 8 * 1024 * 1024;

/** An engine, and a proxy that allows its socket. */
interface Engine extends AsyncDisposable {
  readonly scratch: Scratch;
  readonly start: DoorwardStart;
  readonly engine: EngineServer;
  /** Runs curl through the proxy, with `x-unix-socket` naming `path`. */
  curl(path: string, ...words: readonly string[]): Promise<Ended>;
  /** Connects to the proxy. */
  wire(): Promise<Wire>;
}

async function makeEngine(...flags: readonly string[]): Promise<Engine> {
  const scratch = await makeScratch();
  const engine = await startEngine(`${scratch.folder}/engine.sock`);
  // As where people write /var/run: a folder that is a link. What is resolved is the same.
  await Deno.symlink(scratch.folder, `${scratch.folder}/run`);
  const list = JSON.stringify([`${scratch.folder}/run/engine.sock`]);
  const start = await startDoorward(
    ["-c", `network.allow_unix_sockets=${list}`, ...flags],
    scratch,
  );
  return {
    scratch,
    engine,
    start,
    curl: (path, ...words) =>
      runProgram(
        [
          curl.program!,
          ...["-sS", "--max-time", "30", "-x", start.url, "-H", `x-unix-socket: ${path}`],
          ...words,
        ],
        { env: scratch.env, cwd: scratch.folder },
      ),
    wire: async () => new Wire(await tcpDialer({ ip: ip("127.0.0.1"), port: start.port }, NEVER)),
    async [Symbol.asyncDispose](): Promise<void> {
      await start[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

function head(path: string, method: string, target: string, ...fields: readonly string[]): string {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    "Host: docker",
    `x-unix-socket: ${path}`,
    ...fields,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

Deno.test(
  "a unix socket is reached with curl",
  { ignore },
  async () => {
    await using made = await makeEngine();
    const { path } = made.engine;
    const ended = await made.curl(path, "http://localhost/_ping?x=1");
    assertEquals([ended.code, ended.stdout], [0, "OK"], ended.stderr);
    assertEquals(made.engine.requests, ["GET /_ping?x=1 localhost"]);
    const names = made.engine.fields.map((line) => line.split(":")[0]!.toLowerCase());
    assertEquals(names.sort(), ["accept", "host", "user-agent", "via"]);
    // Nothing was said about it: it worked.
    assert(!made.start.stderr.text.includes("unix socket"), made.start.stderr.text);
  },
);

Deno.test("a unix socket that is not allowed is refused in words", { ignore }, async () => {
  await using made = await makeEngine();
  const ended = await made.curl("/var/run/other.sock", "-i", "http://localhost/_ping");
  assertStringIncludes(
    ended.stdout,
    "HTTP/1.1 403 Blocked by Doorward: /var/run/other.sock: not in",
  );
  assertStringIncludes(ended.stdout, "x-proxy-error: blocked-by-allowlist\r\n");
  const body = JSON.parse(ended.stdout.split("\r\n\r\n")[1]!);
  assertEquals([body.host, body.reason, body.decision], ["unix-socket", "not_allowed", "deny"]);
  const [line] = await made.start.stderr.until(/CODEX_NETWORK_POLICY_VIOLATION .*\n/);
  const record = JSON.parse(line!.slice(line!.indexOf("{")));
  assertEquals([record.host, record.port], ["/var/run/other.sock", 0]);
  assertEquals(made.engine.requests, []);
});

Deno.test("a unix socket whose server has gone is a 502", { ignore }, async () => {
  await using made = await makeEngine();
  const { path } = made.engine;
  await made.engine[Symbol.asyncDispose]();
  const ended = await made.curl(path, "-i", "http://localhost/_ping");
  assertStringIncludes(ended.stdout, "HTTP/1.1 502 ");
  assertStringIncludes(ended.stdout, "could not reach unix socket");
});

Deno.test("much goes both ways through a unix socket, unchanged", { ignore }, async () => {
  await using made = await makeEngine();
  const { path } = made.engine;
  const hash = await sha256(blob(BIG_BYTES));
  const download = await made.curl(path, `http://localhost/blob/${BIG_BYTES}`);
  assertEquals(await sha256(new Uint8Array(download.bytes)), hash);
  const file = await made.scratch.write("upload", blob(BIG_BYTES));
  const chunked = ["-H", "Transfer-Encoding: chunked"];
  const waiting = ["-H", "Expect: 100-continue"];
  for (const form of [[], chunked, waiting]) {
    const upload = await made.curl(path, ...form, "-T", file, "http://localhost/hash");
    assertEquals(upload.stdout, hash, upload.stderr);
  }
});

Deno.test("a unix socket's 100 comes before the body", { ignore }, async () => {
  await using made = await makeEngine();
  await using wire = await made.wire();
  const { path } = made.engine;
  await wire.send(head(path, "POST", "/hash", "Content-Length: 2", "Expect: 100-continue"));
  assertStringIncludes(await wire.readHead(), "HTTP/1.1 100 Continue\r\n");
  await wire.send("hi");
  assertEquals((await wire.readMessage()).body, await sha256(new TextEncoder().encode("hi")));
});

Deno.test("a unix socket's events come one by one", { ignore }, async () => {
  await using made = await makeEngine();
  await using wire = await made.wire();
  const { engine } = made;
  await wire.send(head(engine.path, "GET", "/v1/info"));
  await wire.readMessage();
  await wire.send(head(engine.path, "GET", "/events"));
  await wire.readHead();
  for (let index = 0; index < 50; index++) {
    engine.emit(`{"event":${index}}\n`);
    await wire.readUntil(`{"event":${index}}\n`);
  }
  engine.endEvents();
  await wire.readUntil("0\r\n\r\n");
});

Deno.test("a client that leaves lets go of its unix socket", { ignore }, async () => {
  await using made = await makeEngine();
  await Deno.remove(made.engine.path);
  await using server = startUnixServer(made.engine.path);
  await using wire = await made.wire();
  await wire.send(head(server.path, "GET", "/events"));
  const theirs = await server.connection();
  await theirs.readHead();
  await theirs.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n");
  await wire.readUntil("some");
  wire.close();
  // A client that has only finished sending looks the same: what cannot be delivered tells them apart.
  while (theirs.ending === null) {
    await theirs.send("4\r\nmore\r\n").catch(() => theirs.readAll());
    await turn();
  }
});

Deno.test("a unix socket may change to any protocol that is asked for", { ignore }, async () => {
  await using made = await makeEngine();
  await Deno.remove(made.engine.path);
  await using server = startUnixServer(made.engine.path, attaching);
  for (const protocol of ["tcp", "h2c"]) {
    await using wire = await made.wire();
    const body = '{"Tty":true}';
    const length = `Content-Length: ${body.length}`;
    const fields = ["Connection: Upgrade", `Upgrade: ${protocol}`, length];
    await wire.send(head(server.path, "POST", "/exec/1/start", ...fields) + body);
    const answer = await wire.readHead();
    assertStringIncludes(answer, "HTTP/1.1 101 UPGRADED\r\n");
    assertStringIncludes(answer, `Upgrade: ${protocol}\r\nConnection: Upgrade\r\n`);
    await wire.readUntil(body);
    for (const line of ["one\n", "two\n"]) {
      await wire.send(line);
      assertEquals(await wire.readUntil("\n"), line);
    }
    await wire.closeWrite();
    await wire.readEnd();
  }
});

Deno.test("limited mode reads from a unix socket and writes nothing", { ignore }, async () => {
  await using made = await makeEngine("--mode", "limited");
  const { path } = made.engine;
  assertEquals((await made.curl(path, "http://localhost/_ping")).stdout, "OK");
  const post = await made.curl(path, "-i", "-X", "POST", "http://localhost/containers/create");
  assertStringIncludes(post.stdout, "HTTP/1.1 403 ");
  assertStringIncludes(post.stdout, "x-proxy-error: blocked-by-method-policy\r\n");
  await using wire = await made.wire();
  await wire.send(head(path, "GET", "/attach", "Connection: Upgrade", "Upgrade: tcp"));
  assertEquals(statusOf(await wire.readMessage()), 403);
  assertEquals(made.engine.requests, ["GET /_ping localhost"]);
});

Deno.test(
  "where a unix socket is allowed, only loopback listens",
  { ignore },
  async () => {
    await using scratch = await makeScratch();
    await using start = await startDoorward([
      ...["-c", "network.proxy_url=http://0.0.0.0:0"],
      ...["-c", "network.dangerously_allow_non_loopback_proxy=true"],
      ...["-c", 'network.allow_unix_sockets=["/run/a.sock"]'],
    ], scratch);
    assert(start.url.startsWith("http://127.0.0.1:"), start.url);
    await start.stderr.until(
      /HTTP proxy listens on 127\.0\.0\.1:0, not on 0\.0\.0\.0:0: unix sockets/,
    );
  },
);

Deno.test("a path that becomes a link after the start is refused", { ignore }, async () => {
  await using made = await makeEngine();
  const { folder } = made.scratch;
  await using secret = await startEngine(`${folder}/secret.sock`);
  await Deno.rename(made.engine.path, `${folder}/moved.sock`);
  await Deno.symlink(secret.path, made.engine.path);
  const ended = await made.curl(made.engine.path, "-i", "http://localhost/_ping");
  assertStringIncludes(ended.stdout, "HTTP/1.1 403 ");
  assertEquals(secret.requests, []);
});
