import { assertEquals } from "@std/assert";
import { parseProxyPlace } from "../../src/cli/proxy_place.ts";
import { formatEndpoint } from "../../src/net/address/endpoint.ts";

/** What somebody writes, where the proxy is, and the user and password it is told. */
const PLACES: readonly (readonly [string, string, string | null])[] = [
  ["http://127.0.0.1:4000", "127.0.0.1:4000", null],
  ["HTTP://127.0.0.1:4000/", "127.0.0.1:4000", null],
  ["127.0.0.1:4000", "127.0.0.1:4000", null],
  ["localhost:4000", "localhost:4000", null],
  ["http://[::1]:4000/path?query#fragment", "[::1]:4000", null],
  ["http://proxy.test", "proxy.test:3128", null],
  ["http://codex-net-attempt-7@127.0.0.1:1", "127.0.0.1:1", "codex-net-attempt-7:"],
  ["http://me:pw@127.0.0.1:1", "127.0.0.1:1", "me:pw"],
  ["http://m%40e:p%3Aw:x@127.0.0.1:1", "127.0.0.1:1", "m@e:p:w:x"],
  // What should have been encoded: the user has no colon, and the host no at sign.
  ["http://me:p:w@d@127.0.0.1:1", "127.0.0.1:1", "me:p:w@d"],
  ["me:pw@127.0.0.1:1", "127.0.0.1:1", "me:pw"],
  ["http://@127.0.0.1:1", "127.0.0.1:1", null],
];

for (const [text, place, credentials] of PLACES) {
  Deno.test(`parseProxyPlace() reads ${text}`, () => {
    const proxy = parseProxyPlace(text);
    if ("kind" in proxy) throw new Error(proxy.why);
    assertEquals(formatEndpoint(proxy.endpoint), place);
    const basic = credentials === null ? null : `Basic ${btoa(credentials)}`;
    assertEquals(proxy.authorization, basic);
  });
}

Deno.test("parseProxyPlace() writes credentials in UTF-8", () => {
  const proxy = parseProxyPlace("http://%C3%A4:%C3%B6@127.0.0.1:1");
  assertEquals("kind" in proxy ? null : proxy.authorization, "Basic w6Q6w7Y=");
});

/** What names no proxy that we can use. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["", "the host is empty"],
  ["http://", "the host is empty"],
  ["https://127.0.0.1:1", "only http:// proxies can be used here"],
  ["socks5h://127.0.0.1:1", "only http:// proxies can be used here"],
  ["http://127.0.0.1:0", "the port is not between 1 and 65535"],
  ["http://127.0.0.1:x", "the port is not a plain decimal number"],
  [
    "http://127.1:1",
    "it ends in a number but is not an IPv4 address of four plain decimal numbers",
  ],
  [
    "http://100%@127.0.0.1:1",
    "a percent sign in the user name or the password is not followed by a byte: %25",
  ],
  ["http://a%3Ab:c@127.0.0.1:1", "the user name holds a colon"],
];

for (const [text, why] of REFUSED) {
  Deno.test(`parseProxyPlace() refuses "${text}"`, () => {
    assertEquals(parseProxyPlace(text), { kind: "bad", why });
  });
}
