import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type OpenOptions, openProxy, socksListener } from "../../src/cli/open_proxy.ts";
import { policyInForce } from "../../src/cli/policy_in_force.ts";
import { loadConfig } from "../../src/config/config.ts";
import type { PolicyDocument } from "../../src/policy/policy.ts";
import { parseIp } from "../../src/net/address/ip.ts";
import { chosenProxy } from "../../src/proxy/upstream/upstream_proxy.ts";
import { connectTo, httpTo } from "../support/policy.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

async function options(): Promise<OpenOptions> {
  const config = await loadConfig({
    overrides: [
      "network.via=false",
      "network.blocked_capacity=7",
      "network.enable_socks5_udp=false",
    ],
    allow: [],
    deny: [],
  });
  return {
    config,
    policy: policyInForce(config),
    listen: { ip: parseIp("127.0.0.1")!, port: 3128 },
    socks: { ip: parseIp("127.0.0.1")!, port: 8081 },
    asking: {
      holdMs: () => 0,
      answerers: () => [],
      canBeAnswered: false,
      questionsMax: 1,
      persist: () => Promise.reject(new Error("This test writes no files")),
    },
    decider: null,
    audit: { sinks: [], metadata: {} },
    attribution: { label: "build", command: null, execPolicyHint: null },
    alsoOurs: [],
    trust: null,
    writesFiles: false,
    record: () => {},
    diagnose: () => {},
  };
}

Deno.test("openProxy() starts a proxy with what the configuration says", async () => {
  const here = fakeSurroundings();
  const given = await options();
  await openProxy(given, here);
  const started = here.proxies[0]!.options;
  assertEquals(started.listen, given.listen);
  assertEquals(started.socks, given.socks);
  assertEquals(started.socksUdp, false);
  assertEquals(started.limits, given.config.limits);
  assertEquals(started.via, false);
  assertEquals(started.blockedCapacity, 7);
  assertEquals(started.attribution, given.attribution);
  assertEquals(started.audit, given.audit);
  assertEquals(started.policy.current.document, given.policy);
  assertEquals(started.outside.resolve, here.resolve);
});

Deno.test("openProxy() explains why it cannot listen", async () => {
  const here = fakeSurroundings({
    startProxy: () => {
      throw new Deno.errors.AddrInUse("Address already in use");
    },
  });
  assertEquals(await openProxy(await options(), here), null);
  await here.terminal.err.flush();
  assertStringIncludes(here.printed().err, "doorward: Cannot listen on 127.0.0.1:3128");
});

Deno.test("openProxy() does not hide a bug", async () => {
  const here = fakeSurroundings({
    startProxy: () => {
      throw new TypeError("bug");
    },
  });
  const given = await options();
  await assertRejects(() => openProxy(given, here), TypeError, "bug");
});

Deno.test("openProxy() tells the listener for SOCKS5 from the other", async () => {
  const here = fakeSurroundings({
    startProxy: () => {
      throw new Error("Cannot listen", { cause: new Deno.errors.AddrInUse("in use") });
    },
  });
  assertEquals(await openProxy(await options(), here), null);
  await here.terminal.err.flush();
  assertStringIncludes(
    here.printed().err,
    "doorward: Cannot listen on 127.0.0.1:8081 for SOCKS5 (network.socks_url): the port is in use",
  );
});

const AT = { ip: parseIp("127.0.0.1")!, port: 3128 };

/** The two addresses of a configuration, and where SOCKS5 is to listen. */
const SOCKS: readonly (readonly [string, Parameters<typeof socksListener>[0], unknown])[] = [
  ["its own", { proxyAddress: AT, socksAddress: { ...AT, port: 8081 } }, { ...AT, port: 8081 }],
  ["the same", { proxyAddress: AT, socksAddress: { ...AT } }, "shared"],
  [
    "that of another address",
    { proxyAddress: AT, socksAddress: { ip: parseIp("::1")!, port: 3128 } },
    { ip: parseIp("::1")!, port: 3128 },
  ],
  // Two free ports are two.
  [
    "a free one",
    { proxyAddress: { ...AT, port: 0 }, socksAddress: { ...AT, port: 0 } },
    { ...AT, port: 0 },
  ],
  ["none", { proxyAddress: AT, socksAddress: null }, null],
];

for (const [what, addresses, expected] of SOCKS) {
  Deno.test(`socksListener() takes ${what} port`, () => {
    assertEquals(socksListener(addresses), expected as ReturnType<typeof socksListener>);
  });
}

Deno.test("openProxy() chooses by the environment which requests leave through another proxy", async () => {
  const here = fakeSurroundings({
    env: { HTTPS_PROXY: "http://proxy.corp:3128", NO_PROXY: "b.test" },
  });
  await openProxy(await options(), here);
  const { upstream } = here.proxies[0]!.options;
  assertEquals(chosenProxy(upstream(connectTo("a.test"), []))?.source, "HTTPS_PROXY");
  assertEquals(chosenProxy(upstream(connectTo("b.test"), [])), null);
  assertEquals(chosenProxy(upstream(httpTo("a.test"), [])), null);
});

Deno.test("openProxy() keeps the permission to write only where a unix socket may be reached", async () => {
  const given = await options();
  const isGivenUp = async (parts: Partial<PolicyDocument>) => {
    let givenUp = false;
    const here = fakeSurroundings({ giveUpWriting: () => givenUp = true });
    await openProxy({ ...given, policy: { ...given.policy, ...parts } }, here);
    return givenUp;
  };
  assertEquals(await isGivenUp({}), true);
  assertEquals(await isGivenUp({ unixSockets: ["/run/a.sock"] }), false);
  assertEquals(await isGivenUp({ dangerouslyAllowAllUnixSockets: true }), false);
});
