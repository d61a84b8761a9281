// Signals to a `doorward start` with much to do, and to a `doorward run` that cannot clean up behind itself.
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { readAdmin, untilAdmin } from "../support/admin_calls.ts";
import { spawnDoorward, startDoorward } from "../support/doorward_cli.ts";
import { until } from "../support/in_time.ts";
import { NO_POSIX } from "../support/machine.ts";
import { ok, type Script, startOrigin } from "../support/origin.ts";
import { NO_PROC, processMemory } from "../support/process_memory.ts";
import { wireToStart } from "../support/proxy_wire.ts";
import { makeScratch } from "../support/scratch.ts";
import { steadyLoad } from "../support/steady_load.ts";
import { statusOf, type Wire } from "../support/wire.ts";

const HOST = "127.0.0.2";
const UNDER_WAY = 40;
const RELOADS = 200;
const PER_SECOND = 100;
/** Of a heap that is collected now and then. */
const GROWTH_MAX_MIB = 96;

function testPosix(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + NO_POSIX.why, ignore: NO_POSIX.ignore, fn });
}

testPosix(
  "SIGTERM under load: what is under way is answered, nothing new is taken, and it ends with 0",
  async () => {
    const release = Promise.withResolvers<void>();
    const script: Script = async (wire) => {
      await wire.readMessage();
      await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
      await release.promise;
      await wire.send("+last");
      wire.close();
    };
    await using scratch = await makeScratch();
    await using origin = startOrigin(script, HOST);
    await using start = await startDoorward(["--allow", HOST], scratch);
    await using stack = new AsyncDisposableStack();
    const authority = `${HOST}:${origin.address.port}`;
    const clients: Wire[] = [];
    for (let index = 0; index < UNDER_WAY; index++) {
      const client = stack.use(await wireToStart(start));
      const isTunnel = index % 2 === 1;
      if (isTunnel) {
        await client.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
        await client.readHead();
      }
      const target = isTunnel ? "/" : `http://${authority}/`;
      await client.send(`GET ${target} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
      clients.push(client);
    }
    await until(
      () => clients.every((client) => client.received.endsWith("first")),
      "all have begun",
    );
    start.kill("SIGTERM");
    await start.stderr.until(RegExp(`doorward: SIGTERM: closing ${UNDER_WAY} connections\n`));
    release.resolve();
    for (const client of clients) {
      const answer = await client.readMessage();
      assertEquals([statusOf(answer), answer.body], [200, "first+last"]);
      client.close();
    }
    assertEquals((await start.ended).code, 0);
    await assertRejects(() => wireToStart(start));
  },
);

testPosix(
  `${RELOADS} times SIGHUP under load: no request fails, and the last policy is in force`,
  async () => {
    const answer: Script = async (wire) => {
      try {
        while (true) {
          await wire.readMessage();
          await wire.send(ok());
        }
      } catch {
        // Its client has left.
        wire.close();
      }
    };
    await using scratch = await makeScratch();
    await using origin = startOrigin(answer, HOST);
    const text = (turn: number) =>
      `# ${turn}\n[network]\nenabled = true\nask = false\n` +
      `allowed_domains = ["${HOST}", "turn-${turn}.test"]\n`;
    const file = await scratch.configure(text(0));
    // As editors do it: a reload at that very moment must not find half a file.
    const policy = async (turn: number) => {
      await Deno.writeTextFile(`${file}.new`, text(turn));
      await Deno.rename(`${file}.new`, file);
    };
    const violations = `network.violation_file=${scratch.folder}/violations`;
    await using start = await startDoorward(["-c", violations], scratch);
    const over = new AbortController();
    const allowed = `${HOST}:${origin.address.port}`;
    const load = steadyLoad(
      start,
      [
        { authority: allowed, entrance: "http", kept: true },
        { authority: allowed, entrance: "connect", kept: false },
        { authority: "127.0.0.3:80", entrance: "http", kept: true },
        { authority: "127.0.0.3:80", entrance: "connect", kept: false },
      ],
      PER_SECOND,
      over.signal,
    );
    const before = NO_PROC === null ? (await processMemory(start.pid)).now : 0;
    try {
      for (let turn = 1; turn <= RELOADS; turn++) {
        if (turn % 20 === 0) await policy(turn);
        start.kill("SIGHUP");
        await readAdmin(start, "/health");
      }
      const last = `turn-${RELOADS}.test`;
      await untilAdmin(start, "/patterns", ({ allowed }) => JSON.stringify(allowed).includes(last));
    } finally {
      over.abort();
    }
    const { outcomes, cuts } = await load;
    assert(outcomes.length > 0);
    for (const { authority, kind, detail } of outcomes) {
      const expected = authority === allowed ? ["answered", "hello"] : ["blocked", "not_allowed"];
      assertEquals([kind, detail], expected);
    }
    assertEquals(cuts, 0);
    const grown = NO_PROC === null ? (await processMemory(start.pid)).now - before : 0;
    assertLess(grown, GROWTH_MAX_MIB);
  },
);

testPosix("run that is killed leaves its command without a way out", async () => {
  await using scratch = await makeScratch();
  await using run = spawnDoorward(
    ["run", "--allow", HOST, "--", "sh", "-c", 'echo "$HTTP_PROXY $$"; exec sleep 30 >&- 2>&-'],
    scratch,
  );
  const [, port, pid] = await run.stdout.until(/http:\/\/127\.0\.0\.1:(\d+) (\d+)\n/);
  run.kill("SIGKILL");
  try {
    assertEquals((await run.ended).code, 137);
    await assertRejects(
      () => Deno.connect({ hostname: "127.0.0.1", port: Number(port) }),
      Deno.errors.ConnectionRefused,
    );
  } finally {
    // It lives on: nobody is there to end it but whoever killed its Doorward.
    Deno.kill(Number(pid), "SIGKILL");
  }
});
