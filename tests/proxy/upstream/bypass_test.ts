import { assertEquals } from "@std/assert";
import { parseNoProxy } from "../../../src/config/no_proxy.ts";
import { isBypassed } from "../../../src/proxy/upstream/bypass.ts";
import { connectTo, ip } from "../../support/policy.ts";

/** `NO_PROXY`, a target and its addresses if they are known, and whether it is reached without a proxy. */
const TABLE: readonly (readonly [string, string, string, boolean])[] = [
  ["", "a.test:443", "", false],
  ["*", "a.test:443", "", true],
  ["*", "93.184.216.34:443", "", true],
  ["*:443", "a.test:443", "", true],
  ["*:443", "a.test:80", "", false],
  ["example.com", "example.com:443", "", true],
  ["example.com", "www.example.com:443", "", true],
  ["example.com", "a.b.example.com:443", "", true],
  ["example.com", "notexample.com:443", "", false],
  ["example.com", "example.com.evil.test:443", "", false],
  ["example.com", "example.co:443", "", false],
  ["www.example.com", "example.com:443", "", false],
  [".example.com", "example.com:443", "", true],
  [".example.com", "www.example.com:443", "", true],
  ["*.example.com", "example.com:443", "", true],
  ["*.example.com", "www.example.com:443", "", true],
  ["EXAMPLE.com.", "Www.Example.Com.:443", "", true],
  ["example.com:8443", "www.example.com:8443", "", true],
  ["example.com:8443", "www.example.com:443", "", false],
  ["other.test,example.com", "example.com:443", "", true],
  ["other.test example.com", "example.com:443", "", true],
  ["93.184.216.34", "93.184.216.34:443", "", true],
  ["93.184.216.34:80", "93.184.216.34:443", "", false],
  ["93.184.216.35", "93.184.216.34:443", "", false],
  ["93.184.216.34", "[::ffff:93.184.216.34]:443", "", true],
  ["2606:2800::1", "[2606:2800::1]:443", "", true],
  ["[2606:2800::1]:443", "[2606:2800::1]:443", "", true],
  ["[2606:2800::1]:80", "[2606:2800::1]:443", "", false],
  ["93.184.0.0/16", "93.184.216.34:443", "", true],
  ["93.184.216.34/16", "93.184.1.1:443", "", true],
  ["93.184.0.0/16", "93.185.216.34:443", "", false],
  ["2606::/16", "[2606:2800::1]:443", "", true],
  ["93.184.0.0/16:80", "93.184.216.34:80", "", true],
  ["93.184.0.0/16:80", "93.184.216.34:443", "", false],
  // By the addresses of a name: all of them, in one block.
  ["93.184.0.0/16", "a.test:443", "", false],
  ["93.184.0.0/16", "a.test:443", "93.184.1.1 93.184.1.2", true],
  ["93.184.0.0/16", "a.test:443", "93.184.1.1 93.185.1.2", false],
  ["93.184.0.0/16,93.185.0.0/16", "a.test:443", "93.184.1.1 93.185.1.2", false],
  ["0.0.0.0/0", "a.test:443", "93.184.1.1 2606:2800::1", false],
  ["93.184.1.1", "a.test:443", "93.184.1.1", true],
];

for (const [list, target, addresses, expected] of TABLE) {
  const at = addresses === "" ? "" : ` at ${addresses}`;
  Deno.test(`isBypassed() with "${list}": ${target}${at} ${expected ? "is" : "is not"}`, () => {
    const ips = addresses === "" ? [] : addresses.split(" ").map(ip);
    assertEquals(isBypassed(parseNoProxy(list).entries, connectTo(target).target, ips), expected);
  });
}
