import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connectTo } from "../support/policy.ts";
import { nameOf, type Row, ROWS } from "./calls.ts";
import {
  type AdminOptions,
  type CallOptions,
  makeAdmin,
  PORT,
  refusalOf,
  requestOf,
  TOKEN,
} from "./make_admin.ts";

/** Makes the call of a row on an admin API of its own. Resolves to its status. */
async function statusOf(row: Row, call: CallOptions = {}, more: AdminOptions = {}) {
  using admin = makeAdmin({ ...row.options, ...more });
  row.before?.(admin);
  const [method = "", template = ""] = row.route.split(" ");
  const body = row.body === undefined ? {} : { body: row.body };
  const reply = await admin.call(`${method} ${row.path ?? template}`, { ...body, ...call });
  await reply.body?.cancel();
  if (reply.status === 401) {
    assertEquals(reply.headers.get("www-authenticate"), 'Bearer realm="doorward"');
  }
  assertEquals(admin.diagnosed, []);
  return reply.status;
}

Deno.test("createAdminApp() serves no route that these tests do not know", () => {
  using admin = makeAdmin();
  const served = admin.app.routes.map(({ method, path }) => `${method} ${path}`);
  assertEquals([...new Set(served)].sort(), [...new Set(ROWS.map(({ route }) => route))].sort());
  assertEquals(served.length, new Set(served).size);
});

/** Values of `Authorization` that are not it. */
const WRONG: readonly (readonly [string, string])[] = [
  ["an empty one", ""],
  ["no token", "Bearer"],
  ["an empty token", "Bearer "],
  ["a shorter token", `Bearer ${TOKEN.slice(0, -1)}`],
  ["a longer token", `Bearer ${TOKEN}x`],
  ["another of its length", `Bearer ${TOKEN.slice(0, -1)}x`],
  ["the token and something else", `Bearer ${TOKEN} x`],
  ["another scheme", `Basic ${btoa(`doorward:${TOKEN}`)}`],
  ["the token without a scheme", TOKEN],
];

for (const row of ROWS.filter(({ token }) => token)) {
  Deno.test(`createAdminApp() answers ${nameOf(row)} with the token only`, async () => {
    assertEquals(await statusOf(row), 401);
    for (const [what, authorization] of WRONG) {
      assertEquals(await statusOf(row, { headers: { authorization } }), 401, what);
    }
    assertEquals(await statusOf(row, { token: TOKEN }), row.status ?? 200);
    assertEquals(
      await statusOf(row, { headers: { authorization: `bearer  ${TOKEN} ` } }),
      row.status ?? 200,
    );
  });
}

for (const row of ROWS.filter(({ token }) => !token)) {
  Deno.test(`createAdminApp() answers ${nameOf(row)} without the token`, async () => {
    assertEquals(await statusOf(row), row.status ?? 200);
    assertEquals(await statusOf(row, { token: "wrong" }), row.status ?? 200);
  });
}

Deno.test('createAdminApp() takes the token for all but the page where admin_auth is "all"', async () => {
  for (const row of ROWS) {
    const expected = row.open === true ? row.status ?? 200 : 401;
    assertEquals(await statusOf(row, {}, { auth: "all" }), expected, nameOf(row));
    assertEquals(await statusOf(row, { token: TOKEN }, { auth: "all" }), row.status ?? 200);
  }
});

Deno.test('createAdminApp() takes no token where admin_auth is "none"', async () => {
  for (const row of ROWS) {
    assertEquals(await statusOf(row, {}, { auth: "none" }), row.status ?? 200, nameOf(row));
  }
});

Deno.test("createAdminApp() changes nothing for who has no token", async () => {
  using admin = makeAdmin();
  admin.base.add("never.test", { list: "deny" });
  admin.ask(connectTo("asked.test")).outcome.catch(() => {});
  const { base: { live }, questions, written } = admin;
  const before = { rules: live.rules, generation: live.current.generation };
  for (const { route, path, body } of ROWS.filter(({ token, options }) => token && !options)) {
    const [method, template] = route.split(" ");
    const made = body === undefined ? {} : { body };
    const reply = await admin.call(`${method} ${path ?? template}`, made);
    await reply.body?.cancel();
  }
  assertEquals({ rules: live.rules, generation: live.current.generation }, before);
  assertEquals([questions.pending.length, written], [1, []]);
});

/** Makes each call there is, with the token and whatever else; an answer to it must pass `check`. */
async function everyRoute(
  call: CallOptions,
  check: (reply: Response, name: string) => Promise<void> | void,
  options: AdminOptions = {},
  change: (request: Request) => Request = (request) => request,
): Promise<void> {
  for (const { route, path, body } of ROWS) {
    using admin = makeAdmin({ auth: "none", ...options });
    const [method, template] = route.split(" ");
    const made = body === undefined ? {} : { body };
    const name = `${method} ${path ?? template}`;
    const reply = await admin.app.answer(
      change(requestOf(name, { ...made, token: TOKEN, ...call })),
    );
    await check(reply, `${name} ${JSON.stringify(call.headers)}`);
    if (!reply.bodyUsed) await reply.body?.cancel();
    assertEquals(admin.diagnosed, []);
  }
}

/** Header fields of web pages of others, by the reason for which they are refused. */
const FOREIGN: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ...[
    `rebind.evil:${PORT}`,
    `localhost.evil.test:${PORT}`,
    `127.0.0.1.evil.test:${PORT}`,
    `evil.localhost:${PORT}`,
    `127.0.0.1:${PORT + 1}`,
    `127.0.0.1:0${PORT}`,
    "127.0.0.1",
    "localhost",
    "",
    "[",
    `127.0.0.1:${PORT}@evil`,
    `evil@127.0.0.1:${PORT}`,
    `127.0.0.1:${PORT}/evil`,
    `127.0.0.1:${PORT}, evil.test`,
    `0.0.0.0:${PORT}`,
    `[::]:${PORT}`,
    `192.168.1.2:${PORT}`,
    `2130706433:${PORT}`,
    `0x7f.1:${PORT}`,
  ].map((host) => ["bad_host", { host }] as const),
  ...[
    "https://evil",
    `http://evil.test:${PORT}`,
    "null",
    "",
    `http://127.0.0.1:${PORT + 1}`,
    "http://127.0.0.1",
    `https://127.0.0.1:${PORT}`,
    `http://localhost:${PORT}`,
    `http://127.0.0.1:${PORT}/`,
    `http://127.0.0.1:${PORT} http://evil.test`,
  ].map((origin) => ["foreign_origin", { origin }] as const),
  ...["cross-site", "same-site", "", "anything"].map((site) =>
    ["cross_site", { "sec-fetch-site": site }] as const
  ),
];

for (const [expected, headers] of FOREIGN) {
  Deno.test(`createAdminApp() refuses each call with ${JSON.stringify(headers)}`, async () => {
    await everyRoute({ headers }, async (reply, name) => {
      assertNoCors(reply);
      assertEquals(await refusalOf(reply), [403, expected], name);
    });
  });
}

Deno.test("createAdminApp() refuses each call that names no host", async () => {
  await everyRoute(
    {},
    async (reply) => {
      assertEquals(await refusalOf(reply), [403, "bad_host"]);
    },
    {},
    (request) => {
      request.headers.delete("host");
      return request;
    },
  );
});

for (const target of ["http://evil.test/", `http://evil.test:${PORT}/`, "http://[/"]) {
  Deno.test(`createAdminApp() refuses each call for ${target}, whatever its Host`, async () => {
    await everyRoute(
      {},
      async (reply) => {
        assertEquals(await refusalOf(reply), [403, "bad_host"]);
      },
      {},
      (request) => {
        const elsewhere = target + request.url.slice(`http://127.0.0.1:${PORT}/`.length);
        // No request can be made of it; one that comes over the wire has it all the same.
        Object.defineProperty(request, "url", { value: elsewhere });
        return request;
      },
    );
  });
}

/** What is a page of ours, or no page at all. */
const OWN: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  [`127.0.0.1:${PORT}`, { host: `localhost:${PORT}`, origin: `http://localhost:${PORT}` }],
  [`127.0.0.1:${PORT}`, { host: `LOCALHOST:${PORT}` }],
  [`127.0.0.1:${PORT}`, { host: `[::1]:${PORT}` }],
  // An address cannot be made to lead elsewhere, so that another spelling of ours does no harm.
  [`127.0.0.1:${PORT}`, { host: `[::ffff:127.0.0.1]:${PORT}` }],
  [`127.0.0.1:${PORT}`, { origin: `http://127.0.0.1:${PORT}`, "sec-fetch-site": "same-origin" }],
  [`0.0.0.0:${PORT}`, { host: `192.168.1.2:${PORT}`, origin: `http://192.168.1.2:${PORT}` }],
  ["127.0.0.1:80", { host: "127.0.0.1" }],
];

for (const [listener, headers] of OWN) {
  Deno.test(`createAdminApp() at ${listener} answers ${JSON.stringify(headers)}`, async () => {
    const url = `http://${headers["host"] ?? listener}`;
    await everyRoute(
      { headers },
      (reply, name) => {
        assert(![403, 415].includes(reply.status) || name.startsWith("POST /session"), name);
      },
      { listener },
      (request) => {
        const { pathname, search } = new URL(request.url);
        return new Request(url + pathname + search, request);
      },
    );
  });
}

Deno.test("createAdminApp() takes nothing but looks from who typed the address", async () => {
  await everyRoute({ headers: { "sec-fetch-site": "none" } }, async (reply, name) => {
    if (name.startsWith("GET ")) assertEquals(reply.status, 200, name);
    else assertEquals(await refusalOf(reply), [403, "cross_site"], name);
  });
});

/** Bodies that are not read, by status and reason; a call that takes no body refuses them, too. */
const BAD_BODIES: readonly (readonly [string, number, string, CallOptions])[] = [
  ["text/plain", 415, "unsupported_media_type", typed("text/plain")],
  [
    "text/plain with JSON behind it",
    415,
    "unsupported_media_type",
    typed("text/plain;application/json"),
  ],
  ["no text/json", 415, "unsupported_media_type", typed("text/json")],
  ["no other JSON", 415, "unsupported_media_type", typed("application/json-patch+json")],
  ["multipart", 415, "unsupported_media_type", typed("multipart/form-data; boundary=x")],
  ["a form of a page", 415, "unsupported_media_type", {
    body: "{}",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: `http://127.0.0.1:${PORT}`,
    },
  }],
  ["a form of a page that hides", 415, "unsupported_media_type", {
    body: "{}",
    headers: { "content-type": "application/x-www-form-urlencoded", referer: "http://evil.test/" },
  }],
  ["a page's bytes without a type", 415, "unsupported_media_type", {
    body: "{}",
    headers: { "content-type": "", "sec-fetch-site": "same-origin" },
  }],
  ["9 KiB", 413, "body_too_large", { body: `{"a":"${"a".repeat(9 * 1024)}"}` }],
  ["one byte too much", 413, "body_too_large", { body: " ".repeat(8 * 1024 + 1) }],
];

function typed(type: string): CallOptions {
  return { body: '{"host":"a.test"}', headers: { "content-type": type } };
}

for (const [what, status, reason, call] of BAD_BODIES) {
  Deno.test(`createAdminApp() refuses each call that carries ${what}`, async () => {
    for (const { route, path } of ROWS.filter(({ route }) => !route.startsWith("GET "))) {
      using admin = makeAdmin();
      const [method, template] = route.split(" ");
      const reply = await admin.call(`${method} ${path ?? template}`, { token: TOKEN, ...call });
      assertEquals(await refusalOf(reply), [status, reason], route);
    }
  });
}

/** Bodies that say nothing, for calls that need one. */
const NOTHING: readonly (readonly [string, string, unknown])[] = [
  ["what is not JSON", "invalid_json", "{"],
  ["what is not UTF-8", "invalid_json", new Uint8Array([0x22, 0xff, 0x22])],
  ["a list", "invalid_json", "[]"],
  ["null", "invalid_json", "null"],
  ["a text", "invalid_json", '"a"'],
  ["an object without its keys", "invalid_json", "{}"],
  ["nothing", "missing_body", ""],
];

for (const [what, reason, body] of NOTHING) {
  Deno.test(`createAdminApp() answers 400 to ${what}`, async () => {
    for (const { route, path } of ROWS.filter((row) => row.body !== undefined)) {
      using admin = makeAdmin();
      const [method, template] = route.split(" ");
      const reply = await admin.call(`${method} ${path ?? template}`, { token: TOKEN, body });
      assertEquals(await refusalOf(reply), [400, reason], route);
    }
  });
}

Deno.test("createAdminApp() gives a page of others no leave, whatever it asks for", async () => {
  for (const { route, path } of ROWS) {
    using admin = makeAdmin();
    const [method = "", template] = route.split(" ");
    const asking = { "access-control-request-method": method };
    for (const headers of [{ origin: "https://evil.test", ...asking }, asking]) {
      const reply = await admin.call(`OPTIONS ${path ?? template}`, { headers });
      assertNoCors(reply);
      assertEquals(reply.status, "origin" in headers ? 403 : 405);
      await reply.body?.cancel();
    }
  }
});

Deno.test("createAdminApp() leaves HTTP for nobody", async () => {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  await everyRoute({ headers }, (reply, name) => {
    assert(reply.status !== 101, name);
    assertEquals(reply.headers.get("upgrade"), null);
  });
});

for (const path of ["/nothing", "/health/", "//health", "/pending/", "/pending/q1/x", "/HEALTH"]) {
  Deno.test(`createAdminApp() answers 404 to ${path}`, async () => {
    using admin = makeAdmin();
    for (const method of ["GET", "POST", "DELETE", "PUT", "OPTIONS"]) {
      assertEquals(await refusalOf(await admin.call(`${method} ${path}`)), [404, "not_found"]);
    }
  });
}

Deno.test("createAdminApp() answers 405 to other methods, and names those there are", async () => {
  using admin = makeAdmin();
  const { routes } = admin.app;
  for (const { route, path } of ROWS) {
    const [, template = ""] = route.split(" ");
    const taken: string[] = routes.filter((known) => known.path === template).map((known) =>
      known.method
    );
    for (const method of ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"]) {
      if (taken.includes(method)) continue;
      const reply = await admin.call(`${method} ${path ?? template}`);
      const allowed = taken.includes("GET") ? ["HEAD", ...taken] : taken;
      assertEquals(reply.headers.get("allow"), allowed.join(", "), route);
      assertEquals(await refusalOf(reply), [405, "method_not_allowed"]);
    }
  }
});

const SEALS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
  "server": "doorward",
};

function assertSealed({ headers }: Response, name: string): void {
  for (const [field, value] of Object.entries(SEALS)) {
    assertEquals(headers.get(field), value, `${name} ${field}`);
  }
  const policy = headers.get("content-security-policy")?.split("; ") ?? [];
  for (
    const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ]
  ) assert(policy.includes(part), `${name} ${part}`);
  assertEquals(policy.filter((part) => /unsafe|\*|data:|http/.test(part)), []);
}

function assertNoCors({ headers }: Response): void {
  assertEquals([...headers.keys()].filter((name) => name.startsWith("access-control-")), []);
}

Deno.test("createAdminApp() seals every answer, and tells the token to nobody", async () => {
  const check = async (reply: Response, name: string) => {
    assertSealed(reply, name);
    assertNoCors(reply);
    const told = name.startsWith("GET /events") ? "" : await reply.text();
    assert(!told.includes(TOKEN), name);
    assert(![...reply.headers].join("\n").includes(TOKEN), name);
    const type = reply.headers.get("content-type");
    const isPage = reply.status === 200 &&
      /^GET \/(\S*\.(js|css|svg)|events\S*|metrics)? /.test(name);
    if (!isPage) assertEquals(type, "application/json", name);
  };
  await everyRoute({}, check);
  await everyRoute({ token: null }, check, { auth: "all" });
  await everyRoute({ headers: { host: "evil.test" } }, check);
  using admin = makeAdmin();
  for (const name of ["GET /nothing", "PUT /health", "HEAD /health", "OPTIONS /health"]) {
    const reply = await admin.call(name, { token: TOKEN });
    assertSealed(reply, name);
    await reply.body?.cancel();
  }
});

Deno.test("createAdminApp() tells a fault of ours without its words, which are ours to read", async () => {
  using admin = makeAdmin({
    parts: { explain: () => Promise.reject(new TypeError("secret words")) },
  });
  const reply = await admin.call("GET /explain?url=a.test");
  assertSealed(reply, "a fault");
  const text = await reply.text();
  assertEquals([reply.status, JSON.parse(text).reason], [500, "internal_error"]);
  assert(!/secret|TypeError|\.ts|\bat /.test(text), text);
  assertEquals(admin.diagnosed.length, 1);
  assert(admin.diagnosed[0]!.startsWith("Cannot serve the admin API: TypeError: secret words\n"));
});

Deno.test("createAdminApp() answers HEAD like GET, without a body", async () => {
  using admin = makeAdmin();
  for (const { route, path } of ROWS.filter(({ route }) => route.startsWith("GET "))) {
    const reply = await admin.call(`HEAD ${path ?? route.slice(4)}`);
    assertEquals([reply.status, await reply.text()], [200, ""], route);
  }
  assertEquals(admin.base.feed.readers, 0);
});

Deno.test("createAdminApp() takes the key of a page for the token", async () => {
  using admin = makeAdmin({ auth: "all" });
  const key = admin.access.trade(admin.access.newCode());
  const reply = await admin.call("POST /allow", { token: key, body: { host: "a.test" } });
  assertEquals([reply.status, (await reply.json()).rule.pattern], [200, "a.test"]);
  assertEquals(admin.base.live.saying("allow", "a.test").length, 1);
});

Deno.test("createAdminApp() believes curl, which says of everything that it is a form", async () => {
  using admin = makeAdmin();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const reply = await admin.call("POST /mode", { body: '{"mode":"limited"}', headers });
  assertEquals((await reply.json()).mode, "limited");
});

Deno.test("createAdminApp() reads 8 KiB", async () => {
  using admin = makeAdmin();
  const body = '{"mode":"limited"}'.padEnd(8 * 1024, " ");
  assertEquals((await admin.call("POST /mode", { body })).status, 200);
});

/** Calls without the token, and what is said to whoever makes them. */
const SAID: readonly (readonly [string, unknown, string])[] = [
  ["PUT /health", undefined, "This path takes other methods"],
  ["GET /events?types=a", undefined, 'Cannot read "types": there are decision, blocked'],
  ["DELETE /allow", undefined, 'Cannot withdraw a rule: "host" is missing'],
  ["GET /explain", undefined, 'Cannot explain: "url" is missing'],
  ["DELETE /deny?host=a.test", undefined, "To withdraw a denial: send the token"],
  ["POST /pending/q1", { decision: "approve" }, "To approve a request: send the token"],
];

for (const [call, body, message] of SAID) {
  Deno.test(`createAdminApp() says to ${call}: ${message}`, async () => {
    using admin = makeAdmin();
    const reply = await (await admin.call(call, { body })).json();
    assertStringIncludes(reply.message, message);
  });
}
