import { assertEquals } from "@std/assert";
import { fakeAdmin, json } from "./fake_admin.ts";

Deno.test("mode prints which it is", async () => {
  await using server = fakeAdmin({ "GET /health": json({ status: "ok", mode: "limited" }) });
  assertEquals(await server.run("mode"), 0);
  assertEquals(await server.run("mode", "--json"), 0);
  assertEquals(server.here.printed().out, 'limited\n{"status":"ok","mode":"limited"}\n');
});

Deno.test("mode sets it", async () => {
  const reply = { status: "ok", mode: "limited", generation: 4 };
  await using server = fakeAdmin({ "POST /mode": json(reply) });
  assertEquals(await server.run("mode", "limited"), 0);
  assertEquals(server.asked, ['POST /mode {"mode":"limited"}']);
  assertEquals(server.here.printed().out, "limited\n");
});
