import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { violationLine } from "../../src/audit/violation_line.ts";
import { DEFAULT_LIMITS } from "../../src/proxy/limits.ts";
import { fieldOf, statusOf, type WireMessage } from "../support/wire.ts";
import { makeWorld, type World, type WorldPolicy } from "../support/world.ts";

/** Who is stopped, by what, and with which words. */
interface Row {
  readonly what: string;
  readonly policy: WorldPolicy;
  readonly host: string;
  readonly method?: string;
  readonly status: number;
  readonly header: string | undefined;
  readonly reason: string;
  readonly source: string;
  readonly mode: string | null;
  readonly decision?: string;
}

const DENIED: Row = {
  what: "a host that a rule denies",
  policy: { allow: ["**.example.test"], deny: ["api.example.test"] },
  host: "api.example.test",
  status: 403,
  header: "blocked-by-denylist",
  reason: "denied",
  source: "baseline_policy",
  mode: null,
};
const NOT_ALLOWED: Row = {
  ...DENIED,
  what: "a host that no rule allows",
  policy: { allow: ["allowed.test"] },
  host: "example.test",
  header: "blocked-by-allowlist",
  reason: "not_allowed",
};
const HTTP_ROWS: readonly Row[] = [
  DENIED,
  NOT_ALLOWED,
  {
    ...NOT_ALLOWED,
    what: "a host that a person is to be asked about",
    policy: { ask: true },
    decision: "ask",
    source: "decider",
  },
  { ...NOT_ALLOWED, what: "a local address", host: "127.0.0.1", reason: "not_allowed_local" },
  {
    ...NOT_ALLOWED,
    what: "a name that leads to a local address",
    policy: { allow: ["inside.test"] },
    host: "inside.test",
    reason: "not_allowed_local",
  },
  {
    ...NOT_ALLOWED,
    what: "a method in limited mode",
    policy: { allow: ["allowed.test"], mode: "limited" },
    host: "allowed.test",
    method: "DELETE",
    header: "blocked-by-method-policy",
    reason: "method_not_allowed",
    source: "mode_guard",
    mode: "limited",
  },
  {
    ...NOT_ALLOWED,
    what: "anything while the proxy is disabled",
    policy: { allow: ["allowed.test"], enabled: false },
    host: "allowed.test",
    status: 503,
    header: undefined,
    reason: "proxy_disabled",
    source: "proxy_state",
  },
];
const CONNECT_ROWS: readonly Row[] = [
  ...HTTP_ROWS.filter((row) => row.method === undefined),
  {
    ...NOT_ALLOWED,
    what: "a tunnel in limited mode",
    policy: { allow: ["allowed.test"], mode: "limited" },
    host: "allowed.test",
    header: "blocked-by-method-policy",
    reason: "mitm_required",
    source: "mode_guard",
    mode: "limited",
  },
];

function worldOf(row: Row): World {
  return makeWorld({ policy: row.policy, resolve: { "inside.test": ["10.20.30.40"] } });
}

function checkHead(answer: WireMessage, row: Row): void {
  assertEquals(statusOf(answer), row.status, row.what);
  assertEquals(fieldOf(answer, "x-proxy-error"), row.header, row.what);
  const type = row.status === 503 ? "proxy_configuration_error" : "http_request_denied";
  assertEquals(
    fieldOf(answer, "Proxy-Status"),
    `doorward; error=${type}; details="${row.reason}"`,
    row.what,
  );
  assertEquals(fieldOf(answer, "Cache-Control"), "no-store");
  const phrase = answer.start.slice("HTTP/1.1 403 ".length);
  assertMatch(phrase, /^[\x20-\x7e]{1,80}$/, row.what);
  assertStringIncludes(phrase, row.host, row.what);
}

for (const row of HTTP_ROWS) {
  Deno.test(`plain HTTP: ${row.what} is blocked in JSON`, async () => {
    await using world = worldOf(row);
    const method = row.method ?? "GET";
    await using client = await world.client();
    await client.send(`${method} http://${row.host}/p?q HTTP/1.1\r\nHost: ${row.host}\r\n\r\n`);
    const answer = await client.readMessage();
    checkHead(answer, row);
    assertEquals(fieldOf(answer, "Content-Type"), "application/json");
    const body = JSON.parse(answer.body);
    assertEquals(
      Object.keys(body).join(),
      "status,host,reason,decision,source,protocol,port,message,rule,next_steps,retryable",
    );
    assertEquals(
      [body.status, body.host, body.reason, body.decision, body.source, body.protocol, body.port],
      ["blocked", row.host, row.reason, row.decision ?? "deny", row.source, "http", 80],
    );
    assertEquals(body.retryable, row.decision === "ask");
    assertMatch(body.message, /^Doorward blocked this request: /);
    // Whatever was found out about a name stays here; path and query were never looked at.
    assert(!/10\.20|\/p|\?q/.test(answer.raw), answer.raw);
    assertEquals(world.dialled, []);
  });

  Deno.test(`plain HTTP: ${row.what} is recorded`, async () => {
    await using world = worldOf(row);
    await using client = await world.client();
    const method = row.method ?? "GET";
    await client.send(
      `${method} http://${row.host}:8080/ HTTP/1.1\r\nHost: ${row.host}:8080\r\n\r\n`,
    );
    await client.readMessage();
    const record = world.blocked[0]!;
    assertMatch(record.client!, /^127\.0\.0\.1:\d+$/);
    assertEquals(
      { ...record, client: null },
      {
        host: row.host,
        reason: row.reason,
        client: null,
        method,
        mode: row.mode,
        protocol: "http",
        decision: row.decision ?? "deny",
        source: row.source,
        port: 8080,
        timestamp: Math.floor(world.clock.now() / 1000),
        generation: 1,
        listener: world.authority,
      } as unknown as typeof record,
    );
    assertEquals(world.blocked.length, 1);
  });
}

for (const row of CONNECT_ROWS) {
  Deno.test(`CONNECT: ${row.what} is blocked in text`, async () => {
    await using world = worldOf(row);
    const target = `${row.host}:443`;
    await using client = await world.client();
    await client.send(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    const answer = await client.readMessage();
    checkHead(answer, row);
    assertEquals(fieldOf(answer, "Connection"), "close");
    assertEquals(fieldOf(answer, "Content-Type"), "text/plain; charset=utf-8");
    const [line, sentence] = answer.body.split("\n") as [string, string];
    assertEquals(
      line,
      `CODEX_NETWORK_POLICY_DECISION {"decision":"${row.decision ?? "deny"}",` +
        `"reason":"${row.reason}","source":"${row.source}","protocol":"https_connect",` +
        `"host":"${row.host}","port":443}`,
    );
    assertMatch(sentence, /^Doorward blocked this request: /);
    assert(!answer.raw.includes("10.20"), answer.raw);
    await client.readEnd();
    const record = world.blocked[0]!;
    assertEquals(
      [record.method, record.protocol, record.reason, record.mode, record.port],
      [
        "CONNECT",
        row.reason === "proxy_disabled" ? "https_connect" : "http-connect",
        row.reason,
        row.mode,
        443,
      ],
    );
    assertEquals(world.dialled, []);
  });
}

Deno.test("the violation line of a blocked request is the seeds', key for key", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  await client.send("GET http://google.com/secret?token HTTP/1.1\r\nHost: google.com\r\n\r\n");
  await client.readMessage();
  const { client: address } = world.blocked[0]!;
  assertEquals(
    violationLine(world.blocked[0]!),
    `CODEX_NETWORK_POLICY_VIOLATION {"host":"google.com","reason":"not_allowed",` +
      `"client":"${address}","method":"GET","mode":null,"protocol":"http","decision":"deny",` +
      `"source":"baseline_policy","port":80,"timestamp":1767225600,"generation":1,` +
      `"listener":"${world.authority}"}`,
  );
});

// The seeds: metadata is kept across the proxy environment.
Deno.test("the attempt in the proxy URL is recorded and goes no further", async () => {
  await using world = makeWorld();
  const credentials = btoa("codex-net-attempt-7f:");
  const request = (host: string) =>
    `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`;
  await world.ask(request("denied.test"));
  assertEquals(world.blocked[0]!.attempt_id, "7f");
  assertEquals(
    Object.keys(world.blocked[0]!).slice(5, 8),
    ["protocol", "attempt_id", "decision"],
  );
  await world.ask(request("allowed.test"));
  assertEquals(world.origin.received.includes(credentials), false);
  await world.ask(
    `CONNECT denied.test:443 HTTP/1.1\r\nHost: denied.test:443\r\n` +
      `Proxy-Authorization: Basic ${credentials}\r\n\r\n`,
  );
  assertEquals(world.blocked[1]!.attempt_id, "7f");
});

Deno.test("the record is there before the answer is", async () => {
  const order: string[] = [];
  await using world = makeWorld({ record: () => order.push("record") });
  await world.ask("GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n");
  order.push("answer");
  assertEquals(order, ["record", "answer"]);
});

Deno.test("a blocked request without a body leaves the connection for the next", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  await client.send(
    "GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n" +
      "HEAD http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n\r\n" +
      "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
  );
  assertEquals(statusOf(await client.readMessage()), 403);
  assertEquals(statusOf(await client.readMessage({ headOnly: true })), 403);
  assertEquals((await client.readMessage()).body, "hello");
});

// What would be left of its body is not the next request.
Deno.test("a blocked request with a body ends the connection, and the answer still arrives", async () => {
  await using world = makeWorld();
  const inner = "GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
  const text = await world.exchange(
    "POST http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n" +
      `Content-Length: ${inner.length}\r\n\r\n${inner}`,
  );
  assertEquals(text.split("HTTP/1.1 ").length - 1, 1);
  assertStringIncludes(text, "Connection: close\r\n");
  assertEquals([world.dialled, world.origin.received], [[], ""]);
});

Deno.test("transport troubles are no blocks: nothing is recorded", async () => {
  await using world = makeWorld({ policy: { allow: ["nowhere.test", "allowed.test"] } });
  const nowhere = await world.ask(
    "GET http://nowhere.test/ HTTP/1.1\r\nHost: nowhere.test\r\n\r\n",
  );
  assertEquals(statusOf(nowhere), 502);
  assertEquals(JSON.parse(nowhere.body).reason, "dns_failure");
  const mismatch = await world.ask("GET http://allowed.test/ HTTP/1.1\r\nHost: other.test\r\n\r\n");
  assertEquals(statusOf(mismatch), 400);
  assertEquals(world.blocked, []);
});

Deno.test("a full house is answered 503, which is no block either", async () => {
  await using world = makeWorld({
    limits: { ...DEFAULT_LIMITS, connections: 1 },
    troubled: true,
  });
  await using _first = await world.client();
  await using second = await world.client();
  const answer = await second.readMessage();
  assertEquals([statusOf(answer), world.blocked], [503, []]);
  assertStringIncludes(answer.body, "connections under [network.limits]");
});
