import { assertEquals } from "@std/assert";
import { fakeAdmin, json } from "./fake_admin.ts";
import { question } from "./fake_questions.ts";

const LIST = "GET /pending";
const RULE = { list: "allow", pattern: "api.example.com:443 over https_connect", scope: "run" };

function done(id: string, rule: unknown = null): string {
  return json({ status: "ok", id, decision: "approve", scope: "once", rule });
}

Deno.test("approve answers the question of a number, for the requests that wait", async () => {
  await using server = fakeAdmin({
    [LIST]: json({ pending: [question("q3"), question("q4")] }),
    "POST /pending/q3": done("q3"),
  });
  assertEquals(await server.run("approve", "q3"), 0);
  assertEquals(server.asked, [LIST, 'POST /pending/q3 {"decision":"approve","scope":"once"}']);
  assertEquals(server.here.printed(), {
    out: "approved q3, api.example.com:443, for the requests that wait\n",
    err: "",
  });
});

Deno.test("approve --for makes a rule", async () => {
  await using server = fakeAdmin({
    [LIST]: json({ pending: [question("q3")] }),
    "POST /pending/q3": done("q3", RULE),
  });
  assertEquals(await server.run("approve", "api.example.com:443", "--for", "run"), 0);
  assertEquals(await server.run("approve", "q3", "--for", "2h", "--json"), 0);
  assertEquals(server.asked.filter((line) => line !== LIST), [
    'POST /pending/q3 {"decision":"approve","scope":"run"}',
    'POST /pending/q3 {"decision":"approve","scope":"minutes","minutes":120}',
  ]);
  const [line, object] = server.here.printed().out.split("\n");
  assertEquals(line, "approved q3, api.example.com:443, until the proxy ends");
  assertEquals(JSON.parse(object!).rule, RULE);
});

Deno.test("approve HOST lists what it approves when that is more than one", async () => {
  await using server = fakeAdmin({
    [LIST]: json({
      pending: [question("q3"), question("q4", { port: 22 }), question("q5", { host: "b.test" })],
    }),
    "POST /pending/q3": done("q3"),
    "POST /pending/q4": done("q4"),
  });
  assertEquals(await server.run("approve", "api.example.com"), 0);
  assertEquals(server.here.printed().out.split("\n").map((line) => line.split(/[ ,]+/)[0]), [
    "ID",
    "q3",
    "q4",
    "approved",
    "approved",
    "",
  ]);
});

Deno.test("approve goes on past a question that somebody else has answered", async () => {
  const gone = { status: "error", reason: "not_pending", message: "q3 is answered already." };
  await using server = fakeAdmin({
    [LIST]: json({ pending: [question("q3"), question("q4", { port: 22 })] }),
    "POST /pending/q3": json(gone, 404),
    "POST /pending/q4": done("q4"),
  });
  assertEquals(await server.run("approve", "api.example.com", "--json"), 1);
  const lines = server.here.printed().out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ reason, id }) => reason ?? id), ["not_pending", "q4"]);
  assertEquals(server.here.printed().err, "doorward: q3 is answered already\n");
});

Deno.test("approve stops at any other answer", async () => {
  const refused = { status: "error", reason: "cannot_write", message: "The disk is full." };
  await using server = fakeAdmin({
    [LIST]: json({ pending: [question("q3"), question("q4", { port: 22 })] }),
    "POST /pending/q3": json(refused, 500),
  });
  assertEquals(await server.run("approve", "api.example.com", "--for", "always"), 1);
  assertEquals(server.asked.length, 2);
});

Deno.test("approve says when no such question waits", async () => {
  await using server = fakeAdmin({ [LIST]: json({ pending: [question("q3")] }) });
  assertEquals(await server.run("approve", "q4"), 1);
  assertEquals(await server.run("approve", "b.test"), 1);
  assertEquals(server.here.printed(), {
    out: "",
    err: 'doorward: No question waits about "q4": see doorward pending\n' +
      'doorward: No question waits about "b.test": see doorward pending\n' +
      "doorward: to allow a host from now on: doorward allow HOST\n",
  });
});

Deno.test("approve makes no path of what a proxy calls a question", async () => {
  const pending = [question("q3", { id: "../x?y#z" })];
  await using server = fakeAdmin({ [LIST]: json({ pending }) });
  assertEquals(await server.run("approve", "api.example.com"), 1);
  assertEquals(server.asked[1]!.split(" ")[1], "/pending/..%2Fx%3Fy%23z");
});
