import { assert, assertEquals } from "@std/assert";
import { answering } from "../support/origin.ts";
import { fieldOf, fieldsOf, statusOf } from "../support/wire.ts";
import { makeWorld } from "../support/world.ts";

function request(...fields: readonly string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join("");
  return `GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n${lines}\r\n`;
}

const BARE = "GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n";

// What a client says of itself, of where it comes from and of proxies is not passed off as true.
const CLAIMS = [
  "X-Forwarded-For: 127.0.0.1",
  "X-Forwarded-Host: evil.test",
  "X-Forwarded-Proto: https",
  "X-Forwarded-Anything: x",
  "Forwarded: for=127.0.0.1;host=evil.test",
  "X-Real-IP: 127.0.0.1",
  "X_Forwarded_For: 127.0.0.1",
  "X_Real-IP: 127.0.0.1",
  "Transfer_Encoding: chunked",
  "Content_Length: 100",
  "Proxy_Authorization: Basic c2VjcmV0OnNlY3JldA==",
  "x-proxy-error: blocked-by-allowlist",
  "Proxy-Status: doorward; error=http_request_denied",
  "Proxy-Authorization: Basic c2VjcmV0OnNlY3JldA==",
  "Proxy-Connection: keep-alive",
  "Proxy-Anything: x",
  "Keep-Alive: timeout=100",
  "TE: trailers",
  "Upgrade: h2c",
];

for (const claim of CLAIMS) {
  Deno.test(`spoofed headers: "${claim}" reaches no origin`, async () => {
    await using world = makeWorld({ via: false });
    assertEquals(statusOf(await world.ask(request(claim))), 200);
    assertEquals(world.origin.received, BARE);
  });
}

Deno.test("spoofed headers: no header makes a client another one in the record", async () => {
  await using world = makeWorld();
  await using client = await world.client();
  const denied = request(...CLAIMS, "Client-IP: 10.0.0.1").replaceAll(
    "allowed.test",
    "denied.test",
  );
  await client.send(denied);
  await client.readMessage();
  assert(/^127\.0\.0\.1:\d+$/.test(world.blocked[0]!.client!), world.blocked[0]!.client!);
});

Deno.test("spoofed headers: a PROXY line is no request", async () => {
  await using world = makeWorld();
  const text = await world.exchange(`PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n${request()}`);
  assert(text.startsWith("HTTP/1.1 400 "), text);
  assertEquals(world.dialled, []);
});

// `Connection: close, Proxy-Authorization` names a field that is to be taken out; it cannot put one back.
Deno.test("spoofed headers: nominating a header takes it out and changes nothing else", async () => {
  await using world = makeWorld({ via: false });
  const answer = await world.exchange(
    request(
      "Connection: close, Proxy-Authorization, X-Secret, Authorization",
      "Proxy-Authorization: Basic c2VjcmV0",
      "X-Secret: 1",
      "Authorization: Bearer 2",
      "Accept: */*",
    ),
  );
  assertEquals(
    world.origin.received,
    "GET / HTTP/1.1\r\nHost: allowed.test\r\nAccept: */*\r\n\r\n",
  );
  assert(answer.includes("Connection: close\r\n"), answer);
});

Deno.test("spoofed headers: nominating Host or the framing does not take them out", async () => {
  await using world = makeWorld({ via: false });
  await world.ask(
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n" +
      "Connection: Host, Content-Length, Transfer-Encoding\r\nContent-Length: 5\r\n\r\nhello",
  );
  assertEquals(
    world.origin.received,
    "POST / HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 5\r\n\r\nhello",
  );
});

Deno.test("spoofed headers: a trailer is no way round", async () => {
  await using world = makeWorld({ via: false });
  await world.ask(
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "0\r\nX-Forwarded-For: 127.0.0.1\r\nx-proxy-error: x\r\nProxy-Authorization: y\r\n" +
      "Host: evil.test\r\nContent-Length: 5\r\nX-Kept: z\r\n\r\n",
  );
  assert(world.origin.received.endsWith("\r\n\r\n0\r\nX-Kept: z\r\n\r\n"), world.origin.received);
});

// Never mistaken for a plain request to the host beside it.
Deno.test("spoofed headers: x-unix-socket reaches neither a socket nor the host", async () => {
  await using world = makeWorld();
  for (const path of ["/var/run/docker.sock", "../x", "", "\\0abstract"]) {
    assertEquals(statusOf(await world.ask(request(`x-unix-socket: ${path}`))), 400);
    const local =
      `GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nx-unix-socket: ${path}\r\n\r\n`;
    assertEquals(statusOf(await world.ask(local)), path.startsWith("/") ? 403 : 400);
  }
  assertEquals([world.dialled, world.origin.received], [[], ""]);
});

// An origin that could say these would pass its own refusal off as the policy's, or ask for credentials.
Deno.test("spoofed headers: an origin cannot speak in our name", async () => {
  const response = "HTTP/1.1 403 Blocked by Doorward: x\r\nx-proxy-error: blocked-by-denylist\r\n" +
    "Proxy-Status: doorward; error=http_request_denied\r\nPROXY-STATUS: x, Doorward;details=y\r\n" +
    "Proxy-Status: cdn.test; error=dns_error\r\nProxy-Authenticate: Basic realm=x\r\n" +
    "Proxy-Authentication-Info: y\r\nContent-Length: 0\r\n\r\n";
  await using world = makeWorld({ origin: answering(response) });
  const answer = await world.ask(request());
  assertEquals(fieldOf(answer, "x-proxy-error"), undefined);
  assertEquals(fieldOf(answer, "Proxy-Authenticate"), undefined);
  assertEquals(fieldOf(answer, "Proxy-Authentication-Info"), undefined);
  assertEquals(fieldsOf(answer, "Proxy-Status"), ["cdn.test; error=dns_error"]);
});

Deno.test("spoofed headers: an origin cannot speak in our name in a trailer or an interim answer", async () => {
  const response = "HTTP/1.1 103 Early Hints\r\nx-proxy-error: blocked-by-denylist\r\n\r\n" +
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Proxy-Error: x\r\n" +
    "Proxy-Status: doorward; error=x\r\n\r\n";
  await using world = makeWorld({ origin: answering(response) });
  await using client = await world.client();
  await client.send(request());
  await client.readMessage();
  await client.readMessage();
  assert(!/proxy-error|proxy-status/i.test(client.received), client.received);
});
