import { assertEquals, assertThrows } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { type Config, loadConfig } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { proxyOptions, type ProxyParts } from "../../src/library/proxy_options.ts";
import { makeEmbedding } from "../support/embedding.ts";
import { host } from "../support/host.ts";
import { ip } from "../support/policy.ts";

const LISTEN = { ip: ip("127.0.0.1"), port: 3128 };

async function configOf(toml: string): Promise<Config> {
  const text = { name: "config", toml: `[network]\n${toml}` };
  return await loadConfig({ text, overrides: [], allow: [], deny: [] });
}

function partsOf(config: Config): ProxyParts {
  return {
    config,
    policy: config.policy,
    listen: LISTEN,
    socks: null,
    asking: {
      holdMs: () => 0,
      answerers: () => [],
      canBeAnswered: false,
      questionsMax: 1,
      persist: () => Promise.resolve(),
    },
    decider: null,
    audit: { sinks: [], metadata: {} },
    attribution: UNATTRIBUTED,
    alsoOurs: [],
    trust: null,
    record: () => {},
    diagnose: () => {},
  };
}

Deno.test("what a configuration says of a proxy reaches it", async () => {
  await using embedding = makeEmbedding();
  const config = await configOf(
    "via = false\nblocked_capacity = 7\nenable_socks5_udp = false\n[network.limits]\nconnections = 9\n",
  );
  const options = proxyOptions(partsOf(config), embedding.machine);
  assertEquals(
    [options.via, options.blockedCapacity, options.socksUdp, options.limits.connections],
    [false, 7, false, 9],
  );
  assertEquals([options.interception, options.upstreamProxies], [null, []]);
  assertEquals(options.outside.dial, embedding.machine.dial);
});

Deno.test("interception tells of a certificate that has to make way", async () => {
  await using embedding = makeEmbedding();
  const identity = { chain: "", key: "" };
  const trust: ProxyParts["trust"] = {
    authority: {
      certificate: "",
      kept: () => ({ certificate: "", key: "" }),
      identityFor: (_, full) => {
        full?.();
        return Promise.resolve(identity);
      },
    },
    bundlePath: "",
    roots: [],
    warnings: [],
  };
  const parts = { ...partsOf(await configOf("via = true\n")), trust };
  const { interception } = proxyOptions(parts, embedding.machine);
  let told = 0;
  assertEquals(await interception!.identityFor(host("a.test"), () => void told++), identity);
  assertEquals(told, 1);
});

Deno.test("a proxy that would be its own upstream proxy is refused", async () => {
  await using embedding = makeEmbedding({ env: { HTTP_PROXY: "http://127.0.0.1:3128" } });
  const config = await configOf("enabled = true\n");
  assertThrows(() => proxyOptions(partsOf(config), embedding.machine), ConfigError, "HTTP_PROXY");
});
