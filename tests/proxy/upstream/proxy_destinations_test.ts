import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { formatIp } from "../../../src/net/address/ip.ts";
import { machineAddresses } from "../../../src/net/address/machine_addresses.ts";
import { ConnectError } from "../../../src/net/errors.ts";
import type { Resolver } from "../../../src/net/ports.ts";
import { leadsToProxy, proxyDestinations } from "../../../src/proxy/upstream/proxy_destinations.ts";
import type { UpstreamProxy } from "../../../src/proxy/upstream/upstream_proxy.ts";
import { never } from "../../support/door.ts";
import { connectTo, ip } from "../../support/policy.ts";
import { upstreamProxy } from "../../support/upstream.ts";

const NEVER = new AbortController().signal;
const PROXIES = [upstreamProxy("http://Proxy.test:3128"), upstreamProxy("socks5://192.0.2.1:1080")];

function found(...addresses: readonly string[]): Resolver {
  return () => Promise.resolve(addresses.map(ip));
}

Deno.test("named() knows a proxy by its host and its port", () => {
  const proxies = proxyDestinations(PROXIES, found());
  const named = (text: string) => proxies.named(connectTo(text).target);
  assertEquals(["proxy.test:3128", "PROXY.test.:3128", "192.0.2.1:1080"].map(named), [
    true,
    true,
    true,
  ]);
  assertEquals(["proxy.test:80", "a.proxy.test:3128", "192.0.2.1:3128"].map(named), [
    false,
    false,
    false,
  ]);
});

Deno.test("on() looks a proxy up only for its own port", async () => {
  const names: string[] = [];
  const proxies = proxyDestinations(PROXIES, (name) => {
    names.push(name);
    return Promise.resolve([ip("10.0.0.5")]);
  });
  assertEquals(proxies.on(443, NEVER), null);
  assertEquals((await proxies.on(1080, NEVER))!.map(formatIp), ["192.0.2.1"]);
  assertEquals(names, []);
  assertEquals((await proxies.on(3128, NEVER))!.map(formatIp), ["10.0.0.5"]);
  assertEquals(names, ["proxy.test"]);
});

Deno.test("on() takes a proxy that nobody finds for none, and heeds its signal", async () => {
  const unknown = proxyDestinations(PROXIES, () => {
    return Promise.reject(new ConnectError("dns_failure", "Cannot resolve"));
  });
  assertEquals(await unknown.on(3128, NEVER), []);
  const controller = new AbortController();
  const slow = proxyDestinations(PROXIES, (_, signal) => never(signal));
  const asked = slow.on(3128, controller.signal)!;
  controller.abort(new Error("gone"));
  await assertRejects(() => asked, Error, "gone");
});

Deno.test("on() does not pass a proxy by whose look-up takes too long", async () => {
  const late = proxyDestinations(PROXIES, () => {
    return Promise.reject(new ConnectError("dns_timeout", "Cannot resolve in time"));
  });
  const { code, detail } = await assertRejects(
    async () => await late.on(3128, NEVER),
    ConnectError,
  );
  assertEquals(code, "connection_timeout");
  assertStringIncludes(detail, "upstream proxy of HTTPS_PROXY: ");
});

Deno.test("on() looks one proxy up once, whatever it is for", async () => {
  const names: string[] = [];
  const [proxy] = PROXIES as [UpstreamProxy];
  const proxies = proxyDestinations([proxy, { ...proxy, source: "HTTP_PROXY" }], (name) => {
    names.push(name);
    return Promise.resolve([ip("10.0.0.5")]);
  });
  await proxies.on(3128, NEVER);
  assertEquals(names, ["proxy.test"]);
});

Deno.test("leadsToProxy() knows an address in each of its forms", () => {
  const proxies = [ip("10.0.0.5"), ip("2001:db8::5")];
  const leads = (text: string) => leadsToProxy([ip("198.51.100.1"), ip(text)], proxies);
  assertEquals(["10.0.0.5", "::ffff:10.0.0.5", "64:ff9b::10.0.0.5", "2001:db8::5"].map(leads), [
    true,
    true,
    true,
    true,
  ]);
  assertEquals(["10.0.0.6", "127.0.0.1", "2001:db8::6"].map(leads), [false, false, false]);
  assertEquals(leadsToProxy([ip("127.0.0.1")], []), false);
});

Deno.test("leadsToProxy() takes every address of this machine for a proxy on it", () => {
  const here = machineAddresses().map(formatIp);
  for (const text of ["127.0.0.1", "127.0.0.2", "::1", "0.0.0.0", "::ffff:127.0.0.1", ...here]) {
    assertEquals(leadsToProxy([ip(text)], [ip("127.0.0.1")]), true, text);
  }
  assertEquals(leadsToProxy([ip("192.0.2.1")], [ip("127.0.0.1")]), false);
});
