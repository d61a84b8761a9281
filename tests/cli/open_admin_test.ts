import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AuditLog } from "../../src/audit/audit_log.ts";
import type { Answering } from "../../src/admin/serve_calls.ts";
import { openAdmin } from "../../src/cli/open_admin.ts";
import { policyInForce } from "../../src/cli/policy_in_force.ts";
import { readAdminToken } from "../../src/config/admin_token.ts";
import { type Config, loadConfig } from "../../src/config/config.ts";
import { LiveConfig } from "../../src/config/live_config.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { makeLive } from "../support/live_policy.ts";
import { policyOf } from "../support/policy.ts";
import { makeScratch } from "../support/scratch.ts";
import { makeAdmin } from "../admin/make_admin.ts";
import { type FakeOptions, fakeSurroundings, FREE_PORT } from "./fake_surroundings.ts";
import { NO_FLAGS } from "../support/policy_flags.ts";

async function configOf(...overrides: readonly string[]): Promise<Config> {
  return await loadConfig({ overrides, allow: [], deny: [] });
}

/** A machine on which the admin API listens, and what it answers with once it does. */
function listening(options: FakeOptions = {}) {
  const answers: Promise<Answering>[] = [];
  const at: string[] = [];
  const closed: string[] = [];
  const here = fakeSurroundings({
    serveAdmin: (address, { answer }) => {
      at.push(formatSocketAddress(address));
      answers.push(answer);
      return Promise.resolve({
        address: { ip: address.ip, port: address.port || FREE_PORT },
        close: () => Promise.resolve(void closed.push("closed")),
      });
    },
    ...options,
  });
  return { here, at, answers, closed };
}

Deno.test("openAdmin() listens where the configuration says, and closes", async () => {
  const { here, at, closed } = listening();
  const admin = await openAdmin(await configOf("network.admin_url=http://127.0.0.1:0"), here);
  assertEquals(at, ["127.0.0.1:0"]);
  assertEquals(admin!.address.port, FREE_PORT);
  await admin![Symbol.asyncDispose]();
  assertEquals(closed, ["closed"]);
});

Deno.test("openAdmin() says why it cannot listen, and how to do without", async () => {
  const here = fakeSurroundings({
    serveAdmin: () => {
      throw new Deno.errors.AddrInUse("Address already in use");
    },
  });
  assertEquals(await openAdmin(await configOf(), here), null);
  await here.terminal.err.flush();
  assertStringIncludes(
    here.printed().err,
    "doorward: Cannot listen on 127.0.0.1:8080 for the admin API",
  );
  assertStringIncludes(here.printed().err, "-c network.admin_url=http://127.0.0.1:0\n");
});

Deno.test("openAdmin() does not hide a bug", async () => {
  const here = fakeSurroundings({
    serveAdmin: () => {
      throw new TypeError("bug");
    },
  });
  const config = await configOf();
  await assertRejects(() => openAdmin(config, here), TypeError, "bug");
});

/** Shows a proxy that serves nobody. Resolves to what the admin API answers then. */
async function shown(options: FakeOptions, ...overrides: readonly string[]) {
  const { here, answers } = listening(options);
  const config = await configOf(...overrides);
  const admin = (await openAdmin(config, here))!;
  const base = makeLive({ policy: policyOf({ allow: ["a.test"] }) });
  const { parts } = makeAdmin();
  const live = new LiveConfig({
    config,
    load: () => Promise.resolve(config),
    policyOf: policyInForce,
    policy: base.live,
    feed: base.feed,
    file: null,
    now: () => 0,
    tell: () => {},
  });
  const proxy = { ...parts.proxy, ...fakeProxyParts, policy: base.live };
  admin.show({ proxy, live, policy: NO_FLAGS, diagnose: () => {} });
  const answer = await answers[0]!;
  const url = `http://${formatSocketAddress(admin.address)}`;
  const ask = (path: string, init: RequestInit = {}) =>
    answer(
      new Request(url + path, {
        ...init,
        headers: { host: url.slice("http://".length), ...init.headers },
      }),
    );
  return { admin, ask, here, base };
}

const fakeProxyParts = {
  address: { ip: { family: 4, bits: 0n }, port: 1 },
  socksAddress: null,
  audit: new AuditLog({ now: () => 0, metadata: {}, sinks: [], instance: "i1" }),
  addListener: () => {
    throw new Error("This proxy listens where it listens");
  },
  shutdown: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
} as const;

function allow(host: string, token: string): RequestInit {
  return {
    method: "POST",
    body: JSON.stringify({ host }),
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
  };
}

Deno.test("openAdmin() takes the token of the home folder, which it makes", async () => {
  await using scratch = await makeScratch();
  const env = { DOORWARD_HOME: scratch.home };
  // The port is of the system's choice, and the guards know it.
  const { admin, ask, base, here } = await shown({ env }, "network.admin_url=http://127.0.0.1:0");
  const token = await readAdminToken(scratch.home, "linux");
  assertEquals((await ask("/allow", allow("b.test", token!))).status, 200);
  assertEquals(base.live.saying("allow", "b.test").length, 1);
  assertEquals((await ask("/allow", allow("c.test", "wrong"))).status, 401);
  await here.terminal.err.flush();
  assertEquals([here.printed().err, admin.warning], ["", null]);
});

/** Where no token is to be had, and what is said of it. */
const HOMELESS: readonly (readonly [string, FakeOptions, string])[] = [
  ["no home", {}, "There is no home folder for the admin token:"],
  ["a home that is none", { env: { DOORWARD_HOME: "/dev/null" } }, "Cannot "],
];

for (const [what, options, why] of HOMELESS) {
  Deno.test(`openAdmin() keeps shut what the token guards where there is ${what}`, async () => {
    const { admin, ask, here } = await shown(options);
    for (const token of ["", "undefined", "null"]) {
      assertEquals((await ask("/allow", allow("b.test", token))).status, 401);
    }
    const warning = admin.warning ?? "";
    assert(warning.startsWith(why), warning);
    assert(warning.endsWith(": only the dashboard can loosen the policy"), warning);
    // Whoever starts it says so, if it says anything.
    await here.terminal.err.flush();
    assertEquals(here.printed().err, "");
    // Its link opens the dashboard all the same.
    const body = JSON.stringify({ code: admin.link().split("#code=")[1] });
    const headers = { "content-type": "application/json" };
    const { token } = await (await ask("/session", { method: "POST", body, headers })).json();
    assertEquals((await ask("/allow", allow("b.test", token))).status, 200);
  });
}

Deno.test("openAdmin() makes links to where it really listens", async () => {
  const { here } = listening();
  const admin = (await openAdmin(await configOf("network.admin_url=http://127.0.0.1:0"), here))!;
  const [first, second] = [admin.link(), admin.link()];
  assert(first.startsWith(`http://127.0.0.1:${FREE_PORT}/#code=`), first);
  assert(first !== second);
});

Deno.test('openAdmin() keeps everything shut where admin_auth is "all"', async () => {
  const { ask } = await shown({}, 'network.admin_auth="all"');
  assertEquals((await ask("/health")).status, 401);
  assertEquals((await ask("/")).status, 200);
});

Deno.test("openAdmin() explains by the policy in force", async () => {
  const { ask, base } = await shown({});
  base.add("now.test");
  base.live.setMode("limited");
  const told = await (await ask("/explain?url=http%3A%2F%2Fnow.test%2F&method=POST")).json();
  assertEquals([told.verdict, told.reason], ["deny", "method_not_allowed"]);
  const { version } = await (await ask("/health")).json();
  assertEquals(typeof version, "string");
});

Deno.test("openAdmin() tells who explains nonsense what is wrong with it", async () => {
  const { ask } = await shown({});
  const reply = await ask("/explain?url=%3A%3A%3A");
  assertEquals([reply.status, (await reply.json()).verdict], [200, "refused"]);
});
