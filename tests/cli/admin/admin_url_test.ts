import { assertEquals } from "@std/assert";
import { isHere, parseAdminUrl } from "../../../src/cli/admin/admin_url.ts";
import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";

/** Texts, and the place or what is wrong with it. */
const URLS: readonly (readonly [string, string])[] = [
  ["http://127.0.0.1:8080", "127.0.0.1:8080"],
  ["HTTP://127.0.0.1:9/", "127.0.0.1:9"],
  ["http://127.0.0.1:8080/#code=abc", "127.0.0.1:8080"],
  ["127.0.0.1", "127.0.0.1:8080"],
  ["localhost:99", "127.0.0.1:99"],
  ["http://[::1]:99", "[::1]:99"],
  ["http://192.0.2.1:1", "192.0.2.1:1"],
  ["https://127.0.0.1:8080", "Doorward listens for commands on http:// only"],
  ["http://localhost.evil.test:1", "a name is not looked up: write an address"],
  ["http://me:secret@127.0.0.1:1", "user information is not accepted"],
  [
    "http://127.1:1",
    "it ends in a number but is not an IPv4 address of four plain decimal numbers",
  ],
  ["http://127.0.0.1:0", "the port is not between 1 and 65535"],
  ["http://", "the host is empty"],
];

for (const [text, expected] of URLS) {
  Deno.test(`parseAdminUrl() reads ${text}`, () => {
    const read = parseAdminUrl(text);
    assertEquals("kind" in read ? read.why : formatSocketAddress(read), expected);
  });
}

/** Addresses, and whether they are on this machine. */
const PLACES: readonly (readonly [string, boolean])[] = [
  ["127.0.0.1", true],
  ["127.255.0.9", true],
  ["[::1]", true],
  ["[::ffff:127.0.0.1]", false],
  ["0.0.0.0", false],
  ["10.0.0.1", false],
  ["192.0.2.1", false],
];

for (const [text, expected] of PLACES) {
  Deno.test(`isHere() knows where ${text} is`, () => {
    const read = parseAdminUrl(text);
    assertEquals("kind" in read ? read.why : isHere(read), expected);
  });
}
