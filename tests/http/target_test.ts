import { assertEquals } from "@std/assert";
import { field } from "../../src/http/fields.ts";
import type { Minor, RequestHead } from "../../src/http/head.ts";
import { connectTarget, httpTarget, parseAbsoluteTarget } from "../../src/http/target.ts";
import { formatEndpoint } from "../../src/net/address/endpoint.ts";
import { fault } from "../support/fault.ts";

function head(
  target: string,
  hosts: readonly string[],
  { method = "GET", minor = 1 as Minor } = {},
): Omit<RequestHead, "sent"> {
  return { method, target, minor, fields: hosts.map((host) => field("Host", host)) };
}

type Options = Parameters<typeof head>[2];

/** Endpoint and path, as `host:port path`. */
function where(target: string, hosts: readonly string[], options?: Options): string {
  const { endpoint, path } = httpTarget(head(target, hosts, options));
  return `${formatEndpoint(endpoint)} ${path}`;
}

function connects(target: string, hosts: readonly string[], minor: Minor = 1): string {
  return formatEndpoint(connectTarget(head(target, hosts, { method: "CONNECT", minor })));
}

/** A host that nobody reads alike, or that names nobody. */
const BAD_AUTHORITIES = [
  ...["", ":80", "a.test:", "a.test:0", "a.test:65536", "a.test:80x", "a.test:+80", "a.test:080"],
  ...["a.test:80:80", "user@a.test", "user:pw@a.test", "@a.test", "a.test,b.test", "a.test b.test"],
  ...["a..test", ".a.test", "-a.test", "a\\b.test", "a%2etest", "127.1", "0x7f.1", "2130706433"],
  ...[
    "[::1",
    "::1",
    "[127.0.0.1]",
    "[fe80::1%25lo]",
    "[::1]x",
    "\xe9.test",
    "a.test\t",
    "a;b.test",
  ],
];

Deno.test("httpTarget() reads absolute-form", () => {
  const table: Record<string, string> = {
    "http://a.test/": "a.test:80 /",
    "http://a.test": "a.test:80 /",
    "http://a.test/x/../y?q=//": "a.test:80 /x/../y?q=//",
    "http://a.test?q": "a.test:80 /?q",
    "http://a.test/?": "a.test:80 /?",
    "HTTP://A.TEST/X": "a.test:80 /X",
    "http://a.test.:8080/": "a.test:8080 /",
    "http://192.0.2.1:81/": "192.0.2.1:81 /",
    "http://[2001:DB8::1]/": "[2001:db8::1]:80 /",
    "http://a.test/http://b.test/": "a.test:80 /http://b.test/",
    "http://a.test//b.test/": "a.test:80 //b.test/",
    "http://a.test/@b.test": "a.test:80 /@b.test",
  };
  for (const [target, expected] of Object.entries(table)) {
    const authority = /^http:\/\/([^/?]+)/i.exec(target)![1]!;
    assertEquals(where(target, [authority]), expected, target);
  }
});

Deno.test("httpTarget() reads origin-form with Host", () => {
  const table: [string, string, string][] = [
    ["/", "a.test", "a.test:80 /"],
    ["/x?y", "A.test:8080", "a.test:8080 /x?y"],
    ["//b.test/", "a.test", "a.test:80 //b.test/"],
    ["/", "[::1]:81", "[::1]:81 /"],
    ["/http://b.test/", "a.test.", "a.test:80 /http://b.test/"],
  ];
  for (const [target, host, expected] of table) assertEquals(where(target, [host]), expected);
});

Deno.test("httpTarget() takes Host that agrees with an absolute target, however it is spelled", () => {
  const table: [string, string][] = [
    ["http://a.test/", "a.test:80"],
    ["http://a.test:80/", "a.test"],
    ["http://a.test/", "A.TEST"],
    ["http://a.test/", "a.test."],
    ["http://a.test:8080/", "a.test:8080"],
    ["http://[::1]/", "[0:0:0:0:0:0:0:1]:80"],
  ];
  for (const [target, host] of table) where(target, [host]);
});

// RFC 9112 section 3.2.2.
Deno.test("httpTarget() refuses Host that does not agree with an absolute target", () => {
  const table: [string, string][] = [
    ["http://a.test/", "b.test"],
    ["http://a.test/", "a.test:8080"],
    ["http://a.test:8080/", "a.test"],
    ["http://a.test:8080/", "a.test:80"],
    ["http://a.test/", "sub.a.test"],
    ["http://192.0.2.1/", "a.test"],
    ["http://a.test/", "192.0.2.1"],
    ["http://192.0.2.1/", "192.0.2.2"],
    ["http://[::1]/", "127.0.0.1"],
    ["http://[::ffff:127.0.0.1]/", "127.0.0.1"],
  ];
  for (const [target, host] of table) {
    assertEquals(fault(() => where(target, [host])), "client bad_host", `${target} ${host}`);
  }
});

// RFC 9112 section 3.2.
Deno.test("HTTP/1.1 without Host, with two, or with an invalid one is refused in every form", () => {
  const bad = [[], ["a.test", "a.test"], ["a.test", "b.test"], ...BAD_AUTHORITIES.map((x) => [x])];
  for (const hosts of bad) {
    const label = JSON.stringify(hosts);
    assertEquals(fault(() => where("/", hosts)), "client bad_host", label);
    assertEquals(fault(() => where("*", hosts, { method: "OPTIONS" })), "client bad_host", label);
    assertEquals(fault(() => where("http://a.test/", hosts)), "client bad_host", label);
    assertEquals(fault(() => connects("a.test:443", hosts)), "client bad_host", label);
  }
});

Deno.test("HTTP/1.0 may leave Host out where the target names the server", () => {
  const minor = 0;
  assertEquals(where("http://a.test/", [], { minor }), "a.test:80 /");
  assertEquals(connects("a.test:443", [], minor), "a.test:443");
  assertEquals(fault(() => where("/", [], { minor })), "client bad_host");
  assertEquals(fault(() => where("*", [], { minor, method: "OPTIONS" })), "client bad_host");
});

Deno.test("HTTP/1.0 with Host must make sense of it too", () => {
  const minor = 0;
  for (const hosts of [["b.test"], ["a.test", "a.test"], [""]]) {
    const run = () => where("http://a.test/", hosts, { minor });
    assertEquals(fault(run), "client bad_host", JSON.stringify(hosts));
  }
});

// RFC 9112 section 3.2.4.
Deno.test("httpTarget() makes OPTIONS of a whole server asterisk-form, and of no other target", () => {
  const options = { method: "OPTIONS" };
  assertEquals(where("http://a.test", ["a.test"], options), "a.test:80 *");
  assertEquals(where("http://a.test:8080", ["a.test:8080"], options), "a.test:8080 *");
  assertEquals(where("*", ["a.test:81"], options), "a.test:81 *");
  assertEquals(where("http://a.test/", ["a.test"], options), "a.test:80 /");
  assertEquals(where("http://a.test?q", ["a.test"], options), "a.test:80 /?q");
  assertEquals(where("http://a.test", ["a.test"]), "a.test:80 /");
});

Deno.test("httpTarget() refuses every other target", () => {
  const targets = [
    ...["*", "a.test", "a.test:80", "a.test/", "x", "?q", "\\", "http:/a.test/", "http:a.test"],
    ...["http:///", "http://", "http://?q", "://a.test/", "1http://a.test/", "ht tp://a.test/"],
    ...[
      "/#",
      "/a#b",
      "http://a.test/#",
      "http://a.test#b",
      "http://a.test/?q#f",
      "http://a.test#@b",
    ],
    ...["p//x", "a/b://c.test/"],
  ];
  for (const target of targets) {
    assertEquals(fault(() => where(target, ["a.test"])), "client bad_target", target);
  }
  for (const authority of BAD_AUTHORITIES) {
    const run = () => where(`http://${authority}/`, ["a.test"]);
    assertEquals(fault(run), "client bad_target", authority);
  }
  assertEquals(fault(() => where("**", ["a"], { method: "OPTIONS" })), "client bad_target");
});

Deno.test("httpTarget() says which schemes it does not speak", () => {
  for (const target of ["https://a.test/", "HTTPS://a.test/", "ftp://a.test/", "ws://a.test/"]) {
    assertEquals(fault(() => where(target, ["a.test"])), "client unsupported", target);
  }
});

Deno.test("httpTarget() repeats no scheme that is longer than schemes are", () => {
  const ask = (scheme: string) => fault(() => where(`${scheme}://a.test/`, ["a.test"]));
  assertEquals(ask("s".repeat(64)), "client unsupported");
  assertEquals(ask("s".repeat(65)), "client bad_target");
});

Deno.test("connectTarget() reads host:port, with Host that agrees", () => {
  const table: [string, string, string][] = [
    ["a.test:443", "a.test:443", "a.test:443"],
    ["A.test.:443", "a.test", "a.test:443"],
    ["a.test:8443", "a.test", "a.test:8443"],
    ["[2001:db8::1]:443", "[2001:db8::1]", "[2001:db8::1]:443"],
    ["192.0.2.1:1", "192.0.2.1:1", "192.0.2.1:1"],
  ];
  for (const [target, host, expected] of table) {
    assertEquals(connects(target, [host]), expected, target);
  }
});

// RFC 9110 section 9.3.6; RFC 9112 section 3.2.3.
Deno.test("connectTarget() refuses everything but host:port", () => {
  const targets = [
    ...["a.test", "a.test:", "[::1]", "http://a.test:443", "http://a.test:443/", "/", "*", "443"],
    ...["a.test:443/", "a.test:443?q", "a.test:443#f", "user@a.test:443", ":443", "::1:443"],
    ...["a.test:0", "a.test:65536", "a.test:443:443", "a.test:https", "127.1:443", "a.test:+443"],
  ];
  for (const target of targets) {
    assertEquals(fault(() => connects(target, ["a.test"])), "client bad_target", target);
  }
});

Deno.test("connectTarget() refuses Host that names another server", () => {
  for (const host of ["b.test", "b.test:443", "a.test:80", "a.test:8443"]) {
    assertEquals(fault(() => connects("a.test:443", [host])), "client bad_host", host);
  }
});

Deno.test("parseAbsoluteTarget() takes the authority as it is written", () => {
  const { authority, endpoint, path } = parseAbsoluteTarget("http://A.test");
  assertEquals([authority, formatEndpoint(endpoint), path], ["A.test", "a.test:80", "/"]);
});
