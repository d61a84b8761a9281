import { assertEquals } from "@std/assert";
import { chosenProxy, describeUpstream } from "../../../src/proxy/upstream/upstream_proxy.ts";
import { upstreamProxy } from "../../support/upstream.ts";

const TABLE: readonly (readonly [string, string])[] = [
  ["http://me:secret@proxy.corp:3128", "http://proxy.corp:3128 (HTTPS_PROXY)"],
  ["https://10.0.0.1", "https://10.0.0.1:443 (HTTPS_PROXY)"],
  ["socks5h://me@[::1]", "socks5://[::1]:1080 (HTTPS_PROXY)"],
];

for (const [url, expected] of TABLE) {
  Deno.test(`describeUpstream() of ${url} names it without its credentials`, () => {
    assertEquals(describeUpstream(upstreamProxy(url)), expected);
  });
}

Deno.test("chosenProxy() is the proxy of a choice, and null for every way past it", () => {
  const proxy = upstreamProxy("http://proxy.test:3128");
  assertEquals(chosenProxy(proxy), proxy);
  assertEquals(chosenProxy(null), null);
  assertEquals(chosenProxy({ kind: "direct", why: "it is near" }), null);
});
