import { assertEquals } from "@std/assert";
import { CONTENDERS, offers, portFor } from "./contenders.ts";
import { SCENARIOS } from "./scenarios.ts";

Deno.test("every row has its own title, and Doorward and no proxy at all in it", () => {
  assertEquals(new Set(SCENARIOS.map(({ title }) => title)).size, SCENARIOS.length);
  for (const { route } of SCENARIOS) {
    assertEquals(CONTENDERS.slice(0, 2).map((name) => offers(name, route)), [true, true]);
  }
});

Deno.test("offers() leaves to each peer what it speaks", () => {
  const routes = ["forward", "connect", "socks5", "socks5_udp"] as const;
  const who = routes.map((route) => CONTENDERS.slice(2).filter((name) => offers(name, route)));
  assertEquals(who, [
    ["squid", "tinyproxy"],
    ["squid", "tinyproxy"],
    ["dante", "microsocks"],
    ["dante"],
  ]);
});

Deno.test("portFor() is that of the protocol the route goes by", () => {
  const both = contender({ http: 1, socks: 2 });
  assertEquals(portFor(both, "forward"), 1);
  assertEquals(portFor(both, "connect"), 1);
  assertEquals(portFor(both, "socks5"), 2);
  assertEquals(portFor(both, "socks5_udp"), 2);
  assertEquals(portFor(contender(null), "socks5"), null);
});

function contender(ports: Parameters<typeof portFor>[0]["ports"]): Parameters<typeof portFor>[0] {
  return {
    name: "doorward",
    ports,
    version: "",
    ca: "",
    pid: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
