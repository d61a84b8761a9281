import { assertEquals } from "@std/assert";
import { fakeAdmin, json } from "./fake_admin.ts";

Deno.test("dashboard prints a link and nothing else", async () => {
  const reply = { status: "ok", url: "http://127.0.0.1:8080/#code=abc" };
  await using server = fakeAdmin({ "POST /session/code": json(reply) });
  assertEquals(await server.run("dashboard"), 0);
  assertEquals(await server.run("dashboard", "--json"), 0);
  assertEquals(server.here.printed(), {
    out: `http://127.0.0.1:8080/#code=abc\n${JSON.stringify(reply)}\n`,
    err: "",
  });
});
