import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { authorityFor, ENTRANCES, makeInside, requestRule } from "../support/inside.ts";
import { pseudo } from "../support/raw_http2.ts";
import { clientHello } from "../support/hello.ts";
import { fieldsOf, statusOf } from "../support/wire.ts";
import { ALLOWED_IP, type WorldPolicy } from "../support/world.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test", "DNS:evil.test", `IP:${ALLOWED_IP}`);

/** Both hosts are allowed: what is refused is refused for the tunnel alone. */
const POLICY = {
  allow: ["allowed.test", "evil.test", ALLOWED_IP],
  requestRules: [requestRule("allowed.test"), requestRule("evil.test"), requestRule(ALLOWED_IP)],
};
const RESOLVE = { "evil.test": ["93.184.216.35"] };
const OPTIONS = { policy: POLICY, world: { resolve: RESOLVE } };

function get(target: string, ...fields: readonly string[]): string {
  return [`GET ${target} HTTP/1.1`, ...fields, "", ""].join("\r\n");
}

/** What is refused with a record, and what is no request at all. */
const MISDIRECTED = 421;
const BAD = 400;

// Another host than the one of the tunnel, inside it.
const ASTRAY: Readonly<Record<string, readonly [request: string, status: number]>> = {
  "another host in Host": [get("/", "Host: evil.test"), MISDIRECTED],
  "another port in Host": [get("/", "Host: allowed.test:8443"), MISDIRECTED],
  "port 80 in Host": [get("/", "Host: allowed.test:80"), MISDIRECTED],
  "a subdomain in Host": [get("/", "Host: www.allowed.test"), MISDIRECTED],
  "the address of the host": [get("/", `Host: ${ALLOWED_IP}`), MISDIRECTED],
  "localhost": [get("/", "Host: localhost"), MISDIRECTED],
  "an absolute target elsewhere": [
    get("https://evil.test/", "Host: evil.test"),
    MISDIRECTED,
  ],
  "an absolute target elsewhere, and the right Host": [
    get("https://evil.test/", "Host: allowed.test"),
    BAD,
  ],
  "an absolute target here, and the wrong Host": [
    get("https://allowed.test/", "Host: evil.test"),
    BAD,
  ],
  "a plain target inside TLS": [get("http://allowed.test/", "Host: allowed.test"), 501],
  "a plain target elsewhere": [get("http://evil.test/", "Host: evil.test"), 501],
  "an absolute target elsewhere in HTTP/1.0": [
    "GET https://evil.test/ HTTP/1.0\r\n\r\n",
    MISDIRECTED,
  ],
  "no Host in HTTP/1.0": ["GET / HTTP/1.0\r\n\r\n", BAD],
  "no Host": [get("/"), BAD],
  "an empty Host": [get("/", "Host:"), BAD],
  "two Hosts": [get("/", "Host: allowed.test", "Host: evil.test"), BAD],
  "two equal Hosts": [get("/", "Host: allowed.test", "Host: allowed.test"), BAD],
  "two Hosts in one": [get("/", "Host: allowed.test,evil.test"), BAD],
  "user info": [get("/", "Host: allowed.test@evil.test"), BAD],
  "user info in front of the right host": [get("/", "Host: evil.test@allowed.test"), BAD],
  "user info in an absolute target": [
    get("https://allowed.test@evil.test/", "Host: allowed.test"),
    BAD,
  ],
  "a path in Host": [get("/", "Host: allowed.test/@evil.test"), BAD],
  "a NUL in Host": [get("/", "Host: allowed.test\0.evil.test"), BAD],
  "two dots at the end": [get("/", "Host: allowed.test.."), BAD],
  "a decimal address": [get("/", "Host: 1572395042"), BAD],
  "an authority for a target": [get("evil.test:443", "Host: allowed.test"), BAD],
  "no target": [get("*", "Host: allowed.test"), BAD],
  "a CONNECT": [
    "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n",
    405,
  ],
  "a CONNECT to the same host": [
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n",
    405,
  ],
};

for (const entrance of ENTRANCES) {
  for (const [what, [request, status]] of Object.entries(ASTRAY)) {
    Deno.test(`inner host: ${what} inside ${entrance} reaches nobody`, async () => {
      await using inside = await makeInside(AUTHORITY, OPTIONS);
      const client = await inside.secure({ entrance });
      await client.send(request);
      const answer = await client.readMessage();
      assertEquals(statusOf(answer), status, answer.raw);
      const { world, origin } = inside;
      assertEquals([world.lookups, world.dialled, origin.connections], [[], [], 0]);
      assertEquals(
        world.blocked.map(({ reason, host, port }) => [reason, host, port]),
        status === MISDIRECTED ? [["host_mismatch", ...placeIn(request)]] : [],
      );
    });
  }
}

/** The place that the record is to name: where the request wanted to go. */
function placeIn(request: string): [host: string, port: number] {
  const [host, port] = (/https:\/\/([^/]+)/.exec(request) ?? /Host: (.+)\r/.exec(request))![1]!
    .split(":");
  return [host!, Number(port ?? 443)];
}

/** Spellings of the host of the tunnel; what arrives is the one that was judged. */
const SAME = ["allowed.test", "ALLOWED.TEST", "allowed.test.", "allowed.test:443"];

for (const host of SAME) {
  Deno.test(`inner host: "${host}" is the host of the tunnel, and arrives as it was judged`, async () => {
    await using inside = await makeInside(AUTHORITY, OPTIONS);
    const client = await inside.secure();
    await client.send(get("/", `Host: ${host}`));
    assertEquals(statusOf(await client.readMessage()), 200);
    const stream = await inside.http2();
    assertEquals((await stream.ask(pseudo({ authority: host }))).status, 200);
    assertEquals(inside.origin.arrived.map((it) => it.host), ["allowed.test", "allowed.test"]);
  });
}

Deno.test("inner host: a tunnel may be asked for in any spelling of the host", async () => {
  await using inside = await makeInside(AUTHORITY, OPTIONS);
  const client = await inside.secure({ host: "ALLOWED.test.", sni: "allowed.test" });
  await client.send(get("https://Allowed.Test/x", "Host: allowed.test"));
  assertEquals(statusOf(await client.readMessage()), 200);
  await client.send(get("/", "Host: evil.test"));
  assertEquals(statusOf(await client.readMessage()), MISDIRECTED);
  assertEquals(inside.origin.arrived.map((it) => [it.host, it.path]), [["allowed.test", "/x"]]);
});

for (const [upstream, http2] of [["HTTP/1.1", false], ["HTTP/2", true]] as const) {
  Deno.test(`inner host: a later request elsewhere takes no kept connection of ${upstream}`, async () => {
    await using inside = await makeInside(AUTHORITY, { ...OPTIONS, origin: { http2 } });
    const client = await inside.secure();
    const stream = await inside.http2();
    for (const path of ["/1", "/2"]) {
      await client.send(get(path, "Host: allowed.test"));
      assertEquals(statusOf(await client.readMessage()), 200);
      assertEquals(await stream.ask(pseudo({ path })), { status: 200, body: "hello", reset: null });
      await client.send(get("/no", "Host: evil.test"));
      assertEquals(statusOf(await client.readMessage()), MISDIRECTED);
      const astray = await stream.ask(pseudo({ authority: "evil.test", path: "/no" }));
      assertStringIncludes(astray.body, "host_mismatch");
    }
    assertEquals(inside.origin.arrived.map((it) => it.path), ["/1", "/1", "/2", "/2"]);
    assertEquals(inside.world.blocked.map((it) => it.reason), Array(4).fill("host_mismatch"));
    assertEquals(inside.world.dialled, ["93.184.216.34:443", "93.184.216.34:443"]);
  });
}

Deno.test("inner host: requests sent in one go are judged one by one", async () => {
  await using inside = await makeInside(AUTHORITY, OPTIONS);
  const client = await inside.secure();
  await client.send(
    get("/1", "Host: allowed.test") + get("/2", "Host: evil.test") +
      get("/3", "Host: allowed.test"),
  );
  const statuses = [];
  for (let count = 0; count < 3; count++) statuses.push(statusOf(await client.readMessage()));
  assertEquals(statuses, [200, MISDIRECTED, 200]);
  assertEquals(inside.origin.arrived.map((it) => it.path), ["/1", "/3"]);
});

const STREAMS: Readonly<Record<string, readonly [string, string][]>> = {
  "another :authority": pseudo({ authority: "evil.test" }),
  "another port in :authority": pseudo({ authority: "allowed.test:8443" }),
  "user info in :authority": pseudo({ authority: "evil.test@allowed.test" }),
  "user info with the wrong host": pseudo({ authority: "allowed.test@evil.test" }),
  "two :authority": [...pseudo(), [":authority", "evil.test"]],
  "another host beside :authority": [...pseudo(), ["host", "evil.test"]],
  "the right host beside another :authority": [
    ...pseudo({ authority: "evil.test" }),
    ["host", "allowed.test"],
  ],
  "another host and no :authority": [...pseudo({ authority: null }), ["host", "evil.test"]],
  "the wrong one of two hosts": [...pseudo(), ["host", "allowed.test"], ["host", "evil.test"]],
  "two hosts and no :authority": [
    ...pseudo({ authority: null }),
    ["host", "allowed.test"],
    ["host", "evil.test"],
  ],
  "no host at all": pseudo({ authority: null }),
  "an empty :authority": pseudo({ authority: "" }),
  "an absolute :path": pseudo({ path: "https://evil.test/" }),
  "an absolute :path with its :authority": pseudo({
    path: "https://evil.test/",
    authority: "evil.test",
  }),
  "an :authority of two lines": pseudo({ authority: "allowed.test\r\nHost: evil.test" }),
  "a :path that ends the line": pseudo({ path: "/ HTTP/1.1\r\nHost: evil.test\r\n\r\n" }),
  "a :path with a blank": pseudo({ path: "/ HTTP/1.1" }),
  "a :method that ends the line": pseudo({ method: "GET / HTTP/1.1\r\nX:" }),
  "a :path that is empty": pseudo({ path: "" }),
  "no :path": pseudo({ path: null }),
  "a Host in capitals": [...pseudo(), ["Host", "evil.test"]],
  "a pseudo-field behind the others": [...pseudo({ authority: null }), ["a", "b"], [
    ":authority",
    "evil.test",
  ]],
  "Transfer-Encoding": [...pseudo(), ["transfer-encoding", "chunked"]],
  "Connection": [...pseudo(), ["connection", "host"]],
  "a CONNECT": [[":method", "CONNECT"], [":authority", "evil.test:443"]],
  "a CONNECT to the same host": [[":method", "CONNECT"], [":authority", "allowed.test:443"]],
  "an extended CONNECT": [...pseudo({ method: "CONNECT" }), [":protocol", "websocket"]],
};

for (const http2 of [false, true]) {
  for (const [what, fields] of Object.entries(STREAMS)) {
    const upstream = http2 ? "HTTP/2" : "HTTP/1.1";
    Deno.test(`inner host: ${what} in HTTP/2 reaches no server of ${upstream}`, async () => {
      await using inside = await makeInside(AUTHORITY, { ...OPTIONS, origin: { http2 } });
      const client = await inside.http2();
      const { status, reset } = await client.ask(fields);
      const isRefused = reset !== null || [400, 405, 421].includes(status ?? 0);
      assert(isRefused, `${status} ${reset}`);
      const { world, origin } = inside;
      assertEquals([world.dialled, origin.arrived], [[], []]);
    });
  }
}

Deno.test("inner host: a field of HTTP/2 that would be two in HTTP/1.1 is none", async () => {
  for (const http2 of [false, true]) {
    await using inside = await makeInside(AUTHORITY, { ...OPTIONS, origin: { http2 } });
    const client = await inside.http2();
    const two = [["a", "b\r\nHost: evil.test"], ["host: evil.test\r\na", "b"], [
      "e\nf",
      "g",
    ]] as const;
    await client.ask([...pseudo(), ...two]);
    const arrived = inside.origin.arrived.map((
      { host, headers },
    ) => [host, Object.values(headers)]);
    assert(!JSON.stringify(arrived).includes("evil.test"), JSON.stringify(arrived));
  }
});

Deno.test("inner host: a field with another meaning elsewhere is no host here", async () => {
  await using inside = await makeInside(AUTHORITY, {
    ...OPTIONS,
    policy: { ...POLICY, dangerouslyAllowAllUnixSockets: true },
  });
  const words = [
    "X-Unix-Socket: /var/run/docker.sock",
    "X-Forwarded-Host: evil.test",
    "Forwarded: host=evil.test",
    "X_Forwarded_Host: evil.test",
    "Proxy-Authorization: Basic eDp5",
    "Proxy-Connection: keep-alive",
  ];
  const client = await inside.secure();
  await client.send(get("/", "Host: allowed.test", ...words));
  assertEquals(statusOf(await client.readMessage()), 200);
  const stream = await inside.http2();
  const pairs = words.map((word) => word.toLowerCase().split(": ") as [string, string])
    .filter(([name]) => name !== "proxy-connection");
  assertEquals((await stream.ask([...pseudo(), ...pairs])).status, 200);
  const names = inside.origin.arrived.flatMap(({ headers }) => Object.keys(headers));
  assertEquals(names.sort(), ["host", "host", "via", "via"]);
});

Deno.test("inner host: OPTIONS of the whole server goes to the server of the tunnel", async () => {
  await using inside = await makeInside(AUTHORITY, OPTIONS);
  const client = await inside.secure();
  await client.send("OPTIONS * HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  assertEquals(statusOf(await client.readMessage()), 200);
  await client.send("OPTIONS * HTTP/1.1\r\nHost: evil.test\r\n\r\n");
  assertEquals(statusOf(await client.readMessage()), MISDIRECTED);
  assertEquals(inside.origin.arrived.map((it) => [it.path, it.host]), [["*", "allowed.test"]]);
});

for (const entrance of ENTRANCES) {
  for (
    const [what, names] of [
      ["another name", ["evil.test"]],
      ["two names", ["allowed.test", "evil.test"]],
      ["a name with a dot", ["allowed.test."]],
      ["a name with a NUL", ["allowed.test\0.evil.test"]],
      ["an address", [ALLOWED_IP]],
    ] as const
  ) {
    Deno.test(`inner host: ${what} in the handshake inside ${entrance} ends it`, async () => {
      await using inside = await makeInside(AUTHORITY, OPTIONS);
      const client = await inside.tunnel({ entrance });
      await client.send(clientHello({ names }));
      assertEquals(await client.readAll(), "\x15\x03\x03\x00\x02\x02\x70");
      const { world, origin } = inside;
      assertEquals(world.blocked.map((it) => it.reason), ["sni_mismatch"]);
      assertEquals([world.dialled, world.lookups, origin.connections], [[], [], 0]);
    });
  }

  Deno.test(`inner host: a name inside a tunnel to an address by ${entrance} is another host`, async () => {
    await using inside = await makeInside(AUTHORITY, OPTIONS);
    const client = await inside.secure({ entrance, host: ALLOWED_IP, sni: "evil.test" });
    await client.send(get("/", "Host: evil.test"));
    assertEquals(statusOf(await client.readMessage()), MISDIRECTED);
    await client.send(get("/", "Host: allowed.test"));
    assertEquals(statusOf(await client.readMessage()), MISDIRECTED);
    await client.send(get("/", `Host: ${ALLOWED_IP}`));
    assertEquals(statusOf(await client.readMessage()), 200);
    assertEquals(inside.origin.arrived.map((it) => it.host), [ALLOWED_IP]);
    assertEquals(inside.world.lookups, []);
  });
}

Deno.test("inner host: a denied name in the handshake ends a tunnel to an address", async () => {
  await using inside = await makeInside(AUTHORITY, {
    ...OPTIONS,
    policy: { ...POLICY, deny: ["denied.test"] },
  });
  const client = await inside.tunnel({ host: ALLOWED_IP });
  await client.send(clientHello({ names: ["denied.test"] }));
  await client.readAll();
  assertEquals(inside.world.blocked.map((it) => it.reason), ["sni_mismatch"]);
  assertEquals(inside.world.dialled, []);
});

Deno.test("inner host: no tunnel to an address is a way round the request rules of a name", async () => {
  await using inside = await makeInside(AUTHORITY, {
    ...OPTIONS,
    policy: {
      allow: [ALLOWED_IP],
      requestRules: [requestRule("allowed.test")],
      sniBinding: true,
    },
  });
  for (const entrance of ENTRANCES) {
    const client = await inside.tunnel({ entrance, host: ALLOWED_IP });
    await client.send(clientHello({ names: ["allowed.test"] }));
    await client.readAll();
  }
  const { world, origin } = inside;
  assertEquals(world.blocked.map((it) => it.reason), ["sni_mismatch", "sni_mismatch"]);
  assertEquals(origin.arrived, []);
});

// What nobody sees cannot be told from what was allowed.
Deno.test("inner host: fronting passes an opaque tunnel, and a rule that asks for nothing closes it", async () => {
  const rows: readonly (readonly [WorldPolicy["requestRules"] & object, string[]])[] = [
    [[], ["evil.test"]],
    [POLICY.requestRules, []],
  ];
  for (const [requestRules, arrived] of rows) {
    await using inside = await makeInside(AUTHORITY, {
      ...OPTIONS,
      policy: { ...POLICY, requestRules, sniBinding: true },
    });
    const client = await inside.secure();
    await client.send(get("/", "Host: evil.test"));
    await client.readMessage();
    assertEquals(inside.origin.arrived.map((it) => it.host), arrived);
  }
});

Deno.test("inner host: the refusal says whom the tunnel leads to, and is told as a tunnel's is", async () => {
  await using inside = await makeInside(AUTHORITY, OPTIONS);
  const client = await inside.secure();
  await client.send(get("/secret?token=1", "Host: evil.test", "Authorization: Bearer x"));
  const answer = await client.readMessage();
  assertStringIncludes(answer.body, "CODEX_NETWORK_POLICY_DECISION {");
  assertStringIncludes(answer.body, "allowed.test:443");
  assertEquals(fieldsOf(answer, "x-proxy-error"), ["blocked-by-policy"]);
  const said = JSON.stringify([answer, inside.world.blocked, inside.world.unsaid]);
  assert(!/token=1|Bearer/.test(said), said);
});
