import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fieldOf, statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

const LIMITED = { policy: { allow: ["allowed.test"], mode: "limited" } } as const;

function request(method: string, ...fields: readonly string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join("");
  return `${method} http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n${lines}\r\n`;
}

// What writes, or could.
const ESCAPES: Record<string, string> = {
  "POST": request("POST", "Content-Length: 0"),
  "PUT": request("PUT", "Content-Length: 0"),
  "DELETE": request("DELETE"),
  "PATCH": request("PATCH", "Content-Length: 0"),
  "TRACE": request("TRACE"),
  "a method of WebDAV": request("PROPFIND"),
  "a method that nobody knows": request("BREW"),
  "get in lower case": request("get"),
  "Get in mixed case": request("Get"),
  "GETX": request("GETX"),
  "a GET with a body": `${request("GET", "Content-Length: 5")}hello`,
  "a GET with chunks": `${request("GET", "Transfer-Encoding: chunked")}0\r\n\r\n`,
  "a HEAD with a body": `${request("HEAD", "Content-Length: 5")}hello`,
  "an OPTIONS with a body": `${request("OPTIONS", "Content-Length: 5")}hello`,
  "X-HTTP-Method-Override": request("GET", "X-HTTP-Method-Override: POST"),
  "x-http-method": request("GET", "x-http-method: POST"),
  "X_HTTP_Method_Override": request("GET", "X_HTTP_Method_Override: POST"),
  "x-http_method-override": request("GET", "x-http_method-override: POST"),
  "X-Method-Override": request("GET", "X-Method-Override: POST"),
  "an override that is nominated": request(
    "GET",
    "Connection: X-HTTP-Method-Override",
    "X-HTTP-Method-Override: POST",
  ),
  "a WebSocket": request(
    "GET",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: x",
  ),
  "h2c": request(
    "GET",
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AA",
  ),
  "an Upgrade that is not nominated": request("GET", "Upgrade: anything"),
  "a push over git": "POST http://allowed.test/r.git/git-receive-pack HTTP/1.1\r\n" +
    "Host: allowed.test\r\nContent-Length: 0\r\n\r\n",
  "a fetch over git": "POST http://allowed.test/r.git/git-upload-pack HTTP/1.1\r\n" +
    "Host: allowed.test\r\nContent-Length: 0\r\n\r\n",
};

for (const [what, bytes] of Object.entries(ESCAPES)) {
  Deno.test(`limited mode: ${what} is blocked, and nothing is looked up or sent`, async () => {
    await using world = makeWorld(LIMITED);
    await using client = await world.client();
    await client.send(bytes);
    const answer = await client.readMessage({ headOnly: bytes.startsWith("HEAD") });
    assertEquals(statusOf(answer), 403);
    assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-method-policy");
    assertStringIncludes(fieldOf(answer, "Proxy-Status")!, 'details="method_not_allowed"');
    assertEquals([world.lookups, world.dialled], [[], []]);
    assertEquals(world.blocked.map(({ mode, source }) => [mode, source]), [[
      "limited",
      "mode_guard",
    ]]);
  });
}

// Upstream: http_connect_accept_blocks_in_limited_mode.
Deno.test("limited mode: a tunnel is blocked, for nobody sees into it", async () => {
  await using world = makeWorld(LIMITED);
  const answer = await world.ask(
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n",
  );
  assertEquals(statusOf(answer), 403);
  assertEquals(fieldOf(answer, "x-proxy-error"), "blocked-by-method-policy");
  assertStringIncludes(answer.body, '"reason":"mitm_required"');
  assertEquals([world.lookups, world.dialled], [[], []]);
});

// Upstream, 4.2: so a denied host in limited mode reports the host denial, not the mode.
Deno.test("limited mode: a host that is denied is denied for that", async () => {
  await using world = makeWorld({ policy: { ...LIMITED.policy, deny: ["denied.test"] } });
  for (const [host, reason] of [["denied.test", "denied"], ["other.test", "not_allowed"]]) {
    for (
      const bytes of [
        `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`,
        `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`,
      ]
    ) {
      assertStringIncludes((await world.ask(bytes)).body, `"reason":"${reason}"`);
    }
  }
});

Deno.test("limited mode: what only reads passes", async () => {
  await using world = makeWorld(LIMITED);
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assertEquals(statusOf(await world.ask(request(method))), 200, method);
    assertEquals(statusOf(await world.ask(request(method, "Content-Length: 0"))), 200, method);
  }
  assertEquals(world.blocked, []);
});

Deno.test("limited mode: the preface of HTTP/2 is no way round", async () => {
  await using world = makeWorld(LIMITED);
  const text = await world.exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
  assert(text.startsWith("HTTP/1.1 400 "), text);
});

Deno.test("limited mode: what follows a GET on its connection is asked about by itself", async () => {
  await using world = makeWorld(LIMITED);
  await using client = await world.client();
  await client.send(request("GET") + request("DELETE") + request("GET"));
  const statuses: number[] = [];
  for (let index = 0; index < 3; index++) statuses.push(statusOf(await client.readMessage()));
  assertEquals(statuses, [200, 403, 200]);
  assert(!world.origin.received.includes("DELETE"));
});

Deno.test("full mode: a method override is the origin's business", async () => {
  await using world = makeWorld();
  assertEquals(statusOf(await world.ask(request("GET", "X-HTTP-Method-Override: POST"))), 200);
  assertStringIncludes(world.origin.received, "X-HTTP-Method-Override: POST\r\n");
});
