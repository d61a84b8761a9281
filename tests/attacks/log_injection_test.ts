import { assert, assertEquals, assertMatch } from "@std/assert";
import { violationLine } from "../../src/audit/violation_line.ts";
import { fieldOf } from "../support/wire.ts";
import { makeWorld, type World } from "../support/world.ts";

/** Everything that is printed anywhere: records as their lines, and our own troubles. */
function printed(world: World): string[] {
  return [...world.blocked.map(violationLine), ...world.diagnosed];
}

function assertHarmless(text: string, what: string): void {
  assertMatch(text, /^[\x20-\x7e]*$/, what);
}

/** What makes a terminal, a line of a log or a reader do something. */
const POISONS: Record<string, string> = {
  "an escape": "\x1b[2J",
  "a bell": "\x07",
  "a hyperlink (OSC 8)": "\x1b]8;;http://evil.test\x1b\\click",
  "eight-bit escapes": "\x9b2J",
  "right-to-left": "\xe2\x80\xae",
  "a line of its own": '\n{"fake":1}',
  "a carriage return": "\rdoorward: all is well",
  "a line separator": "\xe2\x80\xa8",
  "a violation": "CODEX_NETWORK_POLICY_VIOLATION {}",
  "a quote": '","reason":"allowed',
  "HTML": "<script>alert(1)</script>",
  "a format": "%s%n${x}",
  "a spreadsheet formula": "=cmd()",
};

for (const [what, poison] of Object.entries(POISONS)) {
  Deno.test(`log injection: ${what}, wherever a client can put it, is printed nowhere`, async () => {
    await using world = makeWorld({ policy: { allow: ["limited.test"], mode: "limited" } });
    const requests = [
      `GET http://${poison}.test/ HTTP/1.1\r\nHost: ${poison}.test\r\n\r\n`,
      `GET http://denied.test/${poison} HTTP/1.1\r\nHost: denied.test\r\n\r\n`,
      `GET http://denied.test/?${poison} HTTP/1.1\r\nHost: denied.test\r\n\r\n`,
      `${poison} http://limited.test/ HTTP/1.1\r\nHost: limited.test\r\n\r\n`,
      `GET http://limited.test/ HTTP/1.1\r\nHost: limited.test\r\nX-HTTP-Method: ${poison}\r\n\r\n`,
      `GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\nX: ${poison}\r\nUser-Agent: ${poison}\r\n\r\n`,
      `CONNECT ${poison}.test:443 HTTP/1.1\r\nHost: ${poison}.test:443\r\n\r\n`,
      `CONNECT denied.test:443 HTTP/1.1\r\nHost: denied.test:443\r\nX: ${poison}\r\n\r\n`,
      `GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n` +
      `Proxy-Authorization: Basic ${btoa(`codex-net-attempt-${poison}:`)}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: ${poison}\r\n\r\n`,
      `${poison}\r\n\r\n`,
    ];
    for (const request of requests) {
      await using client = await world.client();
      await client.send(request);
      const head = await client.readHead();
      assertHarmless(head.replaceAll("\r\n", ""), request);
      const length = Number(/Content-Length: (\d+)/.exec(head)![1]);
      const body = await client.readExactly(length);
      // The client may see its own words only where they are words (methods are tokens), in plain text.
      assertHarmless(body.replaceAll("\n", ""), request);
      assert(!/Content-Type: text\/html/i.test(head), head);
      assert(!body.includes("<script>"), body);
    }
    for (const line of printed(world)) {
      assertHarmless(line, line);
      assertMatch(line, /^CODEX_NETWORK_POLICY_VIOLATION \{.*\}$/);
      JSON.parse(line.slice("CODEX_NETWORK_POLICY_VIOLATION ".length));
    }
  });
}

Deno.test("log injection: a record never has more than it should", async () => {
  await using world = makeWorld();
  const path = "/secret".repeat(1500);
  await using client = await world.client();
  await client.send(
    `GET http://denied.test${path}?token=secret HTTP/1.1\r\nHost: denied.test\r\n` +
      "Authorization: Bearer secret\r\nCookie: secret=1\r\n" +
      `Proxy-Authorization: Basic ${btoa("secret:secret")}\r\n\r\n`,
  );
  const answer = await client.readMessage();
  assert(!answer.raw.includes("secret"), answer.raw);
  for (const line of printed(world)) assert(!line.includes("secret") && line.length < 400, line);
});

// CVE-2025-62168: no answer of ours shows what came in.
Deno.test("log injection: no answer shows credentials, a path or a body", async () => {
  await using world = makeWorld({
    policy: { allow: ["nowhere.test", "limited.test"], mode: "limited" },
  });
  const secrets =
    `Authorization: Bearer secret\r\nProxy-Authorization: Basic ${btoa("secret:secret")}\r\n` +
    "Cookie: secret\r\n";
  const requests = [
    `GET http://nowhere.test/secret HTTP/1.1\r\nHost: nowhere.test\r\n${secrets}\r\n`,
    `DELETE http://limited.test/secret HTTP/1.1\r\nHost: limited.test\r\n${secrets}\r\n`,
    `CONNECT denied.test:443 HTTP/1.1\r\nHost: denied.test:443\r\n${secrets}\r\n`,
    `TRACE http://limited.test/secret HTTP/1.1\r\nHost: limited.test\r\nMax-Forwards: 0\r\n${secrets}\r\n`,
    `GET http://limited.test/secret HTTP/1.1\r\nHost: other.test\r\n${secrets}\r\n`,
    `GET http://limited.test/secret HTTP/1.1\r\nHost: limited.test\r\n${secrets}Bad Header: secret\r\n\r\n`,
    `GET https://secret.test/ HTTP/1.1\r\nHost: secret.test\r\n${secrets}\r\n`,
    `POST http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\nContent-Length: 6\r\n${secrets}\r\nsecret`,
    `GET http://denied.test/<script>secret</script>?<img/onerror=secret> HTTP/1.1\r\nHost: denied.test\r\n${secrets}\r\n`,
    `GET http://nowhere.test/<script>secret</script> HTTP/1.1\r\nHost: nowhere.test\r\n${secrets}\r\n`,
    `GET http://<script>secret</script>/ HTTP/1.1\r\nHost: x\r\n${secrets}\r\n`,
  ];
  for (const request of requests) {
    await using client = await world.client();
    await client.send(request);
    const answer = await client.readMessage();
    const { raw } = answer;
    // No browser makes a page of it.
    assertMatch(
      fieldOf(answer, "Content-Type")!,
      /^(application\/json|text\/plain; charset=utf-8)$/,
    );
    assert(!/<[a-z/]/.test(raw), raw);
    assert(!raw.includes("secret") && !raw.includes(btoa("secret:secret")), raw);
  }
});

Deno.test("log injection: an attempt is a short printable word or it is none", async () => {
  await using world = makeWorld();
  const attempts = ["a\nb", "", "x".repeat(129), "a b", "\x1b[2J"];
  for (const attempt of [...attempts, "7f-1"]) {
    await world.ask(
      "GET http://denied.test/ HTTP/1.1\r\nHost: denied.test\r\n" +
        `Proxy-Authorization: Basic ${btoa(`codex-net-attempt-${attempt}:`)}\r\n\r\n`,
    );
  }
  assertEquals(world.blocked.map((record) => record.attempt_id), [
    ...attempts.map(() => undefined),
    "7f-1",
  ]);
});

Deno.test("log injection: a reason phrase stays one short line of ASCII for the longest name", async () => {
  await using world = makeWorld();
  const label = "l".repeat(63);
  const host = `${label}.${label}.${label}.${"l".repeat(61)}`;
  await using client = await world.client();
  await client.send(`CONNECT ${host}:65535 HTTP/1.1\r\nHost: ${host}:65535\r\n\r\n`);
  const { start } = await client.readMessage();
  assertMatch(start, /^HTTP\/1\.1 403 [\x20-\x7e]{1,80}$/);
  assertMatch(start, /:65535: not in the allowlist$/);
});
