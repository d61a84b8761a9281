import { assertEquals, assertRejects } from "@std/assert";
import { workerWays } from "../../../src/library/workers/worker_ways.ts";
import { DEFAULT_LIMITS } from "../../../src/proxy/limits.ts";
import { createAuthority } from "../../../src/tls/authority.ts";
import { host } from "../../support/host.ts";
import { connectTo } from "../../support/policy.ts";
import { parseUpstreamUrl } from "../../../src/config/upstream_url.ts";

const CLOCK = { now: () => Date.now() };
const NO_UPSTREAM = { tunnels: null, plain: null, bypass: [] };

Deno.test("workerWays() goes through the proxies that it is told of", async () => {
  const url = parseUpstreamUrl("http://proxy.test:3128");
  if (url.kind === "bad") throw new Error(url.why);
  const tunnels = { ...url, source: "HTTPS_PROXY" };
  const ways = await workerWays(
    { upstream: { ...NO_UPSTREAM, tunnels }, interception: null },
    DEFAULT_LIMITS,
    CLOCK,
  );
  assertEquals([ways.upstreamProxies, ways.interception], [[tunnels], null]);
  assertEquals(ways.upstream(connectTo("a.test"), []), tunnels);
});

Deno.test("workerWays() signs as the authority of the main isolate", async () => {
  const authority = await createAuthority(CLOCK.now);
  const interception = { authority: structuredClone(authority.kept()), roots: [] };
  const ways = await workerWays({ upstream: NO_UPSTREAM, interception }, DEFAULT_LIMITS, CLOCK);
  const identity = await ways.interception!.identityFor(host("a.test"), () => {});
  assertEquals(identity.chain.startsWith("-----BEGIN CERTIFICATE-----"), true);
});

Deno.test("workerWays() takes no authority that is none", async () => {
  const interception = { authority: { certificate: "", key: "" }, roots: [] };
  await assertRejects(
    () => workerWays({ upstream: NO_UPSTREAM, interception }, DEFAULT_LIMITS, CLOCK),
    Error,
    "Cannot use the authority: it holds no certificate",
  );
});
