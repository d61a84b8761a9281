import { assertEquals } from "@std/assert";
import { formatEndpoint } from "../../src/net/address/endpoint.ts";
import { faultsOf, load } from "./load.ts";

Deno.test("upstream_proxy names the proxy for everything, and where it was written", async () => {
  const { upstreamProxy } = await load(
    '[network]\nupstream_proxy = "http://me:secret@proxy.corp:3128"\n',
  );
  assertEquals(formatEndpoint(upstreamProxy!.endpoint), "proxy.corp:3128");
  assertEquals(upstreamProxy!.credentials, { user: "me", password: "secret" });
  assertEquals(upstreamProxy!.source.endsWith(".toml:2:18"), true, upstreamProxy!.source);
});

Deno.test("upstream_proxy may be set by -c", async () => {
  const overrides = ['network.upstream_proxy="socks5://proxy.corp"'];
  const { upstreamProxy } = await load(null, { overrides });
  assertEquals([upstreamProxy!.kind, upstreamProxy!.source], ["socks5", "-c"]);
});

for (const text of ["", "[network]\n", '[network]\nupstream_proxy = ""\n']) {
  Deno.test(`there is no upstream proxy in ${JSON.stringify(text)}`, async () => {
    assertEquals((await load(text)).upstreamProxy, null);
  });
}

const FAULTS: readonly (readonly [string, string])[] = [
  [
    'upstream_proxy = "socks4://me:secret@proxy.corp"',
    '2:18 "upstream_proxy" names no proxy: socks4 is not spoken: only http, https, socks5 and socks5h',
  ],
  ['upstream_proxy = "http://"', '2:18 "upstream_proxy" names no proxy: the host is empty'],
  ["upstream_proxy = 3128", '2:18 "upstream_proxy" is 3128: expected text in quotes'],
  [
    'upstream_proxy = "http://proxy.corp"\nallow_upstream_proxy = false',
    '2:1 "upstream_proxy" is written and "allow_upstream_proxy" is false: remove one of them',
  ],
];

for (const [text, fault] of FAULTS) {
  Deno.test(`${text.split("\n")[0]} is a fault with its place`, async () => {
    assertEquals(await faultsOf(`[network]\n${text}\n`), [fault]);
  });
}
