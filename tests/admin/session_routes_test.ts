import { assert, assertEquals, assertMatch } from "@std/assert";
import { Access } from "../../src/admin/access.ts";
import { dashboardLink } from "../../src/admin/session_routes.ts";
import { addressOf, makeAdmin, refusalOf, TOKEN } from "./make_admin.ts";

Deno.test("POST /session/code makes a link that POST /session takes once", async () => {
  using admin = makeAdmin({ auth: "all" });
  const { url } = await (await admin.call("POST /session/code", { token: TOKEN })).json();
  const [, code] = /^http:\/\/127\.0\.0\.1:8080\/#code=([A-Za-z0-9_-]{43})$/.exec(url) ?? [];
  assert(code !== undefined, url);
  const reply = await admin.call("POST /session", { body: { code } });
  const { status, token } = await reply.json();
  assertEquals(status, "ok");
  const used = await admin.call("POST /session/code", { token });
  assertEquals(used.status, 200);
  await used.body?.cancel();
  const again = await admin.call("POST /session", { body: { code } });
  assertEquals(await refusalOf(again), [403, "bad_code"]);
});

Deno.test("POST /session takes neither the token nor the key of a page for a code", async () => {
  using admin = makeAdmin();
  const key = admin.access.trade(admin.access.newCode());
  for (const code of [TOKEN, key, "x"]) {
    const reply = await admin.call("POST /session", { body: { code } });
    assertEquals(await refusalOf(reply), [403, "bad_code"]);
  }
  for (const body of [{}, { code: "" }, { code: 1 }, { code: null }]) {
    const reply = await admin.call("POST /session", { body });
    assertEquals(await refusalOf(reply), [400, "invalid_json"]);
  }
});

/** Where the admin API listens, and what the link begins with: what a browser can open. */
const LINKS: readonly (readonly [string, RegExp])[] = [
  ["127.0.0.1:8080", /^http:\/\/127\.0\.0\.1:8080\/#code=[\w-]{43}$/],
  ["[::1]:81", /^http:\/\/\[::1\]:81\/#code=[\w-]{43}$/],
];

for (const [listener, link] of LINKS) {
  Deno.test(`dashboardLink() opens the dashboard at ${listener}`, () => {
    const access = new Access(TOKEN, "loosen");
    const made = dashboardLink(access, addressOf(listener));
    assertMatch(made, link);
    assert(access.trade(made.split("#code=")[1]!) !== null);
  });
}
