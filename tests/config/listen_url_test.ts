import { assertEquals } from "@std/assert";
import { parseListenUrl } from "../../src/config/listen_url.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";

/** `address`, `address (name)` where a name was replaced, or why not. */
function read(text: string, defaultPort = 3128): string {
  const read = parseListenUrl(text, defaultPort);
  if (read.kind === "bad") return read.why;
  const address = formatSocketAddress(read.address);
  return read.replacedName === null ? address : `${address} (${read.replacedName})`;
}

const URLS: readonly (readonly [string, string])[] = [
  // parse_host_port_*
  ["127.0.0.1:8080", "127.0.0.1:8080"],
  ["http://example.com:8080/some/path", "127.0.0.1:8080 (example.com)"],
  ["http://user:pass@host.example:5555", "127.0.0.1:5555 (host.example)"],
  ["http://[::1]:9999", "[::1]:9999"],
  ["2001:db8::1", "[2001:db8::1]:3128"],
  // resolve_addr_*
  ["localhost", "127.0.0.1:3128"],
  ["1.2.3.4", "1.2.3.4:3128"],
  ["http://[::1]:8080", "[::1]:8080"],
  ["http://example.com:5555", "127.0.0.1:5555 (example.com)"],
  // an explicit port is never lost
  ["http://127.0.0.1:80", "127.0.0.1:80"],
  ["https://127.0.0.1:443", "127.0.0.1:443"],
  ["http://h:80/", "127.0.0.1:80 (h)"],
  ["ws://127.0.0.1:80", "127.0.0.1:80"],
  // any scheme, or none
  ["socks5h://127.0.0.1:48081", "127.0.0.1:48081"],
  ["anything+x://127.0.0.1", "127.0.0.1:3128"],
  ["://127.0.0.1:1", "127.0.0.1:1"],
  ["//127.0.0.1:1", "the host is missing"],
  // what surrounds the host
  ["  127.0.0.1:8080\n", "127.0.0.1:8080"],
  ["http://127.0.0.1:8080?q=1:2", "127.0.0.1:8080"],
  ["http://127.0.0.1:8080#f", "127.0.0.1:8080"],
  ["http://127.0.0.1/a:9", "127.0.0.1:3128"],
  ["http://a@b@127.0.0.1:9", "127.0.0.1:9"],
  ["http://127.0.0.1:", "127.0.0.1:3128"],
  ["LocalHost.:9", "127.0.0.1:9"],
  ["http://2001:db8::1", "[2001:db8::1]:3128"],
  ["[::]:9", "[::]:9"],
  ["0.0.0.0", "0.0.0.0:3128"],
  ["127.0.0.1:0", "127.0.0.1:0"],
  ["127.0.0.1:65535", "127.0.0.1:65535"],
  // faults
  ["", "the host is missing"],
  ["   ", "the host is missing"],
  ["http://", "the host is missing"],
  ["http://:80", "the host is missing"],
  ["http://u:p@/", "the host is missing"],
  ["unix:///tmp/x", "the host is missing"],
  ["http//127.0.0.1:1", 'its scheme is not followed by "://"'],
  ["socks5h:/127.0.0.1:1", 'its scheme is not followed by "://"'],
  ["example.com:notaport", "the port is not a plain decimal number"],
  ["127.0.0.1:65536", "the port is not between 1 and 65535"],
  ["127.0.0.1:-1", "the port is not a plain decimal number"],
  ["127.0.0.1:+80", "the port is not a plain decimal number"],
  ["127.0.0.1:080", "the port has a leading zero"],
  ["127.0.0.1:00", "the port is not between 1 and 65535"],
  ["[::1]:x", "the port is not a plain decimal number"],
  ["[::1", "the closing bracket is missing"],
  ["[::1]x:9", "something follows the closing bracket"],
  ["a:b:c", "it has a colon: an IPv6 address goes in brackets"],
  ["a:b:1", "it has a colon: an IPv6 address goes in brackets"],
  ["127.1:80", "it ends in a number but is not an IPv4 address of four plain decimal numbers"],
  ["a b:80", "it has a space"],
  ["http://0.0.0.0\\@127.0.0.1:80", "it has a backslash"],
  ["127.0.0.1\\x", "it has a backslash"],
];

for (const [text, expected] of URLS) {
  Deno.test(`parseListenUrl() reads ${JSON.stringify(text)}`, () => {
    assertEquals(read(text), expected);
  });
}

Deno.test("parseListenUrl() takes the default port it is given", () => {
  assertEquals([read("h", 80), read("[::1]", 1)], ["127.0.0.1:80 (h)", "[::1]:1"]);
});
