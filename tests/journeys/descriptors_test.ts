// A `doorward start` that may have few descriptors: it says so, loses nothing that is there, and recovers.
import { assertEquals, assertMatch } from "@std/assert";
import { doorwardWords, FREE_PORTS } from "../support/doorward_cli.ts";
import { until } from "../support/in_time.ts";
import { NO_POSIX } from "../support/machine.ts";
import { answering, ok, startOrigin } from "../support/origin.ts";
import { startProgram } from "../support/programs.ts";
import { wireToStart } from "../support/proxy_wire.ts";
import { makeScratch } from "../support/scratch.ts";
import { statusOf } from "../support/wire.ts";

/** Enough to start with, and for a handful of clients. */
const DESCRIPTORS = 64;
const CLIENTS = 120;

Deno.test({
  name: `start without descriptors says so, keeps those it has, and recovers${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    await using origin = startOrigin(answering(ok()), "127.0.0.2");
    const words = doorwardWords("start", [...FREE_PORTS, "--allow", "127.0.0.2"]);
    const limited = ["sh", "-c", `ulimit -n ${DESCRIPTORS}; exec "$@"`, "sh", ...words];
    await using start = startProgram(limited, { env: scratch.env, cwd: scratch.folder });
    const [, port] = await start.stderr.until(/ listening on http:\/\/[^ ]+:(\d+), /);
    const [, socksPort] = await start.stderr.until(/\n {2}socks {3}socks5h:\/\/[^ ]+:(\d+)[,\n]/);
    const at = { port: Number(port), socksPort: Number(socksPort) };
    const authority = `127.0.0.2:${origin.address.port}`;
    const get = `GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;

    await using stack = new AsyncDisposableStack();
    const steady = stack.use(await wireToStart(at));
    const works = async () => {
      await steady.send(get);
      assertEquals(statusOf(await steady.readMessage()), 200);
    };
    await works();
    const crowd = [];
    for (let count = 0; count < CLIENTS; count++) crowd.push(stack.use(await wireToStart(at)));
    await start.stderr.until(/Cannot accept connections: .*os error 24/);
    await works();

    for (const client of crowd) client.close();
    await using fresh = await wireToStart(at);
    await fresh.send(get);
    assertEquals(statusOf(await fresh.readMessage()), 200);
    await works();
    const told = start.stderr.text.match(/Cannot accept connections/g);
    assertEquals(told?.length, 1, start.stderr.text);

    start.kill("SIGTERM");
    await until(() => steady.ending !== null, "the steady client is told of the end");
    assertEquals((await start.ended).code, 0);
    assertMatch(start.stderr.text, /SIGTERM: closing/);
  },
});
