import { assertEquals } from "@std/assert";
import { DEFAULT_NETWORK } from "../../src/config/network_table.ts";
import { redactedNetwork } from "../../src/config/redacted.ts";
import { load } from "./load.ts";

Deno.test("redactedNetwork() cuts the credentials out of both URLs, and nothing else", async () => {
  const config = await load(`[network]
upstream_proxy = "http://me:s3cret@proxy.test:3128"
ask_webhook = "https://me:s3cret@hooks.test/T0/s3cret?s3cret"
mode = "limited"
`);
  assertEquals(redactedNetwork(config), {
    ...DEFAULT_NETWORK,
    upstream_proxy: "http://…@proxy.test:3128",
    ask_webhook: "https://…@hooks.test/…",
    mode: "limited",
  });
});

Deno.test("redactedNetwork() leaves what holds no secret", async () => {
  const config = await load('[network]\nupstream_proxy = "socks5://proxy.test:1080"\n');
  assertEquals(redactedNetwork(config).upstream_proxy, "socks5://proxy.test:1080");
  assertEquals(redactedNetwork(await load("[network]")), DEFAULT_NETWORK);
});
