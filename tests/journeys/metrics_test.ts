// What Prometheus, the charts and the readers of events get of a real `doorward start`, and what it costs.
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { callAdmin, readAdmin, wireToAdmin } from "../support/admin_calls.ts";
import { testClient } from "../support/client_world.ts";
import { type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { EventReader } from "../support/event_reader.ts";
import { answering, ok, startOrigin } from "../support/origin.ts";
import { NO_PROC, processMemory } from "../support/process_memory.ts";
import { runProgram, whereIs } from "../support/programs.ts";
import { wireToStart } from "../support/proxy_wire.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { askSocks, domainAddress, socksRequest } from "../support/socks.ts";
import { statusOf, type Wire } from "../support/wire.ts";

const PROMTOOL = { name: "promtool", program: whereIs("promtool"), wanted: "promtool" };

testClient(PROMTOOL, "promtool finds nothing wrong with the metrics", async (promtool) => {
  await using scene = await makeScene();
  const { start, scratch } = scene;
  const words = [promtool, "check", "metrics"];
  const check = async () => {
    const { text } = await callAdmin(start, "GET", "/metrics");
    return await runProgram(words, { env: scratch.env, input: new TextEncoder().encode(text) });
  };
  const fresh = await check();
  assertEquals([fresh.code, fresh.stdout, fresh.stderr], [0, "", ""]);
  await mixedTraffic(scene);
  const { code, stdout, stderr } = await check();
  assertEquals([code, stdout, stderr], [0, "", ""]);
});

Deno.test("metrics count each decision by protocol and reason", async () => {
  await using scene = await makeScene();
  const { start } = scene;
  await mixedTraffic(scene);
  const { text } = await callAdmin(start, "GET", "/metrics");
  const count = (name: string) =>
    Number(new RegExp(`^${RegExp.escape(name)} (.*)$`, "m").exec(text)?.[1]);
  const decisions = (protocol: string, decision: string, reason: string) =>
    count(
      `doorward_decisions_total{protocol="${protocol}",decision="${decision}",reason="${reason}"}`,
    );
  assertEquals(decisions("http", "allow", "none"), 1);
  assertEquals(decisions("http", "deny", "denied"), 1);
  assertEquals(decisions("https_connect", "deny", "denied"), 1);
  assertEquals(decisions("socks5_tcp", "deny", "denied"), 1);
  assertEquals(count('doorward_mode{mode="full"}'), 1);
  assertEquals(count("doorward_policy_generation"), 1);
  const { totals } = await readAdmin(start, "/stats");
  assertEquals(totals, { requests: 5, blocked: 4 });
});

Deno.test({
  name: `a hundred thousand hosts leave no more behind than ten${
    NO_PROC === null ? "" : ` (${NO_PROC})`
  }`,
  ignore: NO_PROC !== null,
  async fn(): Promise<void> {
    await using scene = await makeScene();
    const { start } = scene;
    await mixedTraffic(scene);
    // One reader reads nothing, one everything.
    await using slow = await startSlowReader(start);
    await using reader = await EventReader.open(start, "?types=reload");
    await askFor(start, 0, WARM_UP);
    const before = {
      lines: await metricLines(start),
      memory: (await processMemory(start.pid)).now,
    };
    await askFor(start, WARM_UP, HOSTS);
    const health = await readAdmin(start, "/health");
    assertGreater(health.blocked_total, HOSTS);
    assertEquals(await metricLines(start), before.lines);
    const { hosts, seconds, totals } = await readAdmin(start, "/stats");
    assertEquals(hosts.length, 100);
    assert(seconds.length <= 300 && totals.requests > HOSTS);
    assertEquals((await readAdmin(start, "/blocked")).blocked.length, 200);
    const { now } = await processMemory(start.pid);
    assertLess(now, before.memory + GROWTH_MIB);
    // Who read is up to date; who did not has missed what happened, and is told so.
    await callAdmin(start, "POST", "/reload");
    await reader.until(({ type }) => type === "reload", "the reload");
    slow.resume();
    await slow.readUntil("event: dropped\n");
  },
});

/** Enough for everything that is kept to be full. */
const WARM_UP = 20_000;
const HOSTS = 100_000;
/** A kilobyte a host would be as much; less than that a collector of garbage may leave lying. */
const GROWTH_MIB = 96;
/** Connections that ask, and requests that each sends in one go. */
const CLIENTS = 4;
const BATCH = 250;

async function askFor(start: DoorwardStart, from: number, to: number): Promise<void> {
  let next = from;
  const client = async () => {
    await using wire = await wireToStart(start);
    while (next < to) {
      const hosts = Array.from(
        { length: Math.min(BATCH, to - next) },
        (_, at) => `h${next + at}.test`,
      );
      next += hosts.length;
      await wire.send(
        hosts.map((host) => `HEAD http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join(""),
      );
      for (const _ of hosts) {
        const head = await wire.readHead();
        assert(head.startsWith("HTTP/1.1 403 "), head);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function startSlowReader({ adminPort }: DoorwardStart): Promise<Wire> {
  const wire = await wireToAdmin({ adminPort }, { paused: true });
  await wire.send(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${adminPort}\r\n\r\n`);
  return wire;
}

async function metricLines(start: DoorwardStart): Promise<number> {
  return (await callAdmin(start, "GET", "/metrics")).text.split("\n").length;
}

interface Scene extends AsyncDisposable {
  readonly start: DoorwardStart;
  readonly scratch: Scratch;
  /** `host:port` of what is allowed. */
  readonly allowed: string;
}

async function makeScene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const origin = stack.use(startOrigin(answering(ok())));
  await scratch.configure(`[network]
enabled = true
ask = false
allowed_domains = ["127.0.0.1"]
denied_domains = ["denied.test"]
violation_file = ${JSON.stringify(`${scratch.folder}/violations`)}
`);
  const start = stack.use(await startDoorward([], scratch));
  const owned = stack.move();
  const allowed = `127.0.0.1:${origin.address.port}`;
  return { start, scratch, allowed, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** One request of each kind. */
async function mixedTraffic({ start, allowed }: Scene): Promise<void> {
  const requests: [string, number][] = [
    [`GET http://${allowed}/ HTTP/1.1\r\nHost: ${allowed}\r\n\r\n`, 200],
    ["GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n", 403],
    ["GET http://other.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n", 403],
    ["CONNECT denied.test:443 HTTP/1.1\r\nHost: denied.test:443\r\n\r\n", 403],
  ];
  for (const [request, status] of requests) {
    await using wire = await wireToStart(start);
    await wire.send(request);
    assertEquals(statusOf(await wire.readMessage()), status);
  }
  await using socks = await wireToStart(start, "socks");
  assertEquals(await askSocks(socks, socksRequest(domainAddress("denied.test", 443))), 2);
}
