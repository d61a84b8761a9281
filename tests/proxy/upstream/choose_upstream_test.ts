import { assertEquals } from "@std/assert";
import { parseNoProxy } from "../../../src/config/no_proxy.ts";
import type { NetworkRequest } from "../../../src/policy/request.ts";
import { chooseUpstream } from "../../../src/proxy/upstream/choose_upstream.ts";
import { connectTo, httpTo, ip } from "../../support/policy.ts";
import { upstreamProxy } from "../../support/upstream.ts";

const TUNNELS = upstreamProxy("http://tunnels.test:1");
const PLAIN = upstreamProxy("http://plain.test:2");

function chosen(request: NetworkRequest, ips: readonly string[] = [], bypass = ""): string | null {
  const { entries } = parseNoProxy(bypass);
  const choose = chooseUpstream({ tunnels: TUNNELS, plain: PLAIN, bypass: entries });
  const route = choose(request, ips.map(ip));
  if (route?.kind === "direct") return route.why;
  return route === TUNNELS ? "tunnels" : route === PLAIN ? "plain" : null;
}

Deno.test("chooseUpstream() tells tunnels from plain requests; datagrams go directly", () => {
  assertEquals(chosen(connectTo("a.test")), "tunnels");
  assertEquals(chosen(connectTo("a.test", "socks5_tcp")), "tunnels");
  assertEquals(chosen(connectTo("a.test:80")), "tunnels");
  assertEquals(chosen(httpTo("a.test")), "plain");
  assertEquals(chosen({ ...httpTo("a.test:443"), scheme: "https" }), "tunnels");
  assertEquals(chosen(connectTo("a.test", "socks5_udp")), "datagrams always");
});

Deno.test("chooseUpstream() goes directly where there is no proxy for the request", () => {
  const choose = chooseUpstream({ tunnels: null, plain: PLAIN, bypass: [] });
  const none = { kind: "direct", why: "no proxy is set for tunnels" };
  assertEquals(choose(connectTo("a.test"), []), none as never);
  assertEquals(choose({ ...httpTo("a.test:443"), scheme: "https" }, []), none as never);
  assertEquals(choose(httpTo("a.test"), []), PLAIN);
  const other = chooseUpstream({ tunnels: TUNNELS, plain: null, bypass: [] });
  assertEquals(other(connectTo("a.test"), []), TUNNELS);
  assertEquals(
    other(httpTo("localhost"), []),
    { kind: "direct", why: "no proxy is set for plain http" } as never,
  );
});

Deno.test("chooseUpstream() has no reason to give where there is no proxy at all", () => {
  const choose = chooseUpstream({ tunnels: null, plain: null, bypass: [] });
  for (const request of [connectTo("a.test", "socks5_udp"), httpTo("a.test"), connectTo("[::1]")]) {
    assertEquals(choose(request, []), null);
  }
});

const NEAR = "a local or private address";

// The private side of a network is no business of a proxy to the outside.
const NEARBY = [
  "localhost",
  "a.localhost",
  "127.0.0.1",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.0.1",
  "100.68.58.50",
  "169.254.169.254",
  "0.0.0.0",
  "224.0.0.1",
  "192.0.2.1",
  "240.0.0.1",
  "[::1]",
  "[fd00::1]",
  "[fe80::1]",
  "[::ffff:100.68.58.50]",
];

for (const host of NEARBY) {
  Deno.test(`chooseUpstream() goes directly to ${host}`, () => {
    assertEquals([chosen(connectTo(`${host}:443`)), chosen(httpTo(`${host}:80`))], [NEAR, NEAR]);
  });
}

Deno.test("chooseUpstream() takes public addresses through the proxy", () => {
  for (const host of ["93.184.216.34", "100.63.255.255", "100.128.0.0", "[2606:2800::1]"]) {
    assertEquals(chosen(connectTo(`${host}:443`)), "tunnels", host);
  }
});

Deno.test("chooseUpstream() goes directly to a name all of whose addresses are not public", () => {
  const request = connectTo("intranet.test");
  assertEquals(chosen(request, ["93.184.216.34"]), "tunnels");
  assertEquals(chosen(request, ["10.0.0.1"]), NEAR);
  assertEquals(chosen(request, ["10.0.0.1", "fd00::1"]), NEAR);
  // Else a name could add an address to its answer to get past the proxy.
  assertEquals(chosen(request, ["93.184.216.34", "10.0.0.1"]), "tunnels");
  assertEquals(chosen(request, ["fd00::1", "2606:2800::1"]), "tunnels");
});

Deno.test("chooseUpstream() goes directly where NO_PROXY says so", () => {
  assertEquals(chosen(connectTo("a.test"), [], "a.test"), "NO_PROXY names it");
  assertEquals(chosen(connectTo("b.test"), [], "a.test"), "tunnels");
  const named = chosen(httpTo("a.test"), ["93.184.216.34"], "93.184.0.0/16");
  assertEquals(named, "NO_PROXY names it");
});
