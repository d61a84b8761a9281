import { assertEquals } from "@std/assert";
import { until } from "../../support/in_time.ts";
import { event, EVENTS, fakeAdmin, json } from "./fake_admin.ts";
import { question } from "./fake_questions.ts";

const LIST = "GET /pending";
const FOLLOW = "GET /events?types=pending";

Deno.test("pending prints the questions", async () => {
  await using server = fakeAdmin({ [LIST]: json({ pending: [question("q3")] }) });
  assertEquals(await server.run("pending"), 0);
  const [header, line] = server.here.printed().out.split("\n");
  assertEquals(header!.split(/ +/).slice(0, 3), ["ID", "HOST", "PROTOCOL"]);
  assertEquals(line!.split(/ {2,}/), [
    "q3",
    "api.example.com:443",
    "https_connect",
    "CONNECT",
    "1",
    "25s",
    "127.0.0.1:41000",
    "a public address",
  ]);
});

Deno.test("pending says when no question waits", async () => {
  await using server = fakeAdmin({ [LIST]: json({ pending: [] }) });
  assertEquals(await server.run("pending"), 0);
  assertEquals(await server.run("pending", "--quiet"), 0);
  assertEquals(server.here.printed(), { out: "", err: "doorward: No question waits\n" });
});

Deno.test("pending --json prints what the proxy answered", async () => {
  const reply = { pending: [question("q3", { host: "\x1b[2J.test" })] };
  await using server = fakeAdmin({ [LIST]: json(reply) });
  assertEquals(await server.run("pending", "--json"), 0);
  assertEquals(server.here.printed().out, `${JSON.stringify(reply)}\n`);
});

function told(state: string, id: string, more = {}): string {
  return event("pending", { type: "pending", state, question: question(id), ...more });
}

Deno.test("pending --follow tells what is asked and what becomes of it", async () => {
  await using server = fakeAdmin({
    [FOLLOW]: EVENTS + told("asked", "q1") + told("asked", "q2") + told("joined", "q2") +
      told("answered", "q1", { decision: "approve", scope: "run", by: "dashboard" }) +
      told("timed_out", "q2") + told("cancelled", "q3") + event("dropped", { count: 2 }),
    [LIST]: json({ pending: [question("q1")] }),
  });
  assertEquals(await server.run("pending", "--follow"), 1);
  assertEquals(server.asked, [FOLLOW, LIST]);
  const asked =
    "api.example.com:443  https_connect CONNECT, from 127.0.0.1:41000, a public address";
  assertEquals(server.here.printed(), {
    out: `q1  ${asked}\nq2  ${asked}\n` +
      "q1  api.example.com:443  approve, run, by dashboard\n" +
      "q2  api.example.com:443  nobody answered in time\n" +
      "q3  api.example.com:443  is no longer asked\n",
    err: "doorward: warning: 2 events were lost\n" +
      "doorward: The proxy on http://127.0.0.1:8080 has ended\n",
  });
});

Deno.test("pending --follow --json prints an object a line, all of one shape", async () => {
  await using server = fakeAdmin({
    [FOLLOW]: (wire) => wire.send(EVENTS + told("joined", "q1")),
    [LIST]: json({ pending: [question("q1")] }),
  });
  const code = server.run("pending", "--follow", "--json");
  await until(() => server.here.printed().out.split("\n").length === 3, "both are printed");
  server.here.send("SIGTERM");
  assertEquals(await code, 0);
  const lines = server.here.printed().out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines, [
    { type: "pending", state: "asked", question: question("q1") },
    { type: "pending", state: "joined", question: question("q1") },
  ]);
});
