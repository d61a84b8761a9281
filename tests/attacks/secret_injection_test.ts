import { assert, assertEquals } from "@std/assert";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import {
  authorityFor,
  type InsideWorld,
  makeInside,
  requestRule,
  type TunnelOptions,
} from "../support/inside.ts";
import { eventsOf } from "../support/feed.ts";
import { pseudo, RawHttp2 } from "../support/raw_http2.ts";
import { rule } from "../support/policy.ts";
import { statusOf } from "../support/wire.ts";
import { type Answerer, startTlsOrigin } from "../support/tls_origin.ts";
import type { WorldPolicy } from "../support/world.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test", "DNS:evil.test");

const SECRET = "sk-never-to-be-seen";
const WORDS = `Bearer ${SECRET}`;
const INJECTED = [{ name: "X-Api-Key", value: () => WORDS }];

/** Whatever is read from `/mine/` of the allowed host goes with the secret; nothing else goes at all. */
const POLICY: WorldPolicy = {
  allow: ["allowed.test", "evil.test"],
  requestRules: [
    requestRule("allowed.test", { paths: [{ kind: "prefix", path: "/mine/" }] }, INJECTED),
    requestRule("evil.test"),
  ],
};

function worldOf(
  { policy = POLICY, http2 = false, answer }: {
    policy?: WorldPolicy;
    http2?: boolean;
    answer?: Answerer;
  } = {},
): Promise<InsideWorld> {
  return makeInside(AUTHORITY, {
    policy,
    origin: { http2, ...(answer === undefined ? {} : { answer }) },
    world: { resolve: { "evil.test": ["93.184.216.35"] } },
  });
}

async function ask(
  inside: InsideWorld,
  lines: readonly string[],
  body = "",
  options?: TunnelOptions,
): Promise<number> {
  const client = await inside.secure(options);
  const host = options?.host ?? "allowed.test";
  await client.send([...lines.toSpliced(1, 0, `Host: ${host}`), "", body].join("\r\n"));
  return statusOf(await client.readMessage());
}

/** The values of the field by which a server of CGI may know the secret. */
function keysIn({ origin }: Pick<InsideWorld, "origin">): unknown[] {
  return origin.arrived.map(({ headers, trailers }) =>
    Object.entries({ ...headers, ...trailers })
      .filter(([name]) => name.replaceAll("_", "-") === "x-api-key")
      .map(([, value]) => value)
  );
}

for (const http2 of [false, true]) {
  const upstream = http2 ? "HTTP/2" : "HTTP/1.1";
  const OWN: Readonly<Record<string, readonly string[]>> = {
    "nothing of the client's": [],
    "one of the client's": ["X-Api-Key: mine"],
    "two of the client's": ["X-Api-Key: mine", "x-api-key: too"],
    "one with underscores": ["X_Api_Key: mine", "x_api-key: mine", "X-Api_Key: mine"],
    "its nomination": ["Connection: x-api-key", "X-Api-Key: mine"],
    "its nomination alone": ["Connection: X-Api-Key, close"],
  };
  for (const [what, lines] of Object.entries(OWN)) {
    Deno.test(`secret: with ${what} the server of ${upstream} gets ours once`, async () => {
      await using inside = await worldOf({ http2 });
      assertEquals(await ask(inside, ["GET /mine/1 HTTP/1.1", ...lines]), 200);
      const stream = await inside.http2();
      const pairs = lines.map((line) => line.toLowerCase().split(": ") as [string, string])
        .filter(([name]) => name !== "connection");
      assertEquals((await stream.ask([...pseudo({ path: "/mine/1" }), ...pairs])).status, 200);
      assertEquals(keysIn(inside), [[WORDS], [WORDS]]);
    });
  }

  for (const name of ["X-Api-Key", "x_api_key", "X-Api_Key"]) {
    Deno.test(`secret: ${name} behind a body does not reach a server of ${upstream}`, async () => {
      await using inside = await worldOf({ http2 });
      const chunks = `2\r\nhi\r\n0\r\n${name}: mine\r\nX-Sum: 1\r\n\r\n`;
      const lines = ["POST /mine/1 HTTP/1.1", "Transfer-Encoding: chunked", `Trailer: ${name}`];
      assertEquals(await ask(inside, lines, chunks), 200);
      const stream = await inside.http2();
      const trailers = [[name.toLowerCase(), "mine"]] as const;
      const sent = { data: ["hi"], trailers };
      await stream.ask(pseudo({ method: "POST", path: "/mine/1" }), sent);
      assertEquals(keysIn(inside), [[WORDS], [WORDS]]);
    });
  }
}

Deno.test("secret: it goes nowhere but where its rule says", async () => {
  await using inside = await worldOf();
  assertEquals(await ask(inside, ["GET /mine HTTP/1.1"]), 403);
  assertEquals(await ask(inside, ["GET /mine/../yours HTTP/1.1"]), 403);
  assertEquals(await ask(inside, ["GET /yours HTTP/1.1"]), 403);
  assertEquals(await ask(inside, ["GET /mine/1 HTTP/1.1"], "", { host: "evil.test" }), 200);
  assertEquals(keysIn(inside), [[]]);
  assertEquals(inside.world.dialled, ["93.184.216.35:443"]);
});

Deno.test("secret: of several rules the first that fits says what goes along", async () => {
  const policy: WorldPolicy = {
    allow: ["allowed.test"],
    requestRules: [
      requestRule("allowed.test", { methods: ["POST"] }, INJECTED),
      requestRule("allowed.test", { methods: ["GET", "POST"] }),
    ],
  };
  await using inside = await worldOf({ policy });
  const client = await inside.secure();
  const send = async (line: string) => {
    await client.send(`${line} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
    assertEquals(statusOf(await client.readMessage()), 200);
  };
  // On one connection, so that what was put into one request could stick to the next.
  for (const line of ["GET /", "POST /", "GET /"]) await send(line);
  assertEquals(keysIn(inside), [[], [WORDS], []]);
  assertEquals(inside.world.dialled.length, 1);
});

Deno.test("secret: a redirect takes nothing along to another host", async () => {
  await using inside = await worldOf({
    answer: ({ host }, response) => {
      if (host !== "allowed.test") return void response.end("got you");
      response.writeHead(302, { location: "https://evil.test/mine/1" });
      response.end();
    },
  });
  assertEquals(await ask(inside, ["GET /mine/1 HTTP/1.1"]), 302);
  assertEquals(await ask(inside, ["GET /mine/1 HTTP/1.1"], "", { host: "evil.test" }), 200);
  assertEquals(keysIn(inside), [[WORDS], []]);
});

Deno.test("secret: in the clear it does not leave", async () => {
  await using inside = await worldOf();
  const { world } = inside;
  const get = "GET http://allowed.test/mine/1 HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
  assertEquals(statusOf(await world.ask(get)), 403);
  const toPort = get.replaceAll("allowed.test", "allowed.test:443");
  assertEquals(statusOf(await world.ask(toPort)), 403);
  for (const port of [80, 8080]) {
    const client = await inside.tunnel({ port });
    const host = port === 80 ? "allowed.test" : "allowed.test:8080";
    await client.send(`GET /mine/1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assertEquals(statusOf(await client.readMessage()), 403);
  }
  const client = await inside.tunnel({ port: 443 });
  await client.send("GET /mine/1 HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  await client.readEnd();
  assertEquals(world.dialled, []);
  assertEquals(world.blocked.map((it) => it.reason), [
    ...Array(4).fill("mitm_hook_denied"),
    "not_tls",
  ]);
});

Deno.test("secret: no connection that was made for plain HTTP is taken for TLS", async () => {
  const policy: WorldPolicy = {
    ...POLICY,
    requestRules: [
      requestRule("allowed.test", { paths: [{ kind: "prefix", path: "/open" }] }),
      ...POLICY.requestRules!,
    ],
  };
  let dials = 0;
  await using origin = await startTlsOrigin(AUTHORITY);
  await using inside = await makeInside(AUTHORITY, {
    policy,
    world: {
      // Whoever is there first answers in the clear, and keeps the connection.
      dial: (_to, signal) => dials++ === 0 ? null : tcpDialer(origin.address, signal),
    },
  });
  const { world } = inside;
  const before = "GET http://allowed.test:443/open HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n";
  for (const protocols of [["http/1.1"], ["h2"]]) {
    dials = 0;
    const client = await inside.secure({ before, protocols });
    if (protocols[0] === "h2") {
      await (await RawHttp2.begin(client)).ask(pseudo({ path: "/mine/1" }));
    } else {
      await client.send("GET /mine/1 HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
      assertEquals(statusOf(await client.readMessage()), 200);
    }
  }
  assertEquals(world.dialled.length, 4);
  assertEquals(keysIn({ origin }), [[WORDS], [WORDS]]);
  assert(!world.origin.received.includes(SECRET));
});

Deno.test("secret: an answer that shows the request does not show it", async () => {
  await using inside = await worldOf({
    answer: ({ headers }, response) => void response.end(JSON.stringify(headers)),
  });
  for (const method of ["TRACE", "trace", "Trace"]) {
    const client = await inside.secure();
    await client.send(`${method} /mine/1 HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
    const answer = await client.readMessage();
    assert(!answer.raw.includes(SECRET), answer.raw);
  }
  const stream = await inside.http2();
  const shown = await stream.ask(pseudo({ method: "TRACE", path: "/mine/1" }));
  assert(!shown.body.includes(SECRET), shown.body);
});

Deno.test("secret: refusals, records and events do not tell it", async () => {
  await using inside = await worldOf();
  const { world } = inside;
  const said: unknown[] = [];
  const client = await inside.secure();
  for (const line of ["GET /yours", "POST /mine", "GET /mine/1", "GET /mine/%2e%2e/"]) {
    await client.send(`${line} HTTP/1.1\r\nHost: allowed.test\r\n\r\n`);
    const answer = await client.readMessage();
    said.push(statusOf(answer) === 200 ? "" : answer.raw);
  }
  await client.send("GET /mine/1 HTTP/1.1\r\nHost: evil.test\r\n\r\n");
  said.push((await client.readMessage()).raw);
  said.push(world.blocked, world.unsaid, world.diagnosed);
  for (const type of ["decision", "blocked", "connection"] as const) {
    said.push(await eventsOf(world.proxy.feed, type));
  }
  const { document } = world.cell.current;
  said.push(Deno.inspect(document, { depth: 10 }), document, world.proxy.policy.rules);
  assert(!JSON.stringify(said).includes(SECRET), JSON.stringify(said));
  assertEquals(keysIn(inside), [[WORDS]]);
});

Deno.test("secret: a rule that is withdrawn takes it away from the next request", async () => {
  await using inside = await worldOf();
  const client = await inside.secure();
  const send = async () => {
    await client.send("GET /mine/1 HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
    return statusOf(await client.readMessage());
  };
  assertEquals(await send(), 200);
  inside.world.setPolicy({ allow: ["allowed.test"], interception: true });
  assertEquals(await send(), 200);
  inside.world.setPolicy({ allow: ["allowed.test"], deny: ["allowed.test"], interception: true });
  assertEquals(await send(), 403);
  assertEquals(keysIn(inside), [[WORDS], []]);
});

Deno.test("secret: one that no header can hold is not sent, nor shown", async () => {
  const policy: WorldPolicy = {
    allow: ["allowed.test"],
    requestRules: [requestRule("allowed.test", {}, [{
      name: "X-Api-Key",
      value: () => `${SECRET}\r\nHost: evil.test`,
    }])],
  };
  await using inside = await makeInside(AUTHORITY, { policy, world: { troubled: true } });
  const client = await inside.secure();
  await client.send("GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  const answer = await client.readAll();
  assert(!answer.includes(SECRET), answer);
  assert(!inside.world.diagnosed.join("").includes(SECRET), inside.world.diagnosed.join(""));
  assertEquals(inside.origin.arrived, []);
});

Deno.test("secret: what a rule asks of a header is asked of what arrives", async () => {
  const policy: WorldPolicy = {
    allow: ["allowed.test"],
    requestRules: [requestRule("allowed.test", {
      headers: [{ name: "x-tenant", values: [{ kind: "exact", text: "ours" }] }],
    })],
  };
  const ROWS: readonly (readonly [number, ...string[]])[] = [
    [200, "X-Tenant: ours"],
    [403, "X-Tenant: theirs"],
    [403, "X_Tenant: ours"],
    [403, "X-Tenant: ours", "X-Tenant: theirs"],
    [403, "X-Tenant: ours", "X_Tenant: theirs"],
    [403, "X-Tenant: ours", "Connection: x-tenant"],
    [403, "X-Tenant: ours", "Connection: close, X-Tenant"],
  ];
  await using inside = await worldOf({ policy });
  for (const [status, ...lines] of ROWS) {
    assertEquals(await ask(inside, ["GET / HTTP/1.1", ...lines]), status, lines.join());
  }
  const late = "0\r\nX-Tenant: theirs\r\nX_Tenant: theirs\r\n\r\n";
  const lines = ["POST / HTTP/1.1", "X-Tenant: ours", "Transfer-Encoding: chunked"];
  assertEquals(await ask(inside, lines, late), 200);
  assertEquals(inside.origin.arrived.map((it) => it.headers["x-tenant"]), ["ours", "ours"]);
  assertEquals(inside.origin.arrived.map((it) => it.trailers), [{}, {}]);
});

Deno.test("secret: the words of a rule are not those of the secret", () => {
  const made = requestRule("allowed.test", {}, INJECTED);
  assert(!JSON.stringify([made, rule("allow", "allowed.test")]).includes(SECRET));
});
