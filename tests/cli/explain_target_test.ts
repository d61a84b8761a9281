import { assert, assertEquals, assertObjectMatch, assertStringIncludes } from "@std/assert";
import { explainTarget } from "../../src/cli/explain_target.ts";
import { formatEndpoint } from "../../src/net/address/endpoint.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";

/** What is asked about, the method given, and what a client would send: method, target, host:port. */
const REQUESTS: readonly (readonly [string, string | null, string, string, string])[] = [
  ["http://a.test/x?y#z", null, "GET", "http://a.test/x?y", "a.test:80"],
  ["HTTP://A.test:8080", "POST", "POST", "http://A.test:8080", "a.test:8080"],
  ["http://me:secret@a.test/", null, "GET", "http://a.test/", "a.test:80"],
  ["https://a.test/x", null, "CONNECT", "a.test:443", "a.test:443"],
  ["https://a.test/x", "POST", "CONNECT", "a.test:443", "a.test:443"],
  ["https://me@a.test:8443?x", null, "CONNECT", "a.test:8443", "a.test:8443"],
  ["wss://a.test", null, "CONNECT", "a.test:443", "a.test:443"],
  ["ws://a.test", null, "CONNECT", "a.test:80", "a.test:80"],
  ["http://a.test/", "CONNECT", "CONNECT", "a.test:80", "a.test:80"],
  ["a.test", null, "CONNECT", "a.test:443", "a.test:443"],
  ["a.test:22", null, "CONNECT", "a.test:22", "a.test:22"],
  ["a.test/path", null, "CONNECT", "a.test:443", "a.test:443"],
  ["[2001:db8::1]:22", null, "CONNECT", "[2001:db8::1]:22", "[2001:db8::1]:22"],
];

for (const [text, given, method, target, endpoint] of REQUESTS) {
  Deno.test(`explainTarget() takes ${text} with ${given} for ${method} ${target}`, () => {
    const asked = explainTarget(text, given);
    assertObjectMatch({ ...asked }, { kind: "request", method, target });
    const { request } = asked as unknown as { readonly request: NetworkRequest };
    assertEquals(formatEndpoint(request.target), endpoint);
    assertEquals(request.kind, method === "CONNECT" ? "tunnel" : "http");
  });
}

/** What the proxy would not take for a request, its answer, and a part of why. */
const REFUSED: readonly (readonly [string, string | null, number, string])[] = [
  ["https://127.1/", null, 400, "IPv4"],
  ["http://0x7f.1/", null, 400, "IPv4"],
  ["http://a..test/", null, 400, "label is empty"],
  ["a b.test", null, 400, "space"],
  ["a.test:0", null, 400, "port"],
  ["", null, 400, "empty"],
  ["http:///x", null, 400, "empty"],
  ["::1", null, 400, "brackets"],
  ["ftp://a.test/", null, 501, "ftp"],
  ["http://a.test/", "GET IT", 400, "method"],
  ["constructor://a.test/", null, 501, "constructor"],
  ["unix:/run/a.sock", "GET IT", 400, "method"],
  ["unix:/run/a.sock", "CONNECT", 400, "no tunnel leads to a unix socket"],
  ["unix:", null, 400, "Cannot use the x-unix-socket header: it is empty"],
  ["unix:///run/a\u00e4.sock", null, 400, "visible ASCII"],
  [`unix:/${"x".repeat(1024)}`, null, 400, "longer than 1024"],
];

for (const [text, method, status, why] of REFUSED) {
  Deno.test(`explainTarget() says that ${JSON.stringify(text)} is refused`, () => {
    const asked = explainTarget(text, method);
    assertObjectMatch({ ...asked }, { kind: "refused", status });
    assertStringIncludes((asked as { why: string }).why, why);
  });
}

/** Paths of unix sockets, and what a client would send as `x-unix-socket`. */
const SOCKETS: readonly (readonly [string, string])[] = [
  ["unix:/run/a.sock", "/run/a.sock"],
  ["unix:///run/a.sock", "/run/a.sock"],
  ["UNIX:/run/A.sock", "/run/A.sock"],
  // What a URL would end at is a part of a path.
  ["unix:/run/a?b#c@d.sock", "/run/a?b#c@d.sock"],
  // What is wrong with these is for the proxy to say, once it is known to be on.
  ["unix:run/a.sock", "run/a.sock"],
  ["unix:////run/a.sock", "//run/a.sock"],
];

for (const [text, path] of SOCKETS) {
  Deno.test(`explainTarget() takes ${text} for a request to ${path}`, () => {
    assertEquals(explainTarget(text, null), {
      kind: "request",
      method: "GET",
      target: `unix:${path}`,
      request: {
        kind: "socket",
        protocol: "http",
        path,
        method: "GET",
        hasBody: false,
        upgrades: false,
        methodOverride: null,
      },
      inside: null,
    });
  });
}

/** URLs of other protocols, and how their connection is asked about; null where no host is named. */
const OTHERS: readonly (readonly [string, string | null])[] = [
  ["ssh://a.test", "a.test:22"],
  ["ssh://git@a.test/b/c.git", "a.test:22"],
  ["ssh://a.test:2222/b://c", "a.test:2222"],
  ["git://a.test/b?c", "a.test:9418"],
  ["socks5h://a.test:443", "a.test:443"],
  ["udp://a.test", "a.test:PORT"],
  ["toString://a.test", "a.test:PORT"],
  ["ssh://[2001:db8::1]", "'[2001:db8::1]:22'"],
  ["udp://[2001:db8::1]", "'[2001:db8::1]:PORT'"],
  ["ssh://", null],
  ["ssh://$(a)/", null],
  ["ssh://a.test:x", null],
];

for (const [url, asked] of OTHERS) {
  Deno.test(`explainTarget() tells how to ask about ${url}`, () => {
    const scheme = url.split(":")[0]!.toLowerCase();
    const way = asked === null
      ? ""
      : `; for a connection of another protocol, ask: doorward explain ${asked}`;
    assertObjectMatch({ ...explainTarget(url, null) }, {
      kind: "refused",
      status: 501,
      why: `Cannot speak ${scheme}: only http and CONNECT${way}`,
    });
  });
}

Deno.test("explainTarget() counts a POST as one with a body", () => {
  assertObjectMatch({ ...explainTarget("http://a.test/", "POST") }, { request: { hasBody: true } });
  assertObjectMatch({ ...explainTarget("http://a.test/", "GET") }, { request: { hasBody: false } });
  assertObjectMatch({ ...explainTarget("unix:/a", "PUT") }, {
    method: "PUT",
    request: { hasBody: true, method: "PUT" },
  });
});

/** What is asked about, the method given, and what a client would send inside the tunnel. */
const INSIDE: readonly (readonly [string, string | null, string, string, string])[] = [
  ["https://a.test/x?y#z", null, "GET https://a.test/x?y", "https", "/x?y"],
  ["https://a.test/x", "POST", "POST https://a.test/x", "https", "/x"],
  ["https://a.test/x", "CONNECT", "GET https://a.test/x", "https", "/x"],
  ["https://me:s3cret@a.test:8443?x", null, "GET https://a.test:8443?x", "https", "/?x"],
  ["https://a.test", null, "GET https://a.test", "https", "/"],
  ["https://a.test:80/", null, "GET https://a.test:80/", "https", "/"],
  ["wss://a.test/s", null, "GET https://a.test/s", "https", "/s"],
  ["ws://a.test/s", null, "GET http://a.test/s", "http", "/s"],
  ["http://a.test/x", "CONNECT", "GET http://a.test/x", "http", "/x"],
  ["a.test", null, "GET https://a.test", "https", "/"],
  ["a.test/x?y", "PUT", "PUT https://a.test/x?y", "https", "/x?y"],
  ["a.test:80", null, "GET http://a.test:80", "http", "/"],
];

for (const [text, given, line, scheme, path] of INSIDE) {
  Deno.test(`explainTarget() finds ${line} inside the tunnel of ${text} with ${given}`, () => {
    const asked = explainTarget(text, given);
    assert(asked.kind === "request" && asked.inside?.kind === "request");
    const { method, target, request } = asked.inside;
    assertEquals(`${method} ${target}`, line);
    assertObjectMatch({ ...request }, { protocol: "https_connect", scheme, path });
    assert(request.kind === "http" && asked.request.kind === "tunnel");
    assertEquals([request.target, request.upgrades], [asked.request.target, text.startsWith("ws")]);
    assertEquals(request.hasBody, ["POST", "PUT"].includes(method));
  });
}

Deno.test("explainTarget() says what would be refused inside a tunnel only", () => {
  const asked = explainTarget("https://a.test/", "GET IT");
  assert(asked.kind === "request" && asked.inside?.kind === "refused");
  assertObjectMatch({ ...asked.inside }, { status: 400, target: "https://a.test/" });
});
