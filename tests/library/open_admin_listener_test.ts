import { assert, assertEquals, assertThrows } from "@std/assert";
import { openAdminListener } from "../../src/library/open_admin_listener.ts";
import { systemClock } from "../../src/net/system_clock.ts";
import { ip } from "../support/policy.ts";

const AT = { ip: ip("127.0.0.1"), port: 0 };
const SETTINGS = { adminToken: null, onDiagnostic: () => {} };

Deno.test("a token that nobody gave is made up anew", async () => {
  const one = openAdminListener(AT, SETTINGS, systemClock);
  const two = openAdminListener(AT, { ...SETTINGS, adminToken: "given" }, systemClock);
  assert(one.token.length >= 32);
  assertEquals(two.token, "given");
  await Promise.all([one.close(), two.close()]);
});

Deno.test("calls wait for an answer", async () => {
  const admin = openAdminListener(AT, SETTINGS, systemClock);
  const { port } = admin.address;
  const asking = fetch(`http://127.0.0.1:${port}/health`);
  admin.answerWith(() => Promise.resolve(new Response("ok")));
  assertEquals(await (await asking).text(), "ok");
  await admin.close();
});

Deno.test("a port that is taken is named", async () => {
  const admin = openAdminListener(AT, SETTINGS, systemClock);
  assertThrows(
    () => openAdminListener(admin.address, SETTINGS, systemClock),
    Error,
    `Cannot listen on 127.0.0.1:${admin.address.port} for the admin API`,
  );
  await admin.close();
});
