// From the wire to everything that a real `doorward start` writes, serves and prints.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { callAdmin, readAdmin, untilAdmin, wireToAdmin } from "../support/admin_calls.ts";
import { doorward, type DoorwardStart, startDoorward } from "../support/doorward_cli.ts";
import { until } from "../support/in_time.ts";
import { NO_POSIX } from "../support/machine.ts";
import { wireToStart } from "../support/proxy_wire.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { domainAddress, GREETING, socksRequest } from "../support/socks.ts";
import type { Wire } from "../support/wire.ts";

/** What makes a terminal, a line of a log or a reader do something; bytes, a character each. */
const POISONS = [
  "\x1b[2J",
  "\x07",
  "\x1b]8;;http://evil.test\x1b\\click",
  "\xc2\x9b2J",
  "\x9b2J",
  "\xe2\x80\xae",
  "\xe2\x80\xa8",
  "\xf3\xa0\x81\x81",
  '\n{"fake":1}',
  '\r\nevent: mode\r\ndata: {"mode":"full"}\r\n\r\n',
  "<img/src=x/onerror=alert(1)>",
  '"}\\',
  "`'$(reboot)%s",
  "x".repeat(10_000),
];

/** A name of a file that somebody chose; what is read from it shows in places of rules. */
const POISONED_FILE = 'a\x1b[2J\u202e\u2028\n"{<img src=x>}.toml';

Deno.test({
  name:
    `log injection: whatever clients say, Doorward puts out nothing but visible text${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scene = await makeScene([]);
    await attack(scene);
    const outputs = await allOutputs(scene);
    for (const [what, text] of outputs) assertHarmless(text, what);
    for (const what of ["/health", "/patterns", "standard error"]) {
      assertStringIncludes(new Map(outputs).get(what)!, "\\u001b[2J\\u202e\\u2028", what);
    }
    const { total, counts } = await readAdmin(scene.start, "/blocked");
    assert(total > 50 && counts.denied > 0 && counts.not_allowed_local > 0, JSON.stringify(counts));
  },
});

Deno.test({
  name:
    `log injection: each record is one line of JSON, on standard error or in a file${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scene = await makeScene([]);
    await attack(scene);
    const { total } = await readAdmin(scene.start, "/blocked");
    const printed = () => scene.start.stderr.text;
    await until(() => violations(printed()).length === total, "all is printed");
    assertRecords(printed(), total);

    const file = `${scene.scratch.folder}/violations.log`;
    await using quiet = await makeScene(["-c", `network.violation_file=${file}`]);
    await attack(quiet);
    // Whoever leaves a question behind is recorded as well.
    for (const wire of quiet.held) wire.close();
    await untilAdmin(quiet.start, "/pending", ({ pending }) => pending.length === 0);
    const all = (await readAdmin(quiet.start, "/blocked")).total;
    quiet.start.kill("SIGTERM");
    await quiet.start.ended;
    assertRecords(await Deno.readTextFile(file), all);
    assertEquals(violations(quiet.start.stderr.text), []);
  },
});

Deno.test({
  name: `log injection: the numbers for Prometheus have no word of a client${NO_POSIX.why}`,
  ignore: NO_POSIX.ignore,
  async fn(): Promise<void> {
    await using scene = await makeScene([]);
    const lines = async () =>
      (await callAdmin(scene.start, "GET", "/metrics")).text.split("\n").length;
    const client = await wireToStart(scene.start);
    await client.send("GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n");
    await client.readMessage();
    await client[Symbol.asyncDispose]();
    const before = await lines();
    await attack(scene);
    const { text } = await callAdmin(scene.start, "GET", "/metrics");
    // Of each protocol and each reason one more, however many clients and words there were.
    assert(await lines() - before < 30, text);
    for (const line of text.trimEnd().split("\n")) {
      assertMatch(line, /^(# (HELP|TYPE) doorward_\w+ [\w ,.]+|doorward_\w+(\{[\w"=,.]+\})? \S+)$/);
    }
  },
});

interface Scene extends AsyncDisposable {
  readonly start: DoorwardStart;
  readonly scratch: Scratch;
  /** Clients whose questions wait. */
  readonly held: Wire[];
  /** What a reader of events is told. */
  readonly events: Wire;
}

async function makeScene(flags: readonly string[]): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const file = await scratch.write(
    POISONED_FILE,
    `[network]
enabled = true
ask = true
ask_hold_seconds = 600
allow_local_binding = false
allowed_domains = ["allowed.test"]
denied_domains = ["denied.test"]
`,
  );
  const start = stack.use(await startDoorward(["--config", file, ...flags], scratch));
  const events = stack.use(await wireToAdmin(start));
  await events.send(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${start.adminPort}\r\n\r\n`);
  const held: Wire[] = [];
  stack.defer(async () => {
    for (const wire of held) await wire[Symbol.asyncDispose]();
  });
  const owned = stack.move();
  return { start, scratch, events, held, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Everything that a client has a say in, with every poison in it. */
async function attack({ start, held }: Scene): Promise<void> {
  for (const poison of POISONS) {
    for (const request of httpRequests(poison)) {
      await using client = await wireToStart(start);
      await client.send(request);
      await client.readHead();
    }
    await using socks = await wireToStart(start, "socks");
    await socks.send(GREETING);
    await socks.readExactly(2);
    await socks.send(socksRequest(domainAddress(poison.slice(0, 255), 443)));
    await Promise.race([socks.readExactly(10), socks.readAll()]);
  }
  const asked = [
    "M'`%$#! http://asked.test/ HTTP/1.1\r\nHost: asked.test\r\n\r\n",
    "GET http://xn--80ak6aa92e.test/ HTTP/1.1\r\nHost: xn--80ak6aa92e.test\r\n" +
    `Proxy-Authorization: Basic ${btoa("codex-net-attempt-\"><img>'`$():")}\r\n\r\n`,
  ];
  for (const request of asked) {
    const client = await wireToStart(start);
    held.push(client);
    await client.send(request);
  }
  await untilAdmin(start, "/pending", ({ pending }) => pending.length === asked.length);
}

function httpRequests(poison: string): string[] {
  const get = (host: string, fields = "") =>
    `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
  return [
    get(`${poison}.denied.test`),
    `GET http://denied.test/${poison}?${poison} HTTP/1.1\r\nHost: denied.test\r\n\r\n`,
    `${poison} http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n`,
    `GET http://denied.test/ HTTP/1.1\r\nHost: ${poison}\r\n\r\n`,
    `CONNECT ${poison}:443 HTTP/1.1\r\nHost: ${poison}:443\r\n\r\n`,
    get("denied.test", `X: ${poison}\r\nUser-Agent: ${poison}\r\nReferer: ${poison}\r\n`),
    get("denied.test", `Proxy-Authorization: ${poison}\r\n`),
    get(
      "denied.test",
      `Proxy-Authorization: Basic ${btoa(`codex-net-attempt-${poison}:${poison}`)}\r\n`,
    ),
    get("localhost", `x-unix-socket: /tmp/${poison}\r\n`),
    get("127.0.0.1", `x-unix-socket: /tmp/"\\'<b>${poison.length}\r\n`),
    get("10.0.0.1"),
  ];
}

/** Everything that Doorward has said, served and printed. */
async function allOutputs({ start, scratch, events }: Scene): Promise<[string, string][]> {
  const paths = [
    "/health",
    "/config",
    "/patterns",
    "/blocked",
    "/pending",
    "/connections",
    "/stats",
    "/metrics",
    `/explain?url=${encodeURIComponent(`http://${POISONS[0]}.test/`)}`,
    `/${encodeURIComponent(POISONS[0]!)}`,
    `/events?types=${encodeURIComponent(POISONS[0]!)}`,
  ];
  const admin = ["--admin", `http://127.0.0.1:${start.adminPort}`];
  const outputs: [string, string][] = [];
  for (const path of paths) outputs.push([path, (await callAdmin(start, "GET", path)).text]);
  for (const words of [["blocked"], ["blocked", "--json"], ["pending"], ["connections"]]) {
    const { stdout, stderr } = await doorward([...words, ...admin], scratch);
    outputs.push([words.join(" "), stdout], [`${words.join(" ")}: errors`, stderr]);
  }
  const { seq } = (await lastEvent(events))!;
  assert(seq > 50, `only ${seq} events`);
  // Events are lines, too; the head of the answer ends its own with CR.
  outputs.push(["/events", events.received.split("\r\n\r\n").slice(1).join("")]);
  outputs.push(["standard error", start.stderr.text], ["standard output", start.stdout.text]);
  return outputs;
}

async function lastEvent(events: Wire): Promise<{ seq: number } | null> {
  await until(() => events.received.includes('"host":"xn--80ak6aa92e.test"'), "all is told");
  const data = [...events.received.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json!));
  return data.at(-1) ?? null;
}

/** Line ends, and else only what can be seen. */
function assertHarmless(text: string, what: string): void {
  const found = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.exec(text);
  const around = found === null ? "" : text.slice(Math.max(0, found.index - 80), found.index + 80);
  assertEquals(found, null, `${what}: ${JSON.stringify(around)}`);
  for (const line of text.split("\n")) assert(!line.startsWith('{"fake"'), what);
}

function violations(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("CODEX_NETWORK_POLICY_VIOLATION "));
}

function assertRecords(text: string, total: number): void {
  const lines = violations(text);
  assertEquals(lines.length, total);
  for (const line of lines) {
    const record = JSON.parse(line.slice(line.indexOf("{")));
    assertEquals(typeof record.reason, "string");
    assert(!("fake" in record), line);
    assert(line.length < LINE_MAX, `${line.length} characters`);
  }
}

/** A socket's path has a kilobyte at most, and little else is long. */
const LINE_MAX = 2000;
