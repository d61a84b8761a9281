import { assert, assertEquals } from "@std/assert";
import { authorityFor, type InsideWorld, makeInside, requestRule } from "../support/inside.ts";
import { pseudo } from "../support/raw_http2.ts";
import { statusOf } from "../support/wire.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test");
const POLICY = {
  requestRules: [
    requestRule("allowed.test", {
      methods: ["GET"],
      paths: [{ kind: "prefix", path: "/repos/mine/" }],
    }),
  ],
};

// A character a byte, as it goes over the wire.
const OUTSIDE: readonly string[] = [
  "/",
  "/repos/mine",
  "/repos/mine-evil/x",
  "/repos/minEvil/",
  "/repos/Mine/x",
  "/REPOS/mine/x",
  "/repos/yours/x",
  "//repos/mine/x",
  "/repos//mine/x",
  "/repos/mine//x",
  "/repos/mine/../yours/x",
  "/repos/mine/x/../../yours/x",
  "/repos/mine/..",
  "/repos/mine/.",
  "/repos/mine/./x",
  "/repos/mine/..;/yours/x",
  "/repos/mine/..;a=b/yours/x",
  "/repos/mine/.;/x",
  "/repos/mine/;/x",
  "/repos/mine/;x/../yours",
  "/repos/mine/... /x",
  "/repos/mine/.../x",
  "/repos/mine/%2e%2e/yours/x",
  "/repos/mine/%2E%2E/yours/x",
  "/repos/mine/.%2e/yours/x",
  "/repos/mine/%2e/x",
  "/repos/mine/%2e%2e;/yours",
  "/repos/mine%2f..%2fyours/x",
  "/repos/mine%2Fx",
  "/repos/mine/x%2f..%2f..%2fyours",
  "/repos%2fmine/x",
  "/repos/mine/..%2fyours",
  "/repos/mine/%252e%252e/yours/x",
  "/repos/mine/%25252e%25252e/yours/x",
  "/repos/mine/%252f..%252fyours",
  "/repos/mine\\..\\yours\\x",
  "/repos/mine/..\\yours",
  "/repos/mine/%5c..%5cyours",
  "/repos/mine/..%5cyours",
  "/repos/mine/%c0%ae%c0%ae/yours/x",
  "/repos/mine/%c0%af..%c0%afyours",
  "/repos/mine/%e0%80%ae%e0%80%ae/yours",
  "/repos/mine/%f0%80%80%ae/yours",
  "/repos/mine/%ef%bc%8e%ef%bc%8e/yours/x",
  "/repos/mine/%ef%bc%8f..%ef%bc%8fyours",
  "/repos/mine/%e2%80%a5/yours",
  "/repos/mine/\xef\xbc\x8e\xef\xbc\x8e/yours",
  "/repos/mine/\xc0\xae\xc0\xae/yours",
  "/repos/mine/%u002e%u002e/yours",
  "/repos/mine/%2",
  "/repos/mine/%zz",
  "/repos/mine/%00/x",
  "/repos/mine/x%00/../../yours",
  "/repos/mine/x%0d%0aHost:%20evil.test",
  "/repos/mine/x%0a",
  "/repos/mine/x#/../../yours",
  "/repos/mine/#",
  "/repos/mine/..?/x",
  "/repos/mine/..#/x",
  "/repos/yours?/repos/mine/",
  "/repos/yours#/repos/mine/",
  "/repos/yours;/repos/mine/",
  "/?/repos/mine/x",
  "repos/mine/x",
  "*",
  "\\repos\\mine\\x",
  "/.//repos/mine/x",
  "/x/../repos/mine/x",
  "/%2e/repos/mine/x",
  "/repos/./mine/x",
  "/repos/mine/\x7f",
  "/repos/mine/\x01",
  "/repos/mine/\xff",
  "/repos/mine/a\tb",
  "/repos/mine/..\t/yours",
  "/repos/mine/%20%2e%2e/yours",
  "/repos/mine/..%20/yours",
  "/repos/mine/%09../yours",
  "https://allowed.test/repos/mine/../yours/x",
  "https://allowed.test/repos/yours/x",
  "https://allowed.test?/repos/mine/x",
  "https://allowed.test/repos/mine/%2e%2e/yours/x",
  "https://allowed.test\\repos\\mine\\x",
  "https://allowed.test@evil.test/repos/mine/x",
];

const WITHIN: readonly string[] = [
  "/repos/mine/",
  "/repos/mine/x",
  "/repos/mine/x/",
  "/repos/mine/x/y.z",
  "/repos/mine/..x",
  "/repos/mine/x..",
  "/repos/mine/x?a=b&c=../../yours",
  "/repos/mine/x?%2e%2e%2f",
  "/repos/mine/?/../yours",
  "/repos/mine/a;b=c",
  "/repos/mine/a%20b",
  "/repos/mine/%e4%bd%a0",
  "/repos/%6dine/x",
  "/%72epos/mine/x",
  "/repos/mine/x%3Fy",
  "/repos/mine/@:!$&'()*+,=",
  "/repos/mine/%7Ex",
];

const BOTH = [false, true];

for (const http2 of BOTH) {
  const upstream = http2 ? "HTTP/2" : "HTTP/1.1";

  Deno.test(`path rules: no spelling gets out of the prefix to a server of ${upstream}`, async () => {
    await using inside = await makeInside(AUTHORITY, { policy: POLICY, origin: { http2 } });
    for (const path of OUTSIDE) {
      await using client = await inside.secure();
      await client.send(`GET ${path} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
      const status = statusOf(await client.readMessage());
      assert([400, 403, 501].includes(status), `${status} for ${path}`);
    }
    assertEquals(inside.origin.connections, 0, JSON.stringify(inside.origin.arrived));
  });

  Deno.test(`path rules: in HTTP/2 no spelling gets out of the prefix to a server of ${upstream}`, async () => {
    await using inside = await makeInside(AUTHORITY, { policy: POLICY, origin: { http2 } });
    for (const path of OUTSIDE) {
      const client = await inside.http2();
      const { status, reset } = await client.ask(pseudo({ path }));
      client.wire.close();
      assert(reset !== null || [400, 403].includes(status ?? 0), `${status} for ${path}`);
    }
    assertEquals(inside.origin.connections, 0, JSON.stringify(inside.origin.arrived));
  });

  Deno.test(`path rules: what is within reaches a server of ${upstream} as it was sent`, async () => {
    await using inside = await makeInside(AUTHORITY, { policy: POLICY, origin: { http2 } });
    const client = await inside.secure();
    const streams = await inside.http2();
    for (const path of WITHIN) {
      await client.send(`GET ${path} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
      assertEquals(statusOf(await client.readMessage()), 200, path);
      await client.send(`GET https://allowed.test${path} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
      assertEquals(statusOf(await client.readMessage()), 200, path);
      assertEquals((await streams.ask(pseudo({ path }))).body, "hello", path);
    }
    assertEquals(pathsIn(inside), WITHIN.flatMap((path) => [path, path, path]));
  });
}

function pathsIn({ origin }: InsideWorld): string[] {
  return origin.arrived.map(({ path }) => path);
}

// G3, and what stands in its way.
Deno.test("path rules: what is asked of method, path and body holds for each request of a connection", async () => {
  await using inside = await makeInside(AUTHORITY, { policy: POLICY });
  const client = await inside.secure();
  const streams = await inside.http2();
  const ROWS = [
    ["GET", "/repos/mine/1", 200],
    ["POST", "/repos/mine/1", 403],
    ["GET", "/repos/yours", 403],
    ["HEAD", "/repos/mine/1", 403],
    ["get", "/repos/mine/1", 403],
    ["GET", "/repos/mine/2", 200],
  ] as const;
  for (const [method, path, status] of ROWS) {
    await client.send(`${method} ${path} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
    const answer = await client.readMessage({ headOnly: method === "HEAD" });
    assertEquals(statusOf(answer), status, `${method} ${path}`);
    await streams.ask(pseudo({ method, path }));
  }
  assertEquals(pathsIn(inside), [
    "/repos/mine/1",
    "/repos/mine/1",
    "/repos/mine/2",
    "/repos/mine/2",
  ]);
  assertEquals(inside.world.blocked.map((it) => it.reason), Array(8).fill("mitm_hook_denied"));
});

Deno.test("path rules: a method that a header or a protocol hides is none of the rule's", async () => {
  await using inside = await makeInside(AUTHORITY, { policy: POLICY });
  const LINES = [
    "X-HTTP-Method-Override: DELETE",
    "x_http_method: DELETE",
    "Connection: Upgrade\r\nUpgrade: websocket",
    "Upgrade: h2c",
  ];
  for (const line of LINES) {
    const client = await inside.secure();
    await client.send(`GET /repos/mine/x HTTP/1.1\r\nHost: allowed.test\r\n${line}\r\n\r\n`);
    assertEquals(statusOf(await client.readMessage()), 403, line);
  }
  assertEquals(inside.origin.connections, 0);
});

Deno.test("path rules: a field by which some servers take another path does not arrive", async () => {
  const FIELDS = ["X-Original-URL", "X-Rewrite-URL", "x_original_url", "X-Rewrite_URL"];
  const lines = FIELDS.map((name) => `${name}: /repos/yours\r\n`).join("");
  for (const http2 of BOTH) {
    await using inside = await makeInside(AUTHORITY, { policy: POLICY, origin: { http2 } });
    const client = await inside.secure();
    await client.send(`GET /repos/mine/x HTTP/1.1\r\nHost: allowed.test\r\n${lines}\r\n`);
    assertEquals(statusOf(await client.readMessage()), 200);
    const streams = await inside.http2();
    const pairs = FIELDS.map((name) => [name.toLowerCase(), "/repos/yours"] as const);
    await streams.ask([...pseudo({ path: "/repos/mine/x" }), ...pairs]);
    assertEquals(inside.origin.arrived.length, 2);
    assert(!JSON.stringify(inside.origin.arrived).includes("yours"));
  }
});

Deno.test("path rules: the query of what was blocked is told to nobody", async () => {
  await using inside = await makeInside(AUTHORITY, { policy: POLICY });
  const client = await inside.secure();
  await client.send("GET /repos/yours?token=secret HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  const answer = await client.readMessage();
  assertEquals(statusOf(answer), 403);
  assert(!JSON.stringify([answer, inside.world.blocked]).includes("secret"));
});
