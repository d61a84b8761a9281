import { assertEquals } from "@std/assert";
import { formatEndpoint } from "../../src/net/address/endpoint.ts";
import { parseUpstreamUrl } from "../../src/config/upstream_url.ts";

/** A URL, and the proxy: kind, place, user and password. */
const GOOD: readonly (readonly [string, string, string, readonly [string, string] | null])[] = [
  ["http://proxy.corp:3128", "http", "proxy.corp:3128", null],
  ["proxy.corp:3128", "http", "proxy.corp:3128", null],
  ["proxy.corp", "http", "proxy.corp:80", null],
  ["http://proxy.corp", "http", "proxy.corp:80", null],
  ["https://proxy.corp", "https", "proxy.corp:443", null],
  ["socks5://proxy.corp", "socks5", "proxy.corp:1080", null],
  ["socks5h://proxy.corp:9050", "socks5", "proxy.corp:9050", null],
  ["HTTP://Proxy.Corp.:3128/", "http", "proxy.corp:3128", null],
  [" http://proxy.corp:3128\n", "http", "proxy.corp:3128", null],
  ["http://127.0.0.1:3128", "http", "127.0.0.1:3128", null],
  ["http://[::1]:3128", "http", "[::1]:3128", null],
  ["[::1]:3128", "http", "[::1]:3128", null],
  ["http://me:secret@proxy.corp:3128", "http", "proxy.corp:3128", ["me", "secret"]],
  ["me:secret@proxy.corp:3128", "http", "proxy.corp:3128", ["me", "secret"]],
  ["http://me@proxy.corp", "http", "proxy.corp:80", ["me", ""]],
  ["http://:secret@proxy.corp", "http", "proxy.corp:80", ["", "secret"]],
  ["http://@proxy.corp", "http", "proxy.corp:80", null],
  ["http://me:a:b@c@proxy.corp", "http", "proxy.corp:80", ["me", "a:b@c"]],
  ["http://m%65:%40%3A%2f%25@proxy.corp", "http", "proxy.corp:80", ["me", "@:/%"]],
  ["http://m%C3%A9:p%E2%82%AC@proxy.corp", "http", "proxy.corp:80", ["mé", "p€"]],
  ["socks5://a%3Ab:c@proxy.corp", "socks5", "proxy.corp:1080", ["a:b", "c"]],
  [`socks5://${"a".repeat(255)}:b@h`, "socks5", "h:1080", ["a".repeat(255), "b"]],
];

for (const [text, kind, place, user] of GOOD) {
  Deno.test(`parseUpstreamUrl() reads ${JSON.stringify(text.slice(0, 60))}`, () => {
    const url = parseUpstreamUrl(text);
    if (url.kind === "bad") throw new Error(url.why);
    const { credentials } = url;
    assertEquals([url.kind, formatEndpoint(url.endpoint)], [kind, place]);
    const expected = user === null ? null : { user: user[0], password: user[1] };
    assertEquals(credentials, expected);
  });
}

const KNOWN = "only http, https, socks5 and socks5h";
const FOLLOWS = 'something follows the host: in a password "/", "?" and "#" are %2F, %3F and %23';

const BAD: readonly (readonly [string, string])[] = [
  ["", "the host is empty"],
  ["http://", "the host is empty"],
  ["http://:3128", "the host is empty"],
  ["socks4://proxy.corp", `socks4 is not spoken: ${KNOWN}`],
  ["socks://proxy.corp", `socks is not spoken: ${KNOWN}`],
  ["constructor://proxy.corp", `constructor is not spoken: ${KNOWN}`],
  ["://proxy.corp", `it has no scheme that is spoken: ${KNOWN}`],
  ["héllo://proxy.corp", `it has no scheme that is spoken: ${KNOWN}`],
  ["http:/proxy.corp", FOLLOWS],
  ["http://proxy.corp:", "the port is missing"],
  ["http://proxy.corp:0", "the port is not between 1 and 65535"],
  ["http://proxy.corp:99999", "the port is not between 1 and 65535"],
  ["http://proxy.corp:http", "the port is not a plain decimal number"],
  [
    "http://2130706433:3128",
    "it ends in a number but is not an IPv4 address of four plain decimal numbers",
  ],
  ["http://::1:3128", "it has more than one colon: an IPv6 address goes in brackets"],
  [
    "http://pröxy.corp",
    "it has a character outside ASCII: international names are written as A-labels, xn--",
  ],
  ["http://proxy.corp/path", FOLLOWS],
  ["http://proxy.corp?x", FOLLOWS],
  // Else the password would become a port of a host that is the user's name.
  ["http://me:12/34@proxy.corp", FOLLOWS],
  ["http://me:se#cret@proxy.corp", FOLLOWS],
  [
    "http://me:100%@proxy.corp",
    "a percent sign in the user name or the password is not followed by a byte: %25",
  ],
  [
    "http://me:%FF@proxy.corp",
    "a percent sign in the user name or the password is not followed by a byte: %25",
  ],
  ["http://m%3Ae:secret@proxy.corp", "the user name holds a colon"],
  ["http://me:a%0D%0Ab@proxy.corp", "the user name or the password holds a control character"],
  ["http://m%00e:secret@proxy.corp", "the user name or the password holds a control character"],
  [`socks5://${"a".repeat(256)}:b@h`, "the user name or the password is longer than 255 bytes"],
  [
    `socks5://a:${"%C3%A9".repeat(128)}@h`,
    "the user name or the password is longer than 255 bytes",
  ],
  [`http://a:${"b".repeat(4097)}@h`, "the user name or the password is longer than 4096 bytes"],
];

for (const [text, why] of BAD) {
  Deno.test(`parseUpstreamUrl() refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
    assertEquals(parseUpstreamUrl(text), { kind: "bad", why });
  });
}

Deno.test("parseUpstreamUrl() never repeats a credential in what it says", () => {
  for (const [text] of BAD) {
    const [, secret] = /(secret|se#cret|12\/34)/.exec(text) ?? [];
    const url = parseUpstreamUrl(text);
    if (secret !== undefined) assertEquals(JSON.stringify(url).includes(secret), false, text);
  }
});
