import { assertEquals } from "@std/assert";
import type { RequestHead, ResponseHead } from "../../src/http/head.ts";
import { parseFields, parseRequestHead, parseResponseHead } from "../../src/http/parse_head.ts";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { fault, faultWords } from "../support/fault.ts";

const FIELDS_MAX = 100;

function request(text: string, fieldsMax = FIELDS_MAX): RequestHead {
  return parseRequestHead(latin1Bytes(text), fieldsMax);
}

function response(text: string, fieldsMax = FIELDS_MAX): ResponseHead {
  return parseResponseHead(latin1Bytes(text), fieldsMax);
}

/** A request with that first line. */
function line(text: string): RequestHead {
  return request(`${text}\r\nHost: a.test\r\n\r\n`);
}

/** A response with that first line. */
function statusLine(text: string): ResponseHead {
  return response(`${text}\r\nServer: x\r\n\r\n`);
}

/** Name and value of each field of a head with those lines. */
function pairs(lines: string): [string, string][] {
  const { fields } = request(`GET / HTTP/1.1\r\n${lines}\r\n\r\n`);
  assertEquals(
    response(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`).fields,
    fields,
    "both sides read alike",
  );
  return fields.map(({ name, value }) => [name, value]);
}

Deno.test("parseRequestHead() reads the request line and the fields", () => {
  assertEquals(request("GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nX-b:c\r\n\r\n"), {
    method: "GET",
    target: "http://a.test/",
    minor: 1,
    fields: [
      { name: "Host", key: "host", value: "a.test" },
      { name: "X-b", key: "x-b", value: "c" },
    ],
    sent: {
      text: "GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nX-b:c\r\n\r\n",
      lines: [29, 43, 50],
    },
  });
});

Deno.test("parseRequestHead() reads HTTP/1.0, and a head without fields", () => {
  assertEquals(request("HEAD / HTTP/1.0\r\n\r\n"), {
    method: "HEAD",
    target: "/",
    minor: 0,
    fields: [],
    sent: { text: "HEAD / HTTP/1.0\r\n\r\n", lines: [17] },
  });
});

Deno.test("parseRequestHead() takes any token as a method, case kept (RFC 9110 9.1)", () => {
  for (const method of ["GET", "get", "M-SEARCH", "!#$%&'*+-.^_`|~09Az", "x"]) {
    assertEquals(line(`${method} / HTTP/1.1`).method, method);
  }
});

Deno.test("parseRequestHead() takes a method of 64 bytes and not of 65", () => {
  const longest = "M".repeat(64);
  assertEquals(line(`${longest} / HTTP/1.1`).method, longest);
  assertEquals(fault(() => line(`${longest}M / HTTP/1.1`)), "client bad_request_line");
  assertEquals(fault(() => line(`${"M".repeat(8192)} / HTTP/1.1`)), "client bad_request_line");
});

Deno.test("parseRequestHead() leaves the target as it is written", () => {
  const every = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));
  for (const target of ["/", "*", "a.test:443", "http://A.test/%2e%2E/?q#f", every]) {
    assertEquals(line(`GET ${target} HTTP/1.1`).target, target);
  }
});

// RFC 9112 sections 2.2, 2.3, 3, 3.1, 3.2: what is not "method SP request-target SP HTTP-version".
Deno.test("parseRequestHead() refuses every other request line", () => {
  const lines = [
    ...["", " ", "GET", "GET ", "GET /", "GET / ", "GET  HTTP/1.1", "GET /HTTP/1.1"],
    // One space, and it is a space.
    ...["GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1"],
    ...["GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "\tGET / HTTP/1.1", "CONNECT\ta.test:443 HTTP/1.1"],
    ...["GET\x0b/ HTTP/1.1", "GET /\x0cHTTP/1.1", "GET\xa0/ HTTP/1.1", "GET / HTTP/1.1\t"],
    "GET /a b HTTP/1.1",
    // A method is a token.
    ...["G ET / HTTP/1.1", "G@T / HTTP/1.1", "GET: / HTTP/1.1", '"GET" / HTTP/1.1'],
    ...["G\xc9T / HTTP/1.1", "G\0T / HTTP/1.1", "\x16\x03\x01 / HTTP/1.1", "(GET) / HTTP/1.1"],
    // No control characters and no bytes above 0x7e in a target.
    ...["GET /\0 HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /\x80 HTTP/1.1", "GET /\xff HTTP/1.1"],
    ...["GET /\x01 HTTP/1.1", "GET /\x1b[2J HTTP/1.1", "GET http://\xe9.test/ HTTP/1.1"],
    // The version is HTTP/1.0 or HTTP/1.1, in capitals.
    ...["GET / HTTP/0.9", "GET / HTTP/1.2", "GET / HTTP/1.9", "GET / HTTP/2.0", "GET / HTTP/2"],
    ...["GET / HTTP/3.1", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/.1", "GET / HTTP/11"],
    ...["GET / HTTP/1.10", "GET / HTTP/01.1", "GET / HTTP/1.1.1", "GET / HTTP 1.1"],
    ...["GET / http/1.1", "GET / Http/1.1", "GET / HTTPS/1.1", "GET / XTTP/1.1", "GET / HTTP/1,1"],
    ...["GET / HTTP/1.1x", "GET / xHTTP/1.1", "GET / HTTP/1.1 HTTP/1.1", "PRI * HTTP/2.0"],
    ...["GET / HTTP/\xb9.1", "GET / HTTP/1.1\0", "GET / RTSP/1.0", "GET / ICAP/1.0"],
    // A carriage return alone is no line end.
    ...["GET / HTTP/1.1\r", "GET /\rHTTP/1.1", "GET\r / HTTP/1.1", "\rGET / HTTP/1.1"],
    "GET / HTTP/1.1\rHost: evil.test",
  ];
  for (const text of lines) {
    assertEquals(fault(() => line(text)), "client bad_request_line", JSON.stringify(text));
  }
});

Deno.test("parseRequestHead() refuses a line feed alone behind the request line", () => {
  for (const text of ["GET / HTTP/1.1\nHost: a.test\r\n\r\n", "GET / HTTP/1.1\n\r\n", "\n\r\n"]) {
    assertEquals(fault(() => request(text)), "client bad_request_line", JSON.stringify(text));
  }
});

Deno.test("parseResponseHead() reads the status line and the fields", () => {
  assertEquals(response("HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n"), {
    minor: 1,
    status: 404,
    reason: "Not Found",
    fields: [{ name: "Server", key: "server", value: "x" }],
    sent: { text: "HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n", lines: [24, 35] },
  });
  assertEquals(response("HTTP/1.0 200 OK\r\n\r\n"), {
    minor: 0,
    status: 200,
    reason: "OK",
    fields: [],
    sent: { text: "HTTP/1.0 200 OK\r\n\r\n", lines: [17] },
  });
});

Deno.test("parseResponseHead() takes a reason of any text, or none, or not even the space", () => {
  const reasons: Record<string, string> = {
    "HTTP/1.1 200 ": "",
    "HTTP/1.1 200": "",
    "HTTP/1.1 200  two  spaces ": " two  spaces ",
    "HTTP/1.1 200 \t": "\t",
    "HTTP/1.1 200 \x80\xff": "\x80\xff",
    "HTTP/1.1 200 HTTP/1.1 500 x": "HTTP/1.1 500 x",
  };
  for (const [text, reason] of Object.entries(reasons)) {
    assertEquals(statusLine(text).reason, reason, text);
  }
});

Deno.test("parseResponseHead() takes every status from 100 to 999", () => {
  for (let status = 100; status <= 999; status++) {
    assertEquals(statusLine(`HTTP/1.1 ${status} x`).status, status);
  }
});

Deno.test("parseResponseHead() refuses every other status line", () => {
  const lines = [
    ...["", " ", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 2", "HTTP/1.1 20", "HTTP/1.1200 OK"],
    ...["HTTP/1.1 2000 OK", "HTTP/1.1 200OK", "HTTP/1.1 099 x", "HTTP/1.1 000 x", "HTTP/1.1 +20 x"],
    ...["HTTP/1.1 20x x", "HTTP/1.1 2.0 x", "HTTP/1.1 -20 x", "HTTP/1.1 0x5 x", "HTTP/1.1 1e2 x"],
    ...["HTTP/1.1  200 OK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK", " HTTP/1.1 200 OK"],
    ...[
      "HTTP/2.0 200 OK",
      "HTTP/2 200 OK",
      "HTTP/1.2 200 OK",
      "HTTP/0.9 200 OK",
      "http/1.1 200 OK",
    ],
    ...["ICY 200 OK", "HTTP/1.1 \xb2\xb0\xb0 x", "<html>", "SSH-2.0-OpenSSH_9.6"],
    ...["HTTP/1.1 200 \0", "HTTP/1.1 200 \x1b[2J", "HTTP/1.1 200 \x7f", "HTTP/1.1 200 a\rb"],
    ...["HTTP/1.1 200 OK\r", "HTTP/1.1 200\r", "HTTP/1.1\r200 OK", "\rHTTP/1.1 200 OK"],
  ];
  for (const text of lines) {
    assertEquals(fault(() => statusLine(text)), "upstream bad_status_line", JSON.stringify(text));
  }
  const bare = () => response("HTTP/1.1 200 OK\nServer: x\r\n\r\n");
  assertEquals(fault(bare), "upstream bad_status_line");
});

Deno.test("fields keep their order, their case and their number", () => {
  assertEquals(pairs("B: 1\r\na: 2\r\nb: 3\r\nA: 4\r\nB: 1"), [
    ["B", "1"],
    ["a", "2"],
    ["b", "3"],
    ["A", "4"],
    ["B", "1"],
  ]);
});

Deno.test("a field name is any token, and its key is in lower case", () => {
  const name = "!#$%&'*+-.^_`|~09AZaz";
  const [field] = request(`GET / HTTP/1.1\r\n${name}: x\r\n\r\n`).fields;
  assertEquals(field, { name, key: "!#$%&'*+-.^_`|~09azaz", value: "x" });
});

Deno.test("a field value loses the white space around it and keeps that inside", () => {
  const values: Record<string, string> = {
    "A:b": "b",
    "A: b": "b",
    "A:\tb": "b",
    "A: \t  b \t ": "b",
    "A: b  c\td ": "b  c\td",
    "A:": "",
    "A: ": "",
    "A: \t \t": "",
    "A: b: c": "b: c",
    "A: :": ":",
  };
  for (const [text, value] of Object.entries(values)) {
    assertEquals(pairs(text), [["A", value]], JSON.stringify(text));
  }
});

Deno.test("a field value takes every visible character and obs-text, unchanged", () => {
  const visible = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));
  const obsText = String.fromCharCode(...Array.from({ length: 128 }, (_, index) => 0x80 + index));
  assertEquals(pairs(`A: ${visible}${obsText}`), [["A", visible + obsText]]);
});

// RFC 9112 sections 2.2, 5, 5.1, 5.2; RFC 9110 sections 5.1, 5.5.
Deno.test("fields of every other form are refused, on both sides", () => {
  const lines = [
    // No white space before the colon, nor in the name, nor in front of the line.
    ...["Transfer-Encoding : chunked", "Content-Length\t: 5", "A b: c", " A: b", "\tA: b", "A : "],
    "Transfer-Encoding\x0b: chunked",
    // obs-fold, in every place.
    ...["A: b\r\n c", "A: b\r\n\tc", "A: b\r\n : c", "A:\r\n b", "A: b\r\n \r\nC: d"],
    "Content-Length: 5\r\n , 6",
    // A name and a colon.
    ...[":", ": b", "A", "A b", "A=b", "A;b: c", "A(b): c", 'A": b', "A/b: c", "A@: b", "A[0]: b"],
    ...["\xe9: b", "A\xe9: b", "A\0: b", "\0A: b", "A\x7f: b", "A\x80: b", "{A}: b", "A,B: c"],
    // No control characters in a value.
    ...["A: \0", "A: b\0c", "A: \x01", "A: \x08", "A: \x0b", "A: \x0c", "A: \x1b[2J", "A: \x7f"],
    "Transfer-Encoding:\x0bchunked",
    // A carriage return or a line feed alone ends nothing.
    ...["A: b\rC: d", "A: b\r", "A: \rb", "A\r: b", "\rA: b", "A: b\r\r\nC: d", "A: b\r\n\rC: d"],
    ...[
      "A: b\nC: d",
      "A: b\n C: d",
      "A: b\n",
      "A\n: b",
      "\nA: b",
      "A: b\n\nC: d",
      "A: b\n\r\nC: d",
    ],
  ];
  for (const text of lines) {
    const label = JSON.stringify(text);
    for (const rest of ["", "\r\nLast: x"]) {
      const asked = fault(() => request(`GET / HTTP/1.1\r\n${text}${rest}\r\n\r\n`));
      assertEquals(asked, "client bad_header", label);
      const answered = fault(() => response(`HTTP/1.1 200 OK\r\n${text}${rest}\r\n\r\n`));
      assertEquals(answered, "upstream bad_header", label);
    }
  }
});

// RFC 9112 section 2.2: white space between the start line and the first field.
Deno.test("white space before the first field is refused", () => {
  for (const text of [" \r\nA: b", " A: b", "\t\r\nA: b"]) {
    const run = () => request(`GET / HTTP/1.1\r\n${text}\r\n\r\n`);
    assertEquals(fault(run), "client bad_header", JSON.stringify(text));
  }
});

Deno.test("as many fields as allowed are taken, and not one more", () => {
  const lines = (count: number) => "A: b\r\n".repeat(count);
  assertEquals(request(`GET / HTTP/1.1\r\n${lines(8)}\r\n`, 8).fields.length, 8);
  assertEquals(response(`HTTP/1.1 200 OK\r\n${lines(8)}\r\n`, 8).fields.length, 8);
  const asked = () => request(`GET / HTTP/1.1\r\n${lines(9)}\r\n`, 8);
  assertEquals(fault(asked), "client too_many_fields");
  const answered = () => response(`HTTP/1.1 200 OK\r\n${lines(9)}\r\n`, 8);
  assertEquals(fault(answered), "upstream too_many_fields");
});

Deno.test("a head that does not end with its empty line is refused", () => {
  for (const rest of ["", "\r", "A: b\r\n", "A: b", "\r\nGET / HTTP/1.1\r\n", "\r\n\r\n"]) {
    const run = () => request(`GET / HTTP/1.1\r\n${rest}`);
    assertEquals(fault(run), "client bad_header", JSON.stringify(rest));
  }
  assertEquals(fault(() => request("GET / HTTP/1.1")), "client bad_request_line");
  assertEquals(fault(() => request("")), "client bad_request_line");
  assertEquals(fault(() => response("")), "upstream bad_status_line");
});

Deno.test("parseRequestHead() reads a view, and nothing beside it", () => {
  const text = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
  const bytes = latin1Bytes(`xx${text}POST /`);
  assertEquals(parseRequestHead(bytes.subarray(2, 2 + text.length), 8), request(text));
});

Deno.test("parseFields() reads a trailer section, from where it is told to", () => {
  const text = "0\r\nDigest: x\r\n\r\n";
  assertEquals(parseFields({ bytes: latin1Bytes(text), text, lines: [] }, 3, 8, "client"), [
    { name: "Digest", key: "digest", value: "x" },
  ]);
  assertEquals(
    parseFields({ bytes: latin1Bytes("\r\n"), text: "\r\n", lines: [] }, 0, 8, "client"),
    [],
  );
});

const VERSION_WORDS = "Cannot speak this protocol: only HTTP/1.0 and HTTP/1.1";

/** Heads of requests, and what is said of them. */
const REQUEST_WORDS: readonly (readonly [string, string])[] = [
  ["GET / HTTP/2.0\r\n\r\n", VERSION_WORDS],
  ["GET / HTTP/1.1\n\r\n", "Cannot parse the head: a line feed stands alone"],
  ["GET / HTTP/1.1\r\n A: b\r\n\r\n", header("a line does not begin with a field name")],
  ["GET / HTTP/1.1\r\nA b\r\n\r\n", header("a field name is a token and a colon")],
  ["GET / HTTP/1.1\r\nA: \0\r\n\r\n", header("a field value holds a control character")],
  ["GET / HTTP/1.1\r\nA: b\r\n\rx", header("a carriage return stands alone")],
  ["GET / HTTP/1.1\r\nA: b\r\n", header("it does not end")],
  [`GET / HTTP/1.1\r\n${"A: b\r\n".repeat(101)}\r\n`, "Cannot take more than 100 fields"],
];

function header(why: string): string {
  return `Cannot parse the header: ${why}`;
}

for (const [head, words] of REQUEST_WORDS) {
  Deno.test(`parseRequestHead() says of ${JSON.stringify(head.slice(0, 28))}: ${words}`, () => {
    assertEquals(faultWords(() => request(head)), words);
  });
}

/** Request lines, and what is said of them after `Cannot parse the request: `. */
const LINE_WORDS: readonly (readonly [string, string])[] = [
  [" / HTTP/1.1", "the request line has no method"],
  ["G@T / HTTP/1.1", "a method is a token and one space"],
  [`${"M".repeat(65)} / HTTP/1.1`, "the method is too long"],
  ["GET  / HTTP/1.1", "the request line has no target"],
  ["GET /\x80 HTTP/1.1", "the request target holds a byte that no URI has"],
];

for (const [text, words] of LINE_WORDS) {
  Deno.test(`parseRequestHead() says of ${JSON.stringify(text.slice(0, 20))}: ${words}`, () => {
    assertEquals(faultWords(() => line(text)), `Cannot parse the request: ${words}`);
  });
}

/** Status lines, and what is said of them. */
const STATUS_WORDS: readonly (readonly [string, string])[] = [
  ["HTTP/2 200 OK", VERSION_WORDS],
  [
    "HTTP/1.1 20 OK",
    "Cannot parse the response: the status is not a number from 100 to 999",
  ],
  ["HTTP/1.1 200OK", "Cannot parse the response: no space after the status"],
  ["HTTP/1.1 200 \0", "Cannot parse the response: the reason phrase holds a control character"],
];

for (const [text, words] of STATUS_WORDS) {
  Deno.test(`parseResponseHead() says of ${JSON.stringify(text)}: ${words}`, () => {
    assertEquals(faultWords(() => statusLine(text)), words);
  });
}
