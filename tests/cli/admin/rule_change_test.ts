import { assertEquals } from "@std/assert";
import { fakeAdmin, json, refuse } from "./fake_admin.ts";

const RULE = { list: "allow", pattern: "a.test", scope: "always", file: "/x/config.toml" };

Deno.test("addRule() says when the rule was there already", async () => {
  await using server = fakeAdmin({ "POST /allow": json({ rule: RULE, changed: false }) });
  assertEquals(await server.run("allow", "a.test", "--for", "always"), 0);
  assertEquals(
    server.here.printed().out,
    'there already: allow rule "a.test", always: it is in /x/config.toml\n',
  );
});

Deno.test("addRule() prints what the proxy answered with --json", async () => {
  const reply = { status: "ok", rule: RULE, changed: true };
  await using server = fakeAdmin({ "POST /allow": json(reply) });
  assertEquals(await server.run("allow", "a.test", "--json"), 0);
  assertEquals(server.here.printed().out, `${JSON.stringify(reply)}\n`);
});

Deno.test("addRule() says why a pattern is none", async () => {
  await using server = fakeAdmin({ "POST /allow": refuse(400, "bad_pattern", "A name has dots.") });
  assertEquals(await server.run("allow", "*"), 1);
  assertEquals(server.here.printed(), { out: "", err: "doorward: A name has dots\n" });
});

Deno.test("removeRule() tells each rule, and what it closed", async () => {
  const reply = { removed: [RULE, { ...RULE, pattern: "a.test:443" }], closed: 2 };
  await using server = fakeAdmin({ "DELETE /allow?host=a.test": json(reply) });
  assertEquals(await server.run("allow", "--remove", "a.test"), 0);
  assertEquals(await server.run("allow", "--remove", "a.test", "--json"), 0);
  assertEquals(
    server.here.printed().out,
    'removed allow rule "a.test"\nremoved allow rule "a.test:443"\nclosed 2 connections\n' +
      `${JSON.stringify(reply)}\n`,
  );
});

Deno.test("removeRule() says how to take a rule out of the file", async () => {
  await using server = fakeAdmin({
    "DELETE /allow?host=a.test": refuse(409, "configured", "It is in /x/config.toml."),
  });
  assertEquals(await server.run("allow", "--remove", "a.test"), 1);
  assertEquals(
    server.here.printed().err,
    "doorward: It is in /x/config.toml\n" +
      "doorward: to take it out of the file: the same with --for always\n",
  );
});

Deno.test("removeRule() says no more than the proxy where the rule is not known", async () => {
  await using server = fakeAdmin({
    "DELETE /allow?host=a.test": refuse(404, "not_a_rule", "No rule says that."),
  });
  assertEquals(await server.run("allow", "--remove", "a.test"), 1);
  assertEquals(server.here.printed().err, "doorward: No rule says that\n");
});
