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
    rules: [],
  });
});

Deno.test("redactedNetwork() leaves what holds no secret", async () => {
  const config = await load('[network]\nupstream_proxy = "socks5://proxy.test:1080"\n');
  assertEquals(redactedNetwork(config).upstream_proxy, "socks5://proxy.test:1080");
  assertEquals(redactedNetwork(await load("[network]")), { ...DEFAULT_NETWORK, rules: [] });
});

Deno.test("redactedNetwork() shows request rules by what they match, and no secret", async () => {
  const text = `[network]
mitm = true
allowed_domains = ["a.test"]
[network.rules]
"a.test" = { methods = ["GET"], paths = ["/x"], headers = { a = [] }, strip = ["Cookie"], inject = { X-Key = { env = "KEY", prefix = "s3cret " } } }
`;
  const config = await load(text, { env: { KEY: "s3cret" } });
  const shown = redactedNetwork(config);
  assertEquals(shown.rules.map(({ origin: _, ...rule }) => rule), [
    { rule: "a.test GET /x headers (a)", strip: ["cookie"], inject: ["X-Key"] },
  ]);
  assertEquals(shown.rules[0]!.origin.endsWith(".toml:5:1"), true);
  assertEquals(JSON.stringify(shown).includes("s3cret"), false);
  assertEquals(Deno.inspect(config, { depth: 20 }).includes("s3cret"), false);
});
