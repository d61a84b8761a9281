import { assertEquals } from "@std/assert";
import { fakeAdmin, json } from "./fake_admin.ts";

Deno.test("allow adds a rule until the proxy ends, unless it says how long", async () => {
  const rule = { list: "allow", pattern: "*.a.test", scope: "run" };
  await using server = fakeAdmin({ "POST /allow": json({ status: "ok", rule, changed: true }) });
  assertEquals(await server.run("allow", "*.a.test"), 0);
  assertEquals(await server.run("allow", "*.a.test", "--for", "10m"), 0);
  assertEquals(server.asked, [
    'POST /allow {"host":"*.a.test","scope":"run"}',
    'POST /allow {"host":"*.a.test","scope":"minutes","minutes":10}',
  ]);
  const line = 'allow rule "*.a.test", until the proxy ends\n';
  assertEquals(server.here.printed(), { out: line + line, err: "" });
});

Deno.test("allow --remove takes a rule back, of the file only with --for always", async () => {
  const path = "DELETE /allow?host=a.test%3A443%20over%20https_connect";
  await using server = fakeAdmin({
    [path]: json({ status: "ok", removed: [], closed: 0 }),
    [`${path}&scope=always`]: json({ status: "ok", removed: [], closed: 0 }),
  });
  const words = ["allow", "--remove", "a.test:443 over https_connect"];
  assertEquals(await server.run(...words), 0);
  assertEquals(await server.run(...words, "--for", "always"), 0);
  assertEquals(server.asked, [path, `${path}&scope=always`]);
});
