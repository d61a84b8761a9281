import { assertEquals, assertThrows } from "@std/assert";
import { ApiError } from "../../src/admin/api_error.ts";
import { guardCall, isFromBrowser } from "../../src/admin/guard.ts";
import { addressOf } from "./make_admin.ts";

type Headers = Readonly<Record<string, string>>;

/** What is said of a call with these header fields at a listener: the reason, or null for none. */
function verdict(listener: string, headers: Headers, method = "GET", target?: string) {
  const url = target ?? `http://${headers["host"] || "localhost"}/`;
  try {
    guardCall({ url, method, headers: new Headers(headers) } as Request, addressOf(listener));
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.reason;
  }
}

/** Where it listens, the `Host`, and whether that is ours. */
const HOSTS: readonly (readonly [string, string, boolean])[] = [
  ["127.0.0.1:8080", "127.0.0.1:8080", true],
  ["127.0.0.1:8080", "localhost:8080", true],
  ["127.0.0.1:8080", "Localhost.:8080", true],
  ["127.0.0.1:8080", "[::1]:8080", true],
  ["127.0.0.1:8080", "127.0.0.2:8080", true],
  ["[::1]:8080", "127.0.0.1:8080", true],
  ["127.0.0.1:80", "127.0.0.1", true],
  ["127.0.0.1:80", "localhost", true],
  ["127.0.0.1:8080", "127.0.0.1", false],
  ["127.0.0.1:8080", "127.0.0.1:", false],
  ["127.0.0.1:8080", "127.0.0.1:80", false],
  ["127.0.0.1:8080", "127.0.0.1:18080", false],
  ["127.0.0.1:8080", "rebind.evil:8080", false],
  ["127.0.0.1:8080", "localhost.evil.test:8080", false],
  ["127.0.0.1:8080", "127.0.0.1.evil.test:8080", false],
  ["127.0.0.1:8080", "127-0-0-1.evil.test:8080", false],
  ["127.0.0.1:8080", "x.localhost:8080", false],
  ["127.0.0.1:8080", "0.0.0.0:8080", false],
  ["127.0.0.1:8080", "10.0.0.1:8080", false],
  ["127.0.0.1:8080", "127.0.0.1:8080@evil", false],
  ["127.0.0.1:8080", "a b", false],
  ["127.0.0.1:8080", "[", false],
  ["127.0.0.1:8080", "", false],
  // Where we listen for others any address is one of ours, and still no name.
  ["0.0.0.0:8080", "10.0.0.1:8080", true],
  ["10.0.0.1:8080", "10.0.0.1:8080", true],
  ["0.0.0.0:8080", "box.lan:8080", false],
  ["0.0.0.0:8080", "10.0.0.1:8081", false],
];

for (const [listener, host, isOurs] of HOSTS) {
  const verb = isOurs ? "takes" : "refuses";
  Deno.test(`guardCall() ${verb} the Host ${JSON.stringify(host)} at ${listener}`, () => {
    assertEquals(verdict(listener, { host }), isOurs ? null : "bad_host");
  });
}

Deno.test("guardCall() refuses a target elsewhere, whatever the Host", () => {
  const host = "127.0.0.1:8080";
  for (const url of ["http://evil.test/", "http://evil.test:8080/", "http://[/", "no URL"]) {
    assertEquals(verdict(host, { host }, "GET", url), "bad_host", url);
  }
  assertEquals(verdict(host, {}, "GET", `http://${host}/`), "bad_host");
});

/** `Host`, `Origin`, and whether they agree. */
const ORIGINS: readonly (readonly [string, string, boolean])[] = [
  ["127.0.0.1:8080", "http://127.0.0.1:8080", true],
  ["localhost:8080", "http://localhost:8080", true],
  ["[::1]:8080", "http://[::1]:8080", true],
  // Each is an origin of its own to a browser.
  ["127.0.0.1:8080", "http://localhost:8080", false],
  ["localhost:8080", "http://127.0.0.1:8080", false],
  ["127.0.0.1:8080", "https://127.0.0.1:8080", false],
  ["127.0.0.1:8080", "http://127.0.0.1", false],
  ["127.0.0.1:8080", "http://127.0.0.1:8080.evil.test", false],
  ["127.0.0.1:8080", "http://evil.test", false],
  ["127.0.0.1:8080", "null", false],
  ["127.0.0.1:8080", "", false],
];

for (const [host, origin, isOurs] of ORIGINS) {
  Deno.test(`guardCall() ${isOurs ? "takes" : "refuses"} ${origin || "nothing"} at ${host}`, () => {
    const expected = isOurs ? null : "foreign_origin";
    assertEquals(verdict("127.0.0.1:8080", { host, origin }), expected);
    assertEquals(verdict("127.0.0.1:8080", { host, origin }, "POST"), expected);
  });
}

/** `Sec-Fetch-Site`, and the methods it may come with. */
const SITES: readonly (readonly [string, readonly string[]])[] = [
  ["same-origin", ["GET", "HEAD", "POST", "DELETE"]],
  ["none", ["GET", "HEAD"]],
  // To a browser every port of this machine is the same site.
  ["same-site", []],
  ["cross-site", []],
  ["", []],
  ["SAME-ORIGIN", []],
];

for (const [site, methods] of SITES) {
  Deno.test(`guardCall() takes ${methods.join(", ") || "nothing"} with the site "${site}"`, () => {
    const headers = { host: "127.0.0.1:8080", "sec-fetch-site": site };
    const taken = ["GET", "HEAD", "POST", "DELETE"].filter((method) =>
      verdict("127.0.0.1:8080", headers, method) !== "cross_site"
    );
    assertEquals(taken, [...methods]);
  });
}

Deno.test("guardCall() names the reason in a sentence", () => {
  const request = new Request("http://evil.test/", { headers: { host: "evil.test" } });
  const error = assertThrows(() => guardCall(request, addressOf("127.0.0.1:8080")), ApiError);
  assertEquals(
    error.message,
    "This is not the address of Doorward: use 127.0.0.1 and its port",
  );
});

Deno.test("isFromBrowser() knows the marks that no other program leaves", () => {
  const isMarked = (headers: Headers) =>
    isFromBrowser(new Request("http://127.0.0.1/", { headers }));
  assertEquals(isMarked({ origin: "null" }), true);
  assertEquals(isMarked({ referer: "http://127.0.0.1/" }), true);
  assertEquals(isMarked({ "sec-fetch-site": "none" }), true);
  assertEquals(isMarked({ "user-agent": "Mozilla/5.0", accept: "*/*" }), false);
});
