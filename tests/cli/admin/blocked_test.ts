import { assertEquals } from "@std/assert";
import { wallClock } from "../../../src/cli/admin/words.ts";
import { until } from "../../support/in_time.ts";
import { event, EVENTS, fakeAdmin, json } from "./fake_admin.ts";

const AT = Date.UTC(2026, 0, 31, 17, 5, 9) / 1000;

function record(seq: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    host: "api.example.com",
    reason: "not_allowed",
    client: "127.0.0.1:4100",
    method: "CONNECT",
    mode: null,
    protocol: "https_connect",
    decision: "ask",
    source: "baseline_policy",
    port: 443,
    timestamp: AT,
    generation: 1,
    seq,
    ...more,
  };
}

/** A record as it comes in an event: `blocked_seq` is its own number. */
function blockedEvent(seq: number, eventSeq: number): string {
  const { seq: blocked_seq, ...rest } = record(seq);
  const data = { ...rest, blocked_seq, seq: eventSeq, type: "blocked", at: AT + 0.5 };
  return event("blocked", data);
}

const LIST = "GET /blocked?after=0";
const FOLLOW = "GET /events?types=blocked";

Deno.test("blocked prints a line a record, in columns", async () => {
  const records = [
    record(9),
    record(10, {
      host: "2001:db8::1",
      protocol: "socks5",
      method: null,
      client: null,
      attempt_id: "7",
      reason: "denied",
    }),
    record(11, { host: "/run/docker.sock", port: 0, protocol: "http", method: "GET" }),
  ];
  await using server = fakeAdmin({ [LIST]: json({ blocked: records, total: 11, last_seq: 11 }) });
  assertEquals(await server.run("blocked"), 0);
  const time = wallClock()(AT);
  assertEquals(server.here.printed(), {
    out:
      `9   ${time}  api.example.com:443  https_connect  CONNECT  not in the allowlist       127.0.0.1:4100\n` +
      `10  ${time}  [2001:db8::1]:443    socks5         -        a deny rule names it       -               attempt 7\n` +
      `11  ${time}  /run/docker.sock     http           GET      not in allow_unix_sockets  127.0.0.1:4100\n`,
    err: "",
  });
});

Deno.test("blocked does not let a record steer the terminal", async () => {
  const host = "\x1b]0;owned\x07\u202e.test";
  await using server = fakeAdmin({ [LIST]: json({ blocked: [record(1, { host })] }) });
  assertEquals(await server.run("blocked"), 0);
  const [, found] = / {2}(\S*):443/.exec(server.here.printed().out)!;
  assertEquals(found, "\\u001b]0;owned\\u0007\\u202e.test");
});

Deno.test("blocked --json prints what the proxy answered", async () => {
  const reply = { blocked: [record(5)], total: 5, last_seq: 5, counts: { not_allowed: 5 } };
  await using server = fakeAdmin({ "GET /blocked?after=4": json(reply) });
  assertEquals(await server.run("blocked", "--after", "4", "--json"), 0);
  assertEquals(server.here.printed(), { out: `${JSON.stringify(reply)}\n`, err: "" });
});

Deno.test("blocked says when there is nothing, unless it is to be quiet", async () => {
  await using server = fakeAdmin({ [LIST]: json({ blocked: [], total: 0 }) });
  assertEquals(await server.run("blocked"), 0);
  assertEquals(await server.run("blocked", "-q"), 0);
  assertEquals(server.here.printed(), { out: "", err: "doorward: Nothing was blocked\n" });
});

Deno.test("blocked --follow tells each record once, though it comes with the list, too", async () => {
  await using server = fakeAdmin({
    [FOLLOW]: EVENTS + blockedEvent(2, 70) + blockedEvent(3, 71) + event("dropped", { count: 4 }),
    [LIST]: json({ blocked: [record(1), record(2)] }),
  });
  assertEquals(await server.run("blocked", "--follow", "--json"), 1);
  // The stream is open before the list is asked for: nothing falls between.
  assertEquals(server.asked, [FOLLOW, LIST]);
  const { out, err } = server.here.printed();
  assertEquals(out.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    record(1),
    record(2),
    record(3),
  ]);
  assertEquals(
    err,
    "doorward: warning: 4 records were lost\n" +
      "doorward: The proxy on http://127.0.0.1:8080 has ended\n",
  );
});

Deno.test("blocked --follow goes on until a signal", async () => {
  await using server = fakeAdmin({
    [FOLLOW]: (wire) => wire.send(EVENTS + blockedEvent(2, 70)),
    [LIST]: json({ blocked: [record(1)] }),
  });
  const code = server.run("blocked", "-f");
  await until(() => server.here.printed().out.split("\n").length === 3, "both are printed");
  server.here.send("SIGINT");
  assertEquals(await code, 0);
  const { out, err } = server.here.printed();
  const lines = out.trimEnd().split("\n");
  assertEquals(lines[0]!.slice(1), lines[1]!.slice(1));
  assertEquals(err, "");
  assertEquals(server.here.clock.sleeping, 0);
});
