import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  authorityFor,
  ENTRANCES,
  type InsideOptions,
  type InsideWorld,
  makeInside,
  openTunnel,
} from "../support/inside.ts";
import { clientHello } from "../support/hello.ts";
import { until } from "../support/in_time.ts";
import { silent } from "../support/origin.ts";
import { type Pairs, pseudo, type RawBody } from "../support/raw_http2.ts";
import { askSocks, domainAddress, socksRequest } from "../support/socks.ts";
import { fieldsOf, statusOf, Wire } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const AUTHORITY = await authorityFor("DNS:allowed.test");
const LIMITED = { mode: "limited", requestRules: [] } as const;

function limited(options: InsideOptions = {}): Promise<InsideWorld> {
  return makeInside(AUTHORITY, { policy: LIMITED, ...options });
}

function request(method: string, ...fields: readonly string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join("");
  return `${method} / HTTP/1.1\r\nHost: allowed.test\r\n${lines}\r\n`;
}

/** What a server that is told that it may read makes of a GET, and what is no reading method. */
const BLOCKED: Readonly<Record<string, string>> = {
  "POST": request("POST", "Content-Length: 0"),
  "PUT": request("PUT", "Content-Length: 0"),
  "DELETE": request("DELETE"),
  "PATCH": request("PATCH", "Content-Length: 0"),
  "TRACE": request("TRACE"),
  "QUERY": request("QUERY", "Content-Length: 0"),
  "PROPFIND": request("PROPFIND"),
  "BREW": request("BREW"),
  "PRI": request("PRI"),
  "get in lower case": request("get"),
  "Get in mixed case": request("Get"),
  "GETX": request("GETX"),
  "a GET with a body": `${request("GET", "Content-Length: 5")}hello`,
  "a GET with chunks": `${request("GET", "Transfer-Encoding: chunked")}0\r\n\r\n`,
  "a HEAD with a body": `${request("HEAD", "Content-Length: 5")}hello`,
  "an OPTIONS with a body": `${request("OPTIONS", "Content-Length: 5")}hello`,
  "X-HTTP-Method-Override": request("GET", "X-HTTP-Method-Override: POST"),
  "x-http-method": request("GET", "x-http-method: POST"),
  "X-Method-Override": request("GET", "X-Method-Override: POST"),
  "X_HTTP_Method_Override": request("GET", "X_HTTP_Method_Override: POST"),
  "x-http_method-override": request("GET", "x-http_method-override: POST"),
  "an override that is nominated": request(
    "GET",
    "Connection: X-HTTP-Method-Override",
    "X-HTTP-Method-Override: POST",
  ),
  "an empty override": request("GET", "X-HTTP-Method-Override:"),
  "a WebSocket": request("GET", "Connection: Upgrade", "Upgrade: websocket"),
  "h2c": request("GET", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: A"),
  "TLS in TLS": request("OPTIONS", "Connection: Upgrade", "Upgrade: TLS/1.2"),
  "an Upgrade that is not nominated": request("GET", "Upgrade: anything"),
  "a push over git": "POST /r.git/git-receive-pack HTTP/1.1\r\n" +
    "Host: allowed.test\r\nContent-Length: 0\r\n\r\n",
};

for (const entrance of ENTRANCES) {
  for (const [what, bytes] of Object.entries(BLOCKED)) {
    Deno.test(`limited inside ${entrance}: ${what} is blocked, and nothing is looked up or sent`, async () => {
      await using inside = await limited();
      const client = await inside.secure({ entrance });
      await client.send(bytes);
      const answer = await client.readMessage({ headOnly: bytes.startsWith("HEAD") });
      assertEquals(statusOf(answer), 403);
      assertEquals(fieldsOf(answer, "x-proxy-error"), ["blocked-by-method-policy"]);
      const { world, origin } = inside;
      assertEquals([world.lookups, world.dialled, origin.connections], [[], [], 0]);
      assertEquals(
        world.blocked.map(({ reason, mode, source }) => [reason, mode, source]),
        [["method_not_allowed", "limited", "mode_guard"]],
      );
    });
  }
}

const STREAMS: Readonly<Record<string, readonly [Pairs, RawBody?]>> = {
  "POST": [pseudo({ method: "POST" })],
  "POST with a body": [pseudo({ method: "POST" }), { data: ["a=b"] }],
  "get in lower case": [pseudo({ method: "get" })],
  "TRACE": [pseudo({ method: "TRACE" })],
  "PRI": [pseudo({ method: "PRI", path: "*" })],
  "a GET with DATA": [pseudo(), { data: ["a=b"] }],
  "a GET with an empty DATA": [pseudo(), { data: [""] }],
  "a GET with trailers": [pseudo(), { trailers: [["x-http-method-override", "POST"]] }],
  "a GET with DATA of a length": [[...pseudo(), ["content-length", "3"]], { data: ["a=b"] }],
  "x-http-method-override": [[...pseudo(), ["x-http-method-override", "POST"]]],
  "x_http_method_override": [[...pseudo(), ["x_http_method_override", "POST"]]],
  "a CONNECT": [[[":method", "CONNECT"], [":authority", "allowed.test:443"]]],
  "an extended CONNECT": [[...pseudo({ method: "CONNECT" }), [":protocol", "websocket"]]],
  "an extended GET": [[...pseudo(), [":protocol", "websocket"]]],
  "an Upgrade": [[...pseudo(), ["upgrade", "websocket"], ["connection", "upgrade"]]],
  "an Upgrade alone": [[...pseudo(), ["upgrade", "h2c"]]],
  "DATA beyond a length of none": [
    [...pseudo(), ["content-length", "0"]],
    { data: ["POST / HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 0\r\n\r\n"] },
  ],
};

for (const http2 of [false, true]) {
  for (const [what, [fields, body]] of Object.entries(STREAMS)) {
    const upstream = http2 ? "HTTP/2" : "HTTP/1.1";
    Deno.test(`limited inside: ${what} in HTTP/2 reaches no server of ${upstream} as more than a GET`, async () => {
      await using inside = await limited({ origin: { http2 } });
      const client = await inside.http2();
      await client.ask(fields, body);
      // One more goes through, so that nothing is on its way any more.
      const after = await inside.http2();
      await after.ask(pseudo({ path: "/after" }));
      const arrived = inside.origin.arrived.map(({ method, path, body, headers, trailers }) => {
        const names = Object.keys({ ...headers, ...trailers });
        const isOverride = names.some((name) => /^[^:]*(method|upgrade|protocol)/.test(name));
        return [method, path, body, isOverride];
      });
      // A field that must not be there at all is dropped, or ends it: a bare GET is what may be left.
      for (const [method, , body, isOverride] of arrived) {
        assertEquals([method, body, isOverride], ["GET", "", false]);
      }
      assertEquals(arrived.at(-1), ["GET", "/after", "", false]);
      assert(arrived.length <= 2);
    });
  }
}

Deno.test("limited inside: what only reads passes, in both versions", async () => {
  for (const http2 of [false, true]) {
    await using inside = await limited({ origin: { http2 } });
    const client = await inside.secure();
    const streams = await inside.http2();
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      await client.send(request(method));
      const answer = await client.readMessage({ headOnly: method === "HEAD" });
      assertEquals(statusOf(answer), 200, method);
      assertEquals((await streams.ask(pseudo({ method }))).reset, null, method);
    }
    assertEquals(inside.origin.arrived.length, 6);
    assertEquals(inside.world.blocked, []);
  }
});

Deno.test("limited inside: what follows a GET on its connection is asked about by itself", async () => {
  await using inside = await limited();
  const client = await inside.secure();
  await client.send(request("GET") + request("DELETE") + request("GET"));
  const statuses: number[] = [];
  for (let index = 0; index < 3; index++) statuses.push(statusOf(await client.readMessage()));
  assertEquals(statuses, [200, 403, 200]);
  assertEquals(inside.origin.arrived.map(({ method }) => method), ["GET", "GET"]);
});

Deno.test("limited inside: the preface of HTTP/2 is no way round in HTTP/1.1", async () => {
  await using inside = await limited();
  const client = await inside.secure();
  await client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
  assertMatch(await client.readAll(), /^HTTP\/1\.1 (400|505) /);
  assertEquals(inside.world.dialled, []);
});

Deno.test("limited inside: HTTP/1.1 in a connection of HTTP/2 is nothing", async () => {
  await using inside = await limited();
  const client = await inside.secure({ protocols: ["h2"] });
  await client.send(request("POST", "Content-Length: 0"));
  await client.readAll();
  assertEquals(inside.world.dialled, []);
});

Deno.test("limited: without interception a tunnel is blocked", async () => {
  for (
    const [port, host] of [[443, "allowed.test"], [8443, "allowed.test"], [22, "allowed.test"]]
  ) {
    await using world = makeWorld({ policy: { allow: ["allowed.test"], mode: "limited" } });
    const answer = await world.ask(
      `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`,
    );
    assertEquals(statusOf(answer), 403);
    assertStringIncludes(answer.body, '"reason":"mitm_required"');
    await using client = await world.client();
    const request = socksRequest(domainAddress("allowed.test", Number(port)));
    assertEquals(await askSocks(client, request), 2);
    assertEquals([world.lookups, world.dialled], [[], []]);
  }
});

for (const interception of [true, false]) {
  const how = interception ? "with" : "without";
  const options = { policy: { ...LIMITED, interception } };

  Deno.test(`limited, ${how} interception: a tunnel to port 80 is read as HTTP`, async () => {
    await using inside = await limited(options);
    const { world } = inside;
    const client = await inside.tunnel({ port: 80 });
    await client.send(request("GET"));
    assertEquals((await client.readMessage()).body, "hello");
    await client.send(request("POST", "Content-Length: 0"));
    assertEquals(statusOf(await client.readMessage()), 403);
    await client.send("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n");
    assertEquals(statusOf(await client.readMessage()), 421);
    await client.send("CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n");
    assertEquals(statusOf(await client.readMessage()), 405);
    assertEquals(world.dialled, ["93.184.216.34:80"]);
    assertMatch(world.origin.received, /^GET \/ HTTP\/1\.1\r\n/);
    assertEquals(world.origin.received.match(/HTTP\/1\.1/g)?.length, 1);
  });

  const JUNK: Readonly<Record<string, string | Uint8Array>> = {
    "SSH": "SSH-2.0-OpenSSH_9.6\r\n",
    "SMTP": "EHLO allowed.test\r\n\r\n",
    "zeros": "\0\0\0\0\0\0\0\0\r\n\r\n",
    "the preface of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a handshake of TLS that is none": "\x16\x03\x01\x00\x05\xff\xff\xff\xff\xff",
    "TLS of another name": clientHello({ names: ["other.test"] }),
    "SOCKS5": "\x05\x01\x00",
    "HTTP/0.9": "GET /\r\n\r\n",
  };
  for (const [what, bytes] of Object.entries(JUNK)) {
    Deno.test(`limited, ${how} interception: ${what} in a tunnel to port 80 is not passed on`, async () => {
      await using inside = await limited({
        ...options,
        world: { origin: silent, troubled: true },
      });
      const client = await inside.tunnel({ port: 80 });
      await client.send(bytes);
      await client.closeWrite();
      await client.readAll();
      assertEquals([inside.world.dialled, inside.origin.connections], [[], 0]);
    });
  }
}

Deno.test("limited: TLS in a tunnel to port 80 is blocked where it cannot be ended", async () => {
  await using world = makeWorld({ policy: { allow: ["allowed.test"], mode: "limited" } });
  await using client = new Wire(await openTunnel(world, { port: 80 }));
  await client.send(clientHello({ names: ["allowed.test"] }));
  await client.readAll();
  assertEquals(world.blocked.map((it) => it.reason), ["mitm_required"]);
  assertEquals(world.dialled, []);
});

Deno.test("limited: SOCKS5 is looked into on 443, and blocked elsewhere", async () => {
  await using inside = await limited();
  const client = await inside.secure({ entrance: "socks" });
  await client.send(request("GET"));
  assertEquals(statusOf(await client.readMessage()), 200);
  for (const port of [80, 22, 8443, 444]) {
    await using other = await inside.world.client();
    assertEquals(await askSocks(other, socksRequest(domainAddress("allowed.test", port))), 2);
  }
  assertEquals(inside.world.dialled, ["93.184.216.34:443"]);
  assertEquals(
    inside.world.blocked.map(({ reason, port }) => [reason, port]),
    [80, 22, 8443, 444].map((port) => ["method_not_allowed", port]),
  );
});

Deno.test("limited: to full and back at run time closes what nobody sees, and governs the rest", async () => {
  const full = { mode: "full", requestRules: [] } as const;
  await using inside = await makeInside(AUTHORITY, { policy: full });
  const { world, origin } = inside;
  const opaque = await inside.secure();
  const hidden = await inside.secure({ entrance: "socks" });
  for (const client of [opaque, hidden]) {
    await client.send(request("DELETE"));
    assertEquals(statusOf(await client.readMessage()), 200);
  }
  assertEquals(await world.proxy.policy.everywhere(world.proxy.policy.setMode("limited")), 2);
  await opaque.readAll();
  await hidden.readAll();
  const seen = await inside.secure();
  const streams = await inside.http2();
  await seen.send(request("DELETE"));
  assertEquals(statusOf(await seen.readMessage()), 403);
  await streams.ask(pseudo({ method: "DELETE" }));
  world.proxy.policy.setMode("full");
  // The tunnel stays what it is: somebody looks into it.
  await seen.send(request("DELETE"));
  assertEquals(statusOf(await seen.readMessage()), 200);
  assertEquals((await streams.ask(pseudo({ method: "DELETE" }))).body, "hello");
  world.proxy.policy.setMode("limited");
  await seen.send(request("DELETE"));
  assertEquals(statusOf(await seen.readMessage()), 403);
  await streams.ask(pseudo({ method: "DELETE" }));
  assertEquals(origin.arrived.length, 4);
  assertEquals(world.blocked.map((it) => it.reason), Array(4).fill("method_not_allowed"));
});

Deno.test("limited: an upload that is under way ends with the mode that let it through", async () => {
  await using inside = await makeInside(AUTHORITY, {});
  const { world, origin } = inside;
  const client = await inside.secure();
  await client.send(request("POST", "Content-Length: 10") + "hello");
  const streams = await inside.http2();
  const length = ["content-length", "10"] as const;
  await streams.send([...pseudo({ method: "POST" }), length], { data: ["hello"], open: true });
  await until(() => origin.connections === 2, "both uploads are under way");
  assertEquals(await world.proxy.policy.everywhere(world.proxy.policy.setMode("limited")), 2);
  await client.readAll();
  assertEquals(origin.arrived, []);
});
