import { assertEquals } from "@std/assert";
import { fakeAdmin, json } from "./fake_admin.ts";
import { question } from "./fake_questions.ts";

const LIST = "GET /pending";
const RULE = { list: "deny", pattern: "b.test", scope: "run" };
const ADDED = json({ status: "ok", rule: RULE, changed: true });

Deno.test("deny says no to what waits, and makes no rule of it", async () => {
  await using server = fakeAdmin({
    [LIST]: json({ pending: [question("q3")] }),
    "POST /pending/q3": json({ status: "ok", rule: null }),
  });
  assertEquals(await server.run("deny", "api.example.com"), 0);
  assertEquals(server.asked, [LIST, 'POST /pending/q3 {"decision":"deny","scope":"once"}']);
  assertEquals(
    server.here.printed().out,
    "denied q3, api.example.com:443, for the requests that wait\n",
  );
});

Deno.test("deny --for makes a rule of what waits", async () => {
  await using server = fakeAdmin({
    [LIST]: json({ pending: [question("q3")] }),
    "POST /pending/q3": json({ status: "ok", rule: { ...RULE, scope: "always", file: "/x" } }),
  });
  assertEquals(await server.run("deny", "q3", "--for", "always"), 0);
  assertEquals(server.asked[1], 'POST /pending/q3 {"decision":"deny","scope":"always"}');
  assertEquals(
    server.here.printed().out,
    "denied q3, api.example.com:443, always: it is in /x\n",
  );
});

Deno.test("deny makes a rule where nothing waits", async () => {
  await using server = fakeAdmin({ [LIST]: json({ pending: [] }), "POST /deny": ADDED });
  assertEquals(await server.run("deny", "b.test"), 0);
  assertEquals(await server.run("deny", "b.test", "--for", "always"), 0);
  assertEquals(server.asked.filter((line) => line !== LIST), [
    'POST /deny {"host":"b.test","scope":"run"}',
    'POST /deny {"host":"b.test","scope":"always"}',
  ]);
});

Deno.test("deny makes no rule of the number of a question that is gone", async () => {
  await using server = fakeAdmin({ [LIST]: json({ pending: [] }), "POST /deny": ADDED });
  assertEquals(await server.run("deny", "q3", "--for", "run"), 1);
  assertEquals(await server.run("deny", "b.test", "--for", "once"), 1);
  assertEquals(server.asked, [LIST, LIST]);
  assertEquals(
    server.here.printed().err.split("\n")[0],
    'doorward: No question waits about "q3": see doorward pending',
  );
});

Deno.test("deny --remove takes a rule back", async () => {
  await using server = fakeAdmin({
    "DELETE /deny?host=b.test": json({ status: "ok", removed: [RULE], closed: 0 }),
  });
  assertEquals(await server.run("deny", "--remove", "b.test"), 0);
  assertEquals(server.here.printed().out, 'removed deny rule "b.test"\n');
});
