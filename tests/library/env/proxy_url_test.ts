import { assertEquals } from "@std/assert";
import { proxyUrl, socksUrl } from "../../../src/library/env/proxy_url.ts";
import { parseIp } from "../../../src/net/address/ip.ts";

/** Where a proxy listens, and the URL for its clients. */
const URLS: readonly (readonly [string, string])[] = [
  ["127.0.0.1", "http://127.0.0.1:3128"],
  ["::1", "http://[::1]:3128"],
  ["0.0.0.0", "http://127.0.0.1:3128"],
  ["::", "http://[::1]:3128"],
  ["192.168.1.2", "http://192.168.1.2:3128"],
];

for (const [ip, url] of URLS) {
  Deno.test(`proxyUrl() and socksUrl() of a listener on ${ip} is ${url}`, () => {
    assertEquals(proxyUrl({ ip: parseIp(ip)!, port: 3128 }), url);
    assertEquals(socksUrl({ ip: parseIp(ip)!, port: 3128 }), url.replace("http", "socks5h"));
  });
}
