import { assertEquals } from "@std/assert";
import { fakeAdmin, json, refuse } from "./fake_admin.ts";

Deno.test("reload tells what changed", async () => {
  const reply = { status: "reloaded", generation: 5, changed: ["allow +a.test", "mode limited"] };
  await using server = fakeAdmin({ "POST /reload": json(reply) });
  assertEquals(await server.run("reload"), 0);
  assertEquals(await server.run("reload", "--json"), 0);
  assertEquals(
    server.here.printed().out,
    `reloaded: generation 5\n  allow +a.test\n  mode limited\n${JSON.stringify(reply)}\n`,
  );
});

Deno.test("reload says when nothing changed", async () => {
  await using server = fakeAdmin({ "POST /reload": json({ status: "reloaded", changed: [] }) });
  assertEquals(await server.run("reload"), 0);
  assertEquals(server.here.printed().out, "reloaded: nothing changed\n");
});

Deno.test("reload tells every fault", async () => {
  const faults = [{ file: "/x/config.toml", line: 3, column: 7, message: '"mod" is no key' }];
  const message = "The configuration is faulty: what was in force stays.";
  await using server = fakeAdmin({
    "POST /reload": refuse(500, "reload_failed", message, { faults }),
  });
  assertEquals(await server.run("reload"), 1);
  assertEquals(server.here.printed(), {
    out: "",
    err: "doorward: The configuration is faulty: what was in force stays\n" +
      'doorward: /x/config.toml:3:7: "mod" is no key\n',
  });
});
