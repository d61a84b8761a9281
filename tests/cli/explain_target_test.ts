import { assertEquals, assertObjectMatch, assertStringIncludes } from "@std/assert";
import { explainTarget } from "../../src/cli/explain_target.ts";
import { formatEndpoint } from "../../src/net/address/endpoint.ts";

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
    const { request } = asked as Extract<typeof asked, { kind: "request" }>;
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
];

for (const [text, method, status, why] of REFUSED) {
  Deno.test(`explainTarget() says that ${JSON.stringify(text)} is refused`, () => {
    const asked = explainTarget(text, method);
    assertObjectMatch({ ...asked }, { kind: "refused", status });
    assertStringIncludes((asked as { why: string }).why, why);
  });
}

Deno.test("explainTarget() counts a POST as one with a body", () => {
  assertObjectMatch({ ...explainTarget("http://a.test/", "POST") }, { request: { hasBody: true } });
  assertObjectMatch({ ...explainTarget("http://a.test/", "GET") }, { request: { hasBody: false } });
});
