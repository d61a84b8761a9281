import { assertEquals } from "@std/assert";
import { CONTENDERS, doorwardAmong, offers, portFor, takesPart } from "./contenders.ts";
import { SCENARIOS } from "./scenarios.ts";

Deno.test("every row has its own title, and Doorward in it", () => {
  assertEquals(new Set(SCENARIOS.map(({ title }) => title)).size, SCENARIOS.length);
  for (const row of SCENARIOS) {
    const who = CONTENDERS.filter((name) => takesPart(name, row));
    assertEquals([row.title, row.among ?? doorwardAmong(who) !== null], [
      row.title,
      row.among ?? true,
    ]);
  }
});

Deno.test("offers() leaves to each peer what it speaks", () => {
  const routes = ["forward", "connect", "socks5", "socks5_udp"] as const;
  const who = routes.map((route) => CONTENDERS.slice(3).filter((name) => offers(name, route)));
  assertEquals(who, [
    ["squid", "tinyproxy", "haproxy", "sandbox-runtime", "proxy-chain"],
    ["squid", "tinyproxy", "sandbox-runtime", "proxy-chain"],
    ["sandbox-runtime", "dante", "microsocks"],
    ["dante"],
  ]);
});

Deno.test("takesPart() leaves out who has no policy where something is denied", () => {
  const denied = SCENARIOS.filter(({ work }) => work.startsWith("denied"));
  assertEquals(denied.length, 2);
  for (const row of denied) {
    assertEquals(CONTENDERS.slice(0, 4).filter((name) => takesPart(name, row)), [
      "doorward",
      "squid",
    ]);
  }
});

Deno.test("takesPart() has nobody in a row but those it is about", () => {
  const row = SCENARIOS.find(({ title }) => title === "audit on and off")!;
  assertEquals(CONTENDERS.filter((name) => takesPart(name, row)), ["doorward", "no-audit"]);
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
    restart: () => Promise.resolve(0),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
