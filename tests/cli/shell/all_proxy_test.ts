import { assertEquals } from "@std/assert";
import { allProxyOf } from "../../../src/cli/shell/all_proxy.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";

const TABLE: readonly (readonly [readonly string[], string | null])[] = [
  [[], "127.0.0.1:8081"],
  [["network.all_proxy=socks5h"], "127.0.0.1:8081"],
  [["network.all_proxy=http"], null],
  [["network.enable_socks5=false"], null],
  [['network.socks_url="http://127.0.0.1:0"'], null],
];

for (const [overrides, expected] of TABLE) {
  Deno.test(`allProxyOf() is ${expected} with ${JSON.stringify(overrides)}`, async () => {
    const address = allProxyOf(await loadConfig({ overrides, allow: [], deny: [] }));
    assertEquals(address === null ? null : formatSocketAddress(address), expected);
  });
}
