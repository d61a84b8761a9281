import { assertEquals } from "@std/assert";
import {
  isUpstreamKey,
  printableOverride,
  setsUpstreamProxy,
} from "../../../src/config/toml/printable_override.ts";

const KEY = "network.upstream_proxy";

/** What is given, and what is printed of it. */
const PRINTED: readonly (readonly [string, string])[] = [
  ["network.mode=full", "network.mode=full"],
  ["network.allow_upstream_proxy=true", "network.allow_upstream_proxy=true"],
  ["network.proxy_url=http://u:p@127.0.0.1:9", "network.proxy_url=http://…@127.0.0.1:9"],
  [`${KEY}=`, `${KEY}=`],
  [`${KEY}=http://h.test:1`, `${KEY}=http://h.test:1`],
  [`${KEY}="http://h.test:1"`, `${KEY}="http://h.test:1"`],
  [`${KEY}="http://u:p@h.test:1"`, `${KEY}=http://…@h.test:1`],
  [`${KEY}='socks5h://u:p@[::1]:1'`, `${KEY}=socks5://…@[::1]:1`],
  [`${KEY}=http://u:it's3cret@h.test:1`, `${KEY}=http://…@h.test:1`],
  [`${KEY}=http://u:it s3cret@h.test:1`, `${KEY}=http://…@h.test:1`],
  [`${KEY}=us=er:s3cret@h.test:1`, `${KEY}=http://…@h.test:1`],
  [`${KEY}=http://u:'s3cret@h:z`, `${KEY}=…`],
  [`${KEY}=http://u:a@s3cret:x`, `${KEY}=…`],
  [`${KEY}=http://u:s3cret`, `${KEY}=…`],
  ["network.upstreamProxy=http://u:a@s3cret:x", "network.upstreamProxy=…"],
  ["network.upstream_proxy.x=http://u:a@s3cret:x", "network.upstream_proxy.x=…"],
  ['network={upstream_proxy="http://u:a@s3cret:x"}', "network=…"],
  ["network.upstream_proxy:http://u:a@s3cret:x", "…"],
  ["network.upstream_proxy", "network.upstream_proxy"],
];

for (const [flag, expected] of PRINTED) {
  Deno.test(`printableOverride() prints ${flag} as ${expected}`, () => {
    assertEquals(printableOverride(flag), expected);
    // A message may go through more than one hand.
    assertEquals(printableOverride(expected), expected);
  });
}

Deno.test("setsUpstreamProxy() knows the key, and what was meant to be it", () => {
  const flags = [`${KEY}=x`, ` ${KEY} =x`, "network.upstrem_proxy=x", "upstream-proxy=x"];
  assertEquals(flags.map(setsUpstreamProxy), [true, true, true, true]);
  const others = [KEY, "network.allow_upstream_proxy=true", "a=network.upstream_proxy=x"];
  assertEquals(others.map(setsUpstreamProxy), [false, false, false]);
});

Deno.test("isUpstreamKey() tells it from its neighbours", () => {
  const keys = ["upstream_proxy", "upstream", "allow_upstream_proxy", "proxy_url"];
  assertEquals(keys.map(isUpstreamKey), [true, false, false, false]);
});
