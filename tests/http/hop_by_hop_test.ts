import { assertEquals } from "@std/assert";
import { type Field, field } from "../../src/http/fields.ts";
import {
  mayBeTrailer,
  requestFieldsToForward,
  responseFieldsToForward,
} from "../../src/http/hop_by_hop.ts";

/** `Name: value` lines as fields. */
function fields(...lines: string[]): Field[] {
  return lines.map((line) => {
    const [name, value] = line.split(": ", 2) as [string, string];
    return field(name, value);
  });
}

/** Fields as `Name: value` lines. */
function lines(fields: readonly Field[]): string[] {
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

const ONE_CONNECTION = [
  "Connection: close",
  "Keep-Alive: timeout=5",
  "Proxy-Connection: keep-alive",
  "Proxy-Authenticate: Basic",
  "Proxy-Authorization: Basic eDp5",
  "Proxy-Anything: x",
  "TE: trailers",
  "Transfer-Encoding: chunked",
  "Content-Length: 5",
  "Upgrade: h2c",
  "Host: a.test",
];

const END_TO_END = [
  "accept: */*",
  "Authorization: Bearer x",
  "Cookie: a=b",
  "Trailer: Digest",
  "cookie: c=d",
  "X-Proxy-Like: x",
  "Via: 1.1 somebody",
  "X-EMPTY: ",
];

Deno.test("requestFieldsToForward() keeps the order, case and number of lines", () => {
  assertEquals(lines(requestFieldsToForward(fields(...END_TO_END))), END_TO_END);
});

Deno.test("requestFieldsToForward() removes what is for one connection (RFC 9110 7.6.1)", () => {
  const mixed = END_TO_END.flatMap((line, index) => [line, ONE_CONNECTION[index] ?? "TE: x"]);
  assertEquals(
    lines(requestFieldsToForward(fields(...ONE_CONNECTION, ...mixed))),
    END_TO_END,
  );
});

Deno.test("requestFieldsToForward() removes what Connection names, in any case, on any line", () => {
  const given = fields(
    "X-Hop: 1",
    "Connection: close, X-HOP",
    "x-hop: 2",
    "X-Stay: 3",
    "CONNECTION: ,accept,",
    "Accept: */*",
  );
  assertEquals(lines(requestFieldsToForward(given)), ["X-Stay: 3"]);
});

Deno.test("requestFieldsToForward() removes what a client claims to be, or to have been told", () => {
  const claims = fields(
    "Forwarded: for=127.0.0.1",
    "X-Forwarded-For: 127.0.0.1",
    "x-forwarded-host: a.test",
    "X-Forwarded-: x",
    "X-Real-IP: 127.0.0.1",
    "X-Unix-Socket: /var/run/docker.sock",
    "X-Proxy-Error: blocked-by-allowlist",
    "Proxy-Status: doorward; error=x",
  );
  assertEquals(lines(requestFieldsToForward(claims)), []);
});

Deno.test("requestFieldsToForward() keeps what only looks like a claim", () => {
  const near = ["X-Forwarded: x", "Forwarded-For: x", "X-Real-IPs: x", "X-Proxy-Errors: x"];
  assertEquals(lines(requestFieldsToForward(fields(...near))), near);
});

Deno.test("responseFieldsToForward() keeps the order, case and number of lines", () => {
  const given = ["Set-Cookie: a=b", "server: x", "set-cookie: c=d", "X-Forwarded-For: 1.2.3.4"];
  assertEquals(lines(responseFieldsToForward(fields(...given))), given);
});

Deno.test("responseFieldsToForward() removes what is for one connection, and what is named so", () => {
  const given = fields(...ONE_CONNECTION, "Connection: X-Hop", "X-Hop: 1", "Server: x");
  assertEquals(lines(responseFieldsToForward(given)), ["Server: x"]);
});

Deno.test("responseFieldsToForward() keeps Proxy-Status: others on the way may add to it", () => {
  const given = ["Proxy-Status: cdn; error=dns_timeout"];
  assertEquals(lines(responseFieldsToForward(fields(...given))), given);
});

Deno.test("responseFieldsToForward() lets no origin pass its refusal off as policy", () => {
  assertEquals(lines(responseFieldsToForward(fields("X-Proxy-Error: blocked-by-allowlist"))), []);
});

Deno.test("mayBeTrailer() takes what is known only at the end", () => {
  for (const name of ["Digest", "ETag", "Server-Timing", "grpc-status", "X-Checksum", "Expiry"]) {
    assertEquals(mayBeTrailer(field(name, "x")), true, name);
  }
});

Deno.test("mayBeTrailer() refuses what frames, routes, authenticates, asks or controls", () => {
  const names = [
    ...["Content-Length", "Transfer-Encoding", "Host", "Trailer", "TE", "Connection", "Upgrade"],
    ...["Content-Encoding", "Content-Type", "Content-Range", "Keep-Alive", "Max-Forwards", "Via"],
    ...["Authorization", "WWW-Authenticate", "Proxy-Authorization", "Proxy-Status", "Proxy-Foo"],
    ...["Set-Cookie", "Cookie", "Cache-Control", "Pragma", "Expect", "Range", "If-Match"],
    ...["If-None-Match", "If-Range", "Age", "Date", "Expires", "Location", "Retry-After", "Vary"],
    ...["Warning", "X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Proxy-Error", "X-Unix-Socket"],
    ...["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"],
  ];
  for (const name of names) assertEquals(mayBeTrailer(field(name, "x")), false, name);
});
