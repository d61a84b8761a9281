import { assert, assertEquals } from "@std/assert";
import { makeScratch } from "../support/scratch.ts";
import { Children } from "./child.ts";
import type { Job, OriginPorts } from "./job.ts";
import { lines } from "./lines.ts";
import { compileNative, findCompiler } from "./native.ts";
import { isNative, jobLine, needsNative, RELEASE_LINE } from "./native_load.ts";
import { SCENARIOS } from "./scenarios.ts";

const compiler = await findCompiler();
/** Where there is none there is nothing to test. */
const ignore = typeof compiler !== "string";
const ORIGIN = { http: 1, echo: 2, echoOnce: 3, udpEcho: 4, https: 5, httpsNew: 6, http2: 7 };
const WORKS = [
  ["requests", "forward"],
  ["closing", "forward"],
  ["download", "forward"],
  ["upload", "forward"],
  ["tunnels", "connect"],
  ["messages", "connect"],
  ["download", "connect"],
  ["tunnels", "socks5"],
  ["upload", "socks5"],
] as const;

Deno.test({
  name:
    "the C programs compile without a warning, and do every work with each other, without a fault",
  ignore,
  async fn() {
    await using scratch = await makeScratch();
    const native = await compileNative(`${scratch.folder}/native`);
    assert(!("missing" in native));
    const children = new Children();
    await using originChild = children.start(`${native.folder}/bench-origin`, []);
    const origin: OriginPorts = { ...ORIGIN, ...await answerOf(originChild.stdout) };
    await using load = children.start(`${native.folder}/bench-load`, []);
    const port = freePort();
    await using relay = children.start(`${native.folder}/bench-relay`, [String(port)]);
    const writer = load.stdin.getWriter();
    const answers = lines(load.stdout);
    const ask = async (line: string) => {
      await writer.write(new TextEncoder().encode(`${line}\n`));
      return JSON.parse((await answers.next()).value ?? "null");
    };
    await untilAccepting(port);
    for (const proxy of [null, port]) {
      for (const [work, route] of WORKS) {
        const rest = { connections: 4, window: 1, ms: 60, rampMs: 10, origin, proxy, ca: "" };
        const answer = await ask(jobLine({ ...rest, work, route }));
        assertEquals([work, route, answer.faults], [work, route, 0]);
        assert(answer.done > 0 && answer.work >= answer.done && answer.rate > 0);
      }
      const hold = `hold connect 100 2000 0 ${proxy ?? 0} 0 ${origin.echo} 0`;
      assertEquals((await ask(hold)).held, 100);
      assertEquals((await ask(RELEASE_LINE)).held, 0);
    }
    assertEquals(await ask("teapot"), { failed: "not a job" });
    const nowhere = await ask(`requests forward 1 20 0 ${freePort()} ${origin.http} 0 0`);
    assertEquals(nowhere, { failed: "cannot send: Connection refused" });
    await writer.close();
    await answers.return();
    for (const { stdin, stdout } of [originChild, relay]) {
      await stdin.close();
      await stdout.cancel();
    }
  },
});

Deno.test("jobLine() has the words in the order in which load.c reads them", () => {
  const job: Job = {
    ...{ work: "upload", route: "socks5", connections: 64, window: 1, ms: 700, rampMs: 105 },
    ...{ origin: ORIGIN, proxy: 8080, ca: "" },
  };
  assertEquals(jobLine(job), "upload socks5 64 700 105 8080 1 2 3");
  assertEquals(jobLine({ ...job, proxy: null }), "upload socks5 64 700 105 0 1 2 3");
});

Deno.test("what only the load generator in C does is done by it", () => {
  const native = SCENARIOS.filter(isNative);
  assertEquals(SCENARIOS.filter((row) => needsNative(row) && !native.includes(row)), []);
  const others = new Set(SCENARIOS.filter((row) => !isNative(row)).map(({ route }) => route));
  assertEquals([...others], ["socks5_udp", "intercepted", "intercepted_http2"]);
});

async function answerOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stream.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return JSON.parse(new TextDecoder().decode(value));
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilAccepting(port: number): Promise<void> {
  while (true) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
    if (conn !== null) return conn.close();
  }
}
