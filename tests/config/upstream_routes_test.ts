import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../src/config/errors.ts";
import {
  ownProxy,
  refuseOwnListeners,
  type UpstreamSettings,
  upstreamSettings,
} from "../../src/config/upstream_routes.ts";
import { describeUpstream, type UpstreamProxy } from "../../src/proxy/upstream/upstream_proxy.ts";
import { ip } from "../support/policy.ts";
import { upstreamProxy } from "../support/upstream.ts";
import { load } from "./load.ts";

type Env = Readonly<Record<string, string>>;

async function settings(env: Env, ...overrides: string[]): Promise<UpstreamSettings> {
  return upstreamSettings(await load(null, { overrides }), env);
}

function shown(proxy: UpstreamProxy | null): string | null {
  return proxy === null ? null : describeUpstream(proxy);
}

/** An environment, the proxy for tunnels, and that for plain requests. */
const TABLE: readonly (readonly [Env, string | null, string | null])[] = [
  [{}, null, null],
  [{ HTTPS_PROXY: "http://a:1" }, "http://a:1 (HTTPS_PROXY)", null],
  [{ https_proxy: "http://a:1" }, "http://a:1 (https_proxy)", null],
  [{ HTTP_PROXY: "http://a:1" }, "http://a:1 (HTTP_PROXY)", "http://a:1 (HTTP_PROXY)"],
  [{ http_proxy: "http://a:1" }, "http://a:1 (http_proxy)", "http://a:1 (http_proxy)"],
  [{ ALL_PROXY: "http://a:1" }, "http://a:1 (ALL_PROXY)", "http://a:1 (ALL_PROXY)"],
  [{ all_proxy: "socks5h://a:1" }, "socks5://a:1 (all_proxy)", "socks5://a:1 (all_proxy)"],
  // Upper case first in each pair, and pair after pair.
  [{ HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1" }, "http://a:1 (HTTPS_PROXY)", null],
  [
    { https_proxy: "http://a:1", HTTP_PROXY: "http://b:1" },
    "http://a:1 (https_proxy)",
    "http://b:1 (HTTP_PROXY)",
  ],
  [
    { HTTP_PROXY: "http://a:1", http_proxy: "http://b:1", ALL_PROXY: "http://c:1" },
    "http://a:1 (HTTP_PROXY)",
    "http://a:1 (HTTP_PROXY)",
  ],
  [
    { HTTPS_PROXY: "http://a:1", ALL_PROXY: "http://c:1" },
    "http://a:1 (HTTPS_PROXY)",
    "http://c:1 (ALL_PROXY)",
  ],
  [
    { ALL_PROXY: "http://a:1", all_proxy: "http://b:1" },
    "http://a:1 (ALL_PROXY)",
    "http://a:1 (ALL_PROXY)",
  ],
  // Empty values are none, and a bad one is passed over.
  [
    { HTTPS_PROXY: "", https_proxy: " \t", HTTP_PROXY: "http://a:1" },
    "http://a:1 (HTTP_PROXY)",
    "http://a:1 (HTTP_PROXY)",
  ],
  [{ HTTPS_PROXY: "socks4://a:1", https_proxy: "http://b:1" }, "http://b:1 (https_proxy)", null],
  [{ NO_PROXY: "x" }, null, null],
];

for (const [env, tunnels, plain] of TABLE) {
  Deno.test(`upstreamSettings() of ${JSON.stringify(env)}`, async () => {
    const made = await settings(env);
    assertEquals([shown(made.tunnels), shown(made.plain)], [tunnels, plain]);
  });
}

Deno.test("upstreamSettings() is nothing while allow_upstream_proxy is off", async () => {
  const env = { ALL_PROXY: "http://a:1", HTTP_PROXY: "bad://x", NO_PROXY: "10.*" };
  assertEquals(await settings(env, "network.allow_upstream_proxy=false"), {
    tunnels: null,
    plain: null,
    bypass: [],
    warnings: [],
  });
});

Deno.test("upstreamSettings() takes upstream_proxy of the configuration for everything", async () => {
  const env = { HTTPS_PROXY: "http://a:1", HTTP_PROXY: "bad://x", NO_PROXY: "a.test" };
  const made = await settings(env, 'network.upstream_proxy="socks5://b:2"');
  assertEquals([shown(made.tunnels), shown(made.plain)], Array(2).fill("socks5://b:2 (-c)"));
  // Exceptions hold for either, and variables that are not read are not complained about.
  assertEquals(made.bypass, [{ kind: "name", name: "a.test", port: null }]);
  assertEquals(made.warnings, []);
});

Deno.test("upstreamSettings() warns of what it cannot use, once, and without credentials", async () => {
  const made = await settings({
    HTTPS_PROXY: "socks4://me:secret@a:1",
    HTTP_PROXY: "http://me:se/cret@a:1",
    ALL_PROXY: "http://b:1",
    NO_PROXY: "ok.test,10.*,1.1,1.2,2.3,3.4,4.5,5.6",
  });
  assertEquals(made.warnings, [
    "HTTPS_PROXY is not used: socks4 is not spoken: only http, https, socks5 and socks5h",
    'HTTP_PROXY is not used: something follows the host: in a password "/", "?" and "#" are ' +
    "%2F, %3F and %23",
    'NO_PROXY holds what is no host, address or block: "10.*", "1.1", "1.2", "2.3", ' +
    '"3.4", and 2 more',
  ]);
});

Deno.test("upstreamSettings() shows nothing of a NO_PROXY that may hold a password", async () => {
  const HTTP_PROXY = "http://a:1";
  for (const url of ["http://u:s3cret@h:z", "http://u:'s3cret@h:z", "http://u:s3,cr et@h:z"]) {
    const { warnings } = await settings({ HTTP_PROXY, NO_PROXY: `ok.test, ${url}` });
    assertEquals(warnings, [
      "NO_PROXY holds what is no host, address or block, nor to be shown: it may hold a password",
    ]);
  }
});

Deno.test("upstreamSettings() reads NO_PROXY before no_proxy, and neither without a proxy", async () => {
  const HTTP_PROXY = "http://a:1";
  const names = async (env: Env) => (await settings(env)).bypass.length;
  assertEquals(await names({ HTTP_PROXY, NO_PROXY: "a b c", no_proxy: "d" }), 3);
  assertEquals(await names({ HTTP_PROXY, NO_PROXY: " ", no_proxy: "d" }), 1);
  assertEquals(await names({ NO_PROXY: "a" }), 0);
  assertEquals((await settings({ NO_PROXY: "10.*" })).warnings, []);
  const { warnings } = await settings({ HTTP_PROXY, no_proxy: "10.*" });
  assertEquals(warnings, ['no_proxy holds what is no host, address or block: "10.*"']);
});

/** A proxy, the address we listen on, and whether it is ourselves. */
const LOOPS: readonly (readonly [string, string, boolean])[] = [
  ["http://127.0.0.1:3128", "127.0.0.1", true],
  ["socks5://127.0.0.1:3128", "127.0.0.1", true],
  ["http://me:pw@localhost:3128", "127.0.0.1", true],
  ["http://a.localhost:3128", "127.0.0.1", true],
  ["http://127.0.0.2:3128", "127.0.0.1", true],
  ["http://0.0.0.0:3128", "127.0.0.1", true],
  ["http://[::1]:3128", "127.0.0.1", true],
  ["http://[::ffff:127.0.0.1]:3128", "127.0.0.1", true],
  ["http://127.0.0.1:3128", "0.0.0.0", true],
  ["http://127.0.0.1:3129", "127.0.0.1", false],
  ["http://localhost:3129", "127.0.0.1", false],
  ["http://10.0.0.1:3128", "127.0.0.1", false],
  // Names are asked about once they are dialled.
  ["http://proxy.corp:3128", "127.0.0.1", false],
];

for (const [url, listen, isLoop] of LOOPS) {
  Deno.test(`ownProxy() of ${url} at ${listen} is ${isLoop ? "it" : "none"}`, () => {
    const proxy = upstreamProxy(url);
    const listeners = [{ ip: ip("127.0.0.1"), port: 9 }, { ip: ip(listen), port: 3128 }];
    const expected = isLoop ? proxy : null;
    assertEquals(ownProxy({ tunnels: proxy, plain: null }, listeners), expected);
    assertEquals(ownProxy({ tunnels: null, plain: proxy }, listeners), expected);
  });
}

Deno.test("refuseOwnListeners() names the variable and the place, and no password", () => {
  const tunnels = upstreamProxy("http://me:secret@localhost:3128");
  const listeners = [{ ip: ip("127.0.0.1"), port: 3128 }];
  const error = assertThrows(
    () => refuseOwnListeners({ tunnels, plain: null }, listeners),
    ConfigError,
  );
  assertEquals(
    error.message,
    "HTTPS_PROXY: names Doorward itself (localhost:3128): unset it, or name another proxy",
  );
  refuseOwnListeners({ tunnels, plain: null }, [{ ip: ip("127.0.0.1"), port: 3129 }]);
  refuseOwnListeners({ tunnels: null, plain: null }, listeners);
});
