import { assert, assertEquals } from "@std/assert";
import type { Field } from "../../../src/http/fields.ts";
import type { Framing } from "../../../src/http/framing.ts";
import {
  forwardedRequestFields,
  forwardedResponseFields,
  hasPassed,
  hostValue,
  isChangeAskedFor,
  maxForwards,
  protocolsAskedFor,
  responseLinesToCut,
  sentRequestLines,
  viaLine,
} from "../../../src/proxy/http/forwarding.ts";
import { requestFraming, responseFraming } from "../../../src/http/framing.ts";
import { requestHead, responseHead } from "../../support/heads.ts";
import { seededRandom } from "../../support/random.ts";
import { connectTo } from "../../support/policy.ts";

const NONE = { kind: "none" } as const;

function lines(fields: readonly Field[]): string[] {
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

/** What becomes of a GET with these fields. */
function forwarded(...fields: readonly string[]): string[] {
  return forwardedUpgrading([], ...fields);
}

/** What becomes of one that may change to these protocols. */
function forwardedUpgrading(upgradesTo: readonly string[], ...fields: readonly string[]): string[] {
  const head = requestHead("GET / HTTP/1.1", "Host: a.test", ...fields);
  const request = { head, host: "a.test", framing: NONE, upgradesTo };
  return lines(forwardedRequestFields(request, "doorward-1"));
}

/** What becomes of a response with these fields. */
function returned(status: string, ...fields: readonly string[]): string[] {
  const head = responseHead(`HTTP/1.1 ${status}`, ...fields);
  return lines(forwardedResponseFields(head, NONE, null));
}

Deno.test("forwardedRequestFields() writes one Host, the one it is given", () => {
  const head = requestHead("GET http://a.test/ HTTP/1.1", "hOsT: A.TEST:80", "X: 1");
  const request = { head, host: "b.test", framing: NONE, upgradesTo: [] };
  assertEquals(lines(forwardedRequestFields(request, null)), ["Host: b.test", "X: 1"]);
});

Deno.test("hostValue() names a target as a server of the network knows itself", () => {
  const table: Record<string, string> = {
    "A.test.:80": "a.test",
    "a.test:8080": "a.test:8080",
    "a.test:443": "a.test:443",
    "[2001:db8::1]:80": "[2001:db8::1]",
    "[2001:db8::1]:81": "[2001:db8::1]:81",
    "93.184.216.34:80": "93.184.216.34",
  };
  for (const [target, host] of Object.entries(table)) {
    assertEquals(hostValue(connectTo(target).target, "http"), host);
  }
});

// RFC 9110 section 7.6.1; upstream: remove_hop_by_hop_request_headers_keeps_forwarding_headers, but
// the forwarding headers go as well (the seeds).
Deno.test("forwardedRequestFields() leaves out what is about one connection, or nominated", () => {
  const fields = forwarded(
    "Connection: close, Proxy-Authorization, X-Hop",
    "X-Hop: 1",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic eDp5",
    "TE: trailers",
    "Upgrade: h2c",
    "X-Forwarded-For: 127.0.0.1",
    "Accept: */*",
  );
  assertEquals(fields, ["Host: a.test", "Accept: */*", "Via: 1.1 doorward-1"]);
});

Deno.test("forwardedRequestFields() keeps order, case and repetition of the rest", () => {
  const fields = forwarded("b: 2", "A: 1", "b: 3");
  assertEquals(fields.slice(1, 4), ["b: 2", "A: 1", "b: 3"]);
});

Deno.test("forwardedRequestFields() writes the framing anew", () => {
  const head = requestHead("POST / HTTP/1.1", "Host: a.test", "content-length: 007");
  const framed = (framing: Framing) =>
    lines(forwardedRequestFields({ head, host: "a.test", framing, upgradesTo: [] }, null));
  assertEquals(framed({ kind: "length", length: 7 }), ["Host: a.test", "Content-Length: 7"]);
  assertEquals(framed({ kind: "chunked" }), ["Host: a.test", "Transfer-Encoding: chunked"]);
});

Deno.test("forwardedRequestFields() appends to Via in the client's version", () => {
  const head = requestHead("GET http://a.test/ HTTP/1.0", "Via: 1.1 other");
  const request = { head, host: "a.test", framing: NONE, upgradesTo: [] };
  const fields = forwardedRequestFields(request, "doorward-1");
  assertEquals(lines(fields).slice(1), ["Via: 1.1 other", "Via: 1.0 doorward-1"]);
});

Deno.test("forwardedRequestFields() asks to change to what it may, and to no other protocol", () => {
  const asked = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c, TCP", "HTTP2-Settings: A"];
  const rest = ["Host: a.test", "Via: 1.1 doorward-1"];
  assertEquals(forwardedUpgrading([], ...asked), rest);
  assertEquals(forwardedUpgrading(["websocket"], ...asked), [
    ...rest,
    "Upgrade: websocket",
    "Connection: Upgrade",
  ]);
  assertEquals(forwardedUpgrading(["h2c", "tcp"], ...asked), [
    ...rest,
    "Upgrade: h2c, tcp",
    "Connection: Upgrade",
  ]);
});

// RFC 9110 section 7.6.2: the count is for OPTIONS and TRACE.
Deno.test("forwardedRequestFields() counts down Max-Forwards where it means something", () => {
  const after = (method: string, count: string) => {
    const head = requestHead(`${method} / HTTP/1.1`, "Host: a.test", `Max-Forwards: ${count}`);
    const request = { head, host: "a.test", framing: NONE, upgradesTo: [] };
    return lines(forwardedRequestFields(request, null))[1];
  };
  assertEquals(after("OPTIONS", "5"), "Max-Forwards: 4");
  assertEquals(after("TRACE", "1"), "Max-Forwards: 0");
  assertEquals(after("GET", "0"), "Max-Forwards: 0");
  assertEquals(after("GET", "some"), "Max-Forwards: some");
});

Deno.test("forwardedResponseFields() keeps the origin from speaking in our name", () => {
  const fields = returned(
    "403 Forbidden",
    "X-Proxy-Error: blocked-by-allowlist",
    "Proxy-Status: doorward; error=http_request_denied",
    'Proxy-Status: cdn, "Doorward"; error=http_request_denied',
    "Proxy-Status: cdn.example; error=dns_error",
    "Proxy-Authenticate: Basic",
    "Server: x",
  );
  assertEquals(fields, ["Proxy-Status: cdn.example; error=dns_error", "Server: x"]);
});

Deno.test("forwardedResponseFields() leaves out what is about one connection, or nominated", () => {
  const fields = returned(
    "200 OK",
    "Connection: keep-alive, X-Hop",
    "X-Hop: 1",
    "Keep-Alive: timeout=5",
    "Transfer-Encoding: chunked",
    "Set-Cookie: a=1",
    "Set-Cookie: b=2",
  );
  assertEquals(fields, ["Set-Cookie: a=1", "Set-Cookie: b=2"]);
});

// RFC 9110 section 8.6.
Deno.test("forwardedResponseFields() tells a length without a body where one may stand", () => {
  const table: Record<string, string[]> = {
    "200 OK": ["Content-Length: 5"],
    "304 Not Modified": ["Content-Length: 5"],
    "204 No Content": [],
    "103 Early Hints": [],
    "101 Switching Protocols": [],
  };
  for (const [status, fields] of Object.entries(table)) {
    assertEquals(returned(status, "Content-Length: 5"), fields, status);
  }
  assertEquals(returned("200 OK", "Content-Length: five"), []);
});

// Upgrade itself is about one connection: what a 101 says of it is written anew, and only there.
Deno.test("forwardedResponseFields() says what a 101 changes to", () => {
  assertEquals(returned("101 UPGRADED", "Connection: Upgrade", "Upgrade: TCP", "Server: x"), [
    "Server: x",
    "Upgrade: tcp",
    "Connection: Upgrade",
  ]);
  assertEquals(returned("426 Upgrade Required", "Connection: Upgrade", "Upgrade: h2c"), []);
});

// RFC 9110 section 7.8: an Upgrade in HTTP/1.0, or one that Connection does not name, means nothing.
Deno.test("protocolsAskedFor() wants HTTP/1.1, Upgrade and its nomination", () => {
  const asked = (version: string, ...fields: string[]) =>
    protocolsAskedFor(requestHead(`GET http://a.test/ ${version}`, "Host: a.test", ...fields));
  assertEquals(asked("HTTP/1.1", "Connection: Upgrade", "Upgrade: WebSocket"), ["websocket"]);
  assertEquals(asked("HTTP/1.1", "Connection: x, UPGRADE", "Upgrade: h2c, tcp", "Upgrade: x"), [
    "h2c",
    "tcp",
    "x",
  ]);
  assertEquals(asked("HTTP/1.0", "Connection: Upgrade", "Upgrade: websocket"), []);
  assertEquals(asked("HTTP/1.1", "Upgrade: websocket"), []);
  assertEquals(asked("HTTP/1.1", "Connection: Upgrade"), []);
});

Deno.test("isChangeAskedFor() wants protocols that were asked for, and no other beside them", () => {
  const table: readonly (readonly [string[], string[], boolean])[] = [
    [["Upgrade: websocket"], ["websocket"], true],
    [["Upgrade: WebSocket"], ["websocket"], true],
    [["Upgrade: tcp"], ["h2c", "tcp"], true],
    [["Upgrade: h2c"], ["websocket"], false],
    [["Upgrade: websocket, h2c"], ["websocket"], false],
    [["Upgrade: websocket", "Upgrade: h2c"], ["websocket"], false],
    [["Upgrade: websocket"], [], false],
    [[], ["websocket"], false],
    [["Upgrade: ,"], ["websocket"], false],
    [[], [], false],
  ];
  for (const [fields, upgradesTo, expected] of table) {
    const head = responseHead("HTTP/1.1 101 S", ...fields);
    assertEquals(isChangeAskedFor(head, upgradesTo), expected, fields.join());
  }
});

Deno.test("hasPassed() finds our name in any line and place of Via, and no other's", () => {
  const passed = (...via: string[]) =>
    hasPassed(requestHead("GET / HTTP/1.1", ...via.map((v) => `Via: ${v}`)).fields, "doorward-1");
  assert(passed("1.1 doorward-1"));
  assert(passed("1.0 fred, 1.1 DOORWARD-1 (comment)"));
  assert(passed("1.0 fred", "HTTP/1.1  doorward-1"));
  assert(!passed("1.1 doorward-12"));
  assert(!passed("1.1 doorward"));
  assert(!passed());
});

Deno.test("maxForwards() reads one number, for OPTIONS and TRACE", () => {
  const read = (method: string, ...values: string[]) =>
    maxForwards(
      requestHead(`${method} / HTTP/1.1`, ...values.map((value) => `Max-Forwards: ${value}`)),
    );
  assertEquals(read("OPTIONS", "0"), 0);
  assertEquals(read("TRACE", "10"), 10);
  assertEquals(read("GET", "0"), null);
  assertEquals(read("OPTIONS"), null);
  for (const bad of ["-1", "+1", "", "1.5", "0x1", "9999999999"]) {
    assertEquals(read("OPTIONS", bad), NaN, bad);
  }
  assertEquals(read("OPTIONS", "5", "5"), NaN);
});

/** The lines of a GET with these fields, as they go on without being written anew. */
function sentOn(host: string, ...fields: readonly string[]): string | null {
  const head = requestHead("GET http://a.test/ HTTP/1.1", ...fields);
  return sentRequestLines({ head, host, framing: requestFraming(head), upgradesTo: [] });
}

Deno.test("sentRequestLines() takes lines over as they were sent, without those that end here", () => {
  const table: readonly (readonly [readonly string[], string])[] = [
    [["Host: a.test"], "Host: a.test\r\n"],
    [["hOST:a.test", "X:  1 ", "accept:*/*"], "hOST:a.test\r\nX:  1 \r\naccept:*/*\r\n"],
    [["Host: a.test", "Proxy-Connection: x", "A: 1"], "Host: a.test\r\nA: 1\r\n"],
    [["Host: a.test", "A: 1", "Connection: keep-alive, TE", "TE: x"], "Host: a.test\r\nA: 1\r\n"],
    [["Host: a.test", "X_Real_IP: 1", "X-Forwarded-For: 1", "B: 2"], "Host: a.test\r\nB: 2\r\n"],
    [["Host: a.test", "Content-Length: 5"], "Host: a.test\r\nContent-Length: 5\r\n"],
  ];
  for (const [fields, lines] of table) assertEquals(sentOn("a.test", ...fields), lines);
});

Deno.test("sentRequestLines() leaves a head to be written anew where a line has to be", () => {
  const table: readonly (readonly string[])[] = [
    ["Host: A.test"],
    ["X: 1", "Host: a.test"],
    ["Host: a.test", "Connection: X", "X: 1"],
    ["Host: a.test", "Content-Length: 05"],
    ["Host: a.test", "Transfer-Encoding: chunked"],
  ];
  for (const fields of table) assertEquals(sentOn("a.test", ...fields), null, fields.join());
  const options = requestHead("OPTIONS / HTTP/1.1", "Host: a.test", "Max-Forwards: 3");
  const request = { host: "a.test", framing: NONE, upgradesTo: [] };
  assertEquals(sentRequestLines({ ...request, head: options }), null);
  const upgrading = requestHead("GET / HTTP/1.1", "Host: a.test", "Upgrade: websocket");
  assertEquals(sentRequestLines({ ...request, head: upgrading, upgradesTo: ["websocket"] }), null);
});

Deno.test("responseLinesToCut() names the lines that end here, where no other is written anew", () => {
  const cut = (framing: Framing, ...fields: readonly string[]) =>
    responseLinesToCut(responseHead("HTTP/1.1 200 OK", ...fields), framing);
  const five: Framing = { kind: "length", length: 5 };
  assertEquals(cut(five, "Content-Length: 5", "A: 1"), []);
  assertEquals(cut(five, "Connection: keep-alive", "A: 1", "Keep-Alive: 5", "x-proxy-error: 1"), [
    0,
    2,
    3,
  ]);
  assertEquals(cut({ kind: "chunked" }, "Transfer-Encoding: chunked"), []);
  assertEquals(cut(NONE, "Proxy-Status: other", "Proxy-Authenticate: x"), [1]);
  assertEquals(cut({ kind: "chunked" }, "Transfer-Encoding: Chunked"), null);
  assertEquals(cut({ kind: "close" }, "Transfer-Encoding: chunked"), null);
  assertEquals(cut(five, "Content-Length: 05"), null);
  assertEquals(cut(NONE, "Content-Length: 5"), null);
  assertEquals(cut(five, "Connection: a", "A: 1"), null);
  assertEquals(cut(five, "Proxy-Status: doorward"), null);
  for (const status of ["HTTP/1.0 200 OK", "HTTP/1.1 200", "HTTP/1.1 101 x"]) {
    assertEquals(responseLinesToCut(responseHead(status), NONE), null, status);
  }
});

Deno.test("what goes on as it was sent says the same as what is written anew", () => {
  const random = seededRandom(1);
  const names = [
    ...["Connection", "Keep-Alive", "TE", "Upgrade", "Proxy-Connection", "Proxy-Status", "Via"],
    ...["X-Real-IP", "x_forwarded_for", "x-proxy-error", "Forwarded", "Accept", "Content-Type"],
    ...["User-Agent", "Cookie", "Trailer", "Proxy-Authorization", "X-Unix-Socket", "X"],
  ];
  const values = ["close", "keep-alive", "x", "doorward; error", "TE, x", "accept", "", "a, ,b"];
  const sorted = (lines: readonly string[]) => [...lines].sort();
  let [sent, returned] = [0, 0];
  for (let run = 0; run < 3000; run++) {
    const fields = Array.from(
      { length: random.below(6) },
      () => `${random.pick(names)}: ${random.pick(values)}`,
    );
    const head = requestHead("POST / HTTP/1.1", "Host: a.test", ...fields, "Content-Length: 3");
    const request = { head, host: "a.test", framing: requestFraming(head), upgradesTo: [] };
    const taken = sentRequestLines(request);
    if (taken !== null) {
      sent += 1;
      const again = requestHead("POST / HTTP/1.1", ...taken.split("\r\n").filter(Boolean));
      assertEquals(
        sorted(lines(again.fields)),
        sorted(lines(forwardedRequestFields(request, null))),
      );
    }
    const answer = responseHead("HTTP/1.1 200 OK", ...fields, "Content-Length: 3");
    const framing = responseFraming(answer, "GET");
    const cut = responseLinesToCut(answer, framing);
    if (cut !== null) {
      returned += 1;
      const kept = answer.fields.filter((_, at) => !cut.includes(at));
      const anew = forwardedResponseFields(answer, framing, null);
      assertEquals(sorted(lines(kept)), sorted(lines(anew)));
    }
  }
  assert(sent > 500 && returned > 500, `${sent} and ${returned}`);
});

Deno.test("viaLine() is the line of Via, or nothing", () => {
  assertEquals([viaLine(0, "doorward-1"), viaLine(1, null)], ["Via: 1.0 doorward-1\r\n", ""]);
});
