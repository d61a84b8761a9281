import { assertEquals } from "@std/assert";
import { type Field, field } from "../../src/http/fields.ts";
import { type Framing, requestFraming, responseFraming } from "../../src/http/framing.ts";
import type { Minor } from "../../src/http/head.ts";
import { fault, faultWords } from "../support/fault.ts";

/** `Name: value` lines as fields. */
function fields(lines: readonly string[]): Field[] {
  return lines.map((line) => {
    const [name, value] = line.split(": ", 2) as [string, string];
    return field(name, value);
  });
}

function ofRequest(lines: readonly string[], method = "POST", minor: Minor = 1): Framing {
  return requestFraming({ method, target: "/", minor, fields: fields(lines) });
}

function ofResponse(
  lines: readonly string[],
  { method = "GET", status = 200, minor = 1 as Minor } = {},
): Framing {
  return responseFraming({ minor, status, reason: "", fields: fields(lines) }, method);
}

const NONE: Framing = { kind: "none" };
const CHUNKED: Framing = { kind: "chunked" };
const CLOSE: Framing = { kind: "close" };

/** What both sides read alike. */
const LENGTHS: readonly [string, number][] = [
  ["0", 0],
  ["1", 1],
  ["00", 0],
  ["000000000000005", 5],
  ["999999999999999", 999_999_999_999_999],
];

const CHUNKED_SPELLINGS = ["chunked", "Chunked", "CHUNKED"];

/** What both sides refuse (RFC 9112 sections 6.1, 6.2, 6.3, 11.2; RFC 9110 section 8.6). */
const AMBIGUOUS: readonly (readonly string[])[] = [
  // Content-Length is 1*DIGIT.
  ["Content-Length: "],
  ["Content-Length: +5"],
  ["Content-Length: -5"],
  ["Content-Length: 5 "],
  ["Content-Length: 5 5"],
  ["Content-Length: 0x5"],
  ["Content-Length: 5a"],
  ["Content-Length: 5.0"],
  ["Content-Length: 5e0"],
  ["Content-Length: 1_000"],
  ["Content-Length: \x85"],
  ["Content-Length: \xb2"],
  ["Content-Length: five"],
  // One value, once. Equal ones may be collapsed by the RFC; we do not.
  ["Content-Length: 5, 5"],
  ["Content-Length: 5,6"],
  ["Content-Length: 5,"],
  ["Content-Length: 5", "Content-Length: 5"],
  ["Content-Length: 5", "content-length: 6"],
  // Out of range: sixteen digits, zeros too.
  ["Content-Length: 1000000000000000"],
  ["Content-Length: 0000000000000005"],
  ["Content-Length: 18446744073709551616"],
  [`Content-Length: ${"9".repeat(400)}`],
  // chunked, once, and nothing else.
  ["Transfer-Encoding: "],
  ["Transfer-Encoding: identity"],
  ["Transfer-Encoding: gzip"],
  ["Transfer-Encoding: xchunked"],
  ["Transfer-Encoding: chunked, identity"],
  ["Transfer-Encoding: chunked, chunked"],
  ["Transfer-Encoding: gzip, chunked"],
  ["Transfer-Encoding: chunked,"],
  ["Transfer-Encoding: ,chunked"],
  ["Transfer-Encoding: chunked;q=1"],
  ["Transfer-Encoding: chunked "],
  ["Transfer-Encoding: \xa0chunked"],
  ['Transfer-Encoding: "chunked"'],
  ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
  ["Transfer-Encoding: chunked", "transfer-encoding: identity"],
  ["Transfer-Encoding: identity", "Transfer-Encoding: chunked"],
  // Never both, whichever comes first and whatever they say.
  ["Content-Length: 5", "Transfer-Encoding: chunked"],
  ["Transfer-Encoding: chunked", "Content-Length: 5"],
  ["Transfer-Encoding: chunked", "Content-Length: 0"],
  ["Transfer-Encoding: identity", "Content-Length: 5"],
];

Deno.test("requestFraming() is none when the fields say nothing", () => {
  assertEquals(ofRequest([]), NONE);
  assertEquals(ofRequest(["Connection: close"], "GET", 0), NONE);
});

Deno.test("requestFraming() reads Content-Length, up to fifteen digits", () => {
  for (const [text, length] of LENGTHS) {
    assertEquals(ofRequest([`Content-Length: ${text}`]), { kind: "length", length }, text);
  }
  assertEquals(ofRequest(["Content-Length: 5"], "POST", 0), { kind: "length", length: 5 });
});

Deno.test("requestFraming() reads chunked, in any case", () => {
  for (const text of CHUNKED_SPELLINGS) {
    assertEquals(ofRequest([`Transfer-Encoding: ${text}`]), CHUNKED, text);
  }
});

Deno.test("requestFraming() takes a body with any method that may have one", () => {
  for (const method of ["GET", "HEAD", "DELETE", "OPTIONS", "ODD"]) {
    assertEquals(ofRequest(["Transfer-Encoding: chunked"], method), CHUNKED, method);
  }
});

Deno.test("requestFraming() refuses every ambiguity", () => {
  for (const lines of AMBIGUOUS) {
    assertEquals(fault(() => ofRequest(lines)), "client bad_framing", lines.join(" | "));
  }
});

Deno.test("requestFraming() refuses Transfer-Encoding in HTTP/1.0", () => {
  for (const coding of ["chunked", "identity"]) {
    const run = () => ofRequest([`Transfer-Encoding: ${coding}`], "POST", 0);
    assertEquals(fault(run), "client bad_framing", coding);
  }
});

Deno.test("requestFraming() refuses a body with CONNECT and TRACE (RFC 9110 9.3.6, 9.3.8)", () => {
  for (const method of ["CONNECT", "TRACE"]) {
    for (const line of ["Content-Length: 1", "Transfer-Encoding: chunked"]) {
      assertEquals(fault(() => ofRequest([line], method)), "client bad_framing", method + line);
    }
    assertEquals(ofRequest(["Content-Length: 0"], method), NONE, method);
    assertEquals(ofRequest([], method), NONE, method);
  }
});

Deno.test("responseFraming() goes to the close of the connection when the fields say nothing", () => {
  assertEquals(ofResponse([]), CLOSE);
  assertEquals(ofResponse([], { minor: 0 }), CLOSE);
  assertEquals(ofResponse([], { status: 500 }), CLOSE);
});

Deno.test("responseFraming() reads Content-Length and chunked", () => {
  for (const [text, length] of LENGTHS) {
    assertEquals(ofResponse([`Content-Length: ${text}`]), { kind: "length", length }, text);
  }
  for (const text of CHUNKED_SPELLINGS) {
    assertEquals(ofResponse([`Transfer-Encoding: ${text}`]), CHUNKED, text);
  }
});

Deno.test("responseFraming() refuses every ambiguity", () => {
  for (const lines of AMBIGUOUS) {
    assertEquals(fault(() => ofResponse(lines)), "upstream bad_framing", lines.join(" | "));
  }
});

Deno.test("responseFraming() refuses Transfer-Encoding in HTTP/1.0", () => {
  const run = () => ofResponse(["Transfer-Encoding: chunked"], { minor: 0 });
  assertEquals(fault(run), "upstream bad_framing");
});

Deno.test("responseFraming() knows which responses have no body, whatever they say", () => {
  const bodyless = [
    { method: "HEAD" },
    { method: "HEAD", status: 404 },
    ...[100, 101, 103, 199, 204, 304].map((status) => ({ status })),
    ...[200, 204, 299].map((status) => ({ status, method: "CONNECT" })),
  ];
  for (const options of bodyless) {
    for (const lines of [[], ["Content-Length: 5"], ["Transfer-Encoding: chunked"]]) {
      assertEquals(ofResponse(lines, options), NONE, JSON.stringify(options));
    }
  }
});

Deno.test("responseFraming() knows which responses have one all the same", () => {
  const others = [
    ...[200, 203, 205, 206, 300, 303, 305, 404, 999].map((status) => ({ status, method: "GET" })),
    ...[300, 403].map((status) => ({ status, method: "CONNECT" })),
    { status: 200, method: "head" },
  ];
  for (const options of others) {
    assertEquals(ofResponse(["Transfer-Encoding: chunked"], options), CHUNKED, options.method);
    assertEquals(ofResponse([], options), CLOSE, JSON.stringify(options));
  }
});

/** Fields of a request, its minor version, and what is said of them after `Cannot tell where the body ends: `. */
const WORDS: readonly (readonly [readonly string[], Minor, string])[] = [
  [["Transfer-Encoding: chunked"], 0, "HTTP/1.0 has no Transfer-Encoding"],
  [
    ["Transfer-Encoding: chunked", "Content-Length: 5"],
    1,
    "both Transfer-Encoding and Content-Length",
  ],
  [["Transfer-Encoding: gzip"], 1, "a Transfer-Encoding other than chunked"],
  [["Content-Length: 5", "Content-Length: 5"], 1, "more than one Content-Length"],
  [["Content-Length: five"], 1, "a Content-Length that is not a number"],
  [[`Content-Length: ${"0".repeat(16)}`], 1, "a Content-Length out of range"],
];

for (const [lines, minor, words] of WORDS) {
  Deno.test(`requestFraming() says of ${lines}: ${words}`, () => {
    const said = faultWords(() => ofRequest(lines, "POST", minor));
    assertEquals(said, `Cannot tell where the body ends: ${words}`);
  });
}
