import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type OpenOptions, openProxy } from "../../src/cli/open_proxy.ts";
import { policyInForce } from "../../src/cli/policy_in_force.ts";
import { loadConfig } from "../../src/config/config.ts";
import { parseIp } from "../../src/net/address/ip.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

async function options(): Promise<OpenOptions> {
  const config = await loadConfig({
    overrides: ["network.via=false", "network.blocked_capacity=7"],
    allow: [],
    deny: [],
  });
  return {
    config,
    policy: policyInForce(config),
    listen: { ip: parseIp("127.0.0.1")!, port: 3128 },
    record: () => {},
    diagnose: () => {},
  };
}

Deno.test("openProxy() starts a proxy with what the configuration says", async () => {
  const here = fakeSurroundings();
  const given = await options();
  openProxy(given, here);
  const started = here.proxies[0]!.options;
  assertEquals(started.listen, given.listen);
  assertEquals(started.limits, given.config.limits);
  assertEquals(started.via, false);
  assertEquals(started.blockedCapacity, 7);
  assertEquals(started.policy.current.document, given.policy);
  assertEquals(started.outside.resolve, here.resolve);
});

Deno.test("openProxy() explains why it cannot listen", async () => {
  const here = fakeSurroundings({
    startProxy: () => {
      throw new Deno.errors.AddrInUse("Address already in use");
    },
  });
  assertEquals(openProxy(await options(), here), null);
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
  assertThrows(() => openProxy(given, here), TypeError, "bug");
});
